"""What a campaign is: whom to ask what about, how, when, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from caseline.feedback.audience import Rule as Audience
from caseline.feedback.confirming import Rule as Confirming
from caseline.feedback.follow import Follow
from caseline.feedback.forms import Words
from caseline.feedback.schedule import Schedule


class On(StrEnum):
    """What starts an ask."""

    STAGE = "stage"
    """A record comes into a stage."""
    AGE = "age"
    """A record has been in a stage for some days."""
    AGREEMENT = "agreement"
    """The status of an agreement, and the time since it was asked about."""
    HAND = "hand"
    API = "api"


class AddressRule(StrEnum):
    """Whose address is taken."""

    CARD = "card"
    MANAGER = "manager"
    """The manager chooses one, or types it."""
    PHONE = "phone"


class Channel(StrEnum):
    """How somebody is asked."""

    MAIL_LINK = "mail_link"
    MAIL_SMILEYS = "mail_smileys"
    CHAT = "chat"
    WEB = "web"
    """Another site shows the form, or the link is given by other means."""


SMILEYS: Final = "smileys"
"""The kind of campaign by which somebody may rate anew each day, and which rests for nobody."""
MAIL: Final = frozenset({Channel.MAIL_LINK, Channel.MAIL_SMILEYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts an ask, and for which records."""

    by: On
    record: str = "request"
    """Kind of record."""
    stages: frozenset[str] = frozenset()
    closed: bool = False
    """Every stage that closes, beside those that are named."""
    age: timedelta = timedelta()
    every: timedelta = timedelta(days=90)
    """How often an agreement that goes on is asked about, where its service says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A wording or way that is compared with others."""

    code: str
    share: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign that holds together."""

    name: Words
    kind: str
    trigger: Trigger
    audience: Audience
    anybody_rests: bool
    """Whether the limit of the house for asks of all kinds holds here, too."""
    beside: bool
    """Whether somebody is asked although another campaign asks, or has asked, about the same request."""
    address: AddressRule
    channel: Channel
    fallback: Channel | None
    """How somebody is asked with whom no chat can be begun; None: not at all."""
    form: str
    forms: Mapping[int, str]
    """Forms of divisions, by their ids."""
    letter: str
    reminder: str
    schedule: Schedule
    rule: Confirming
    follow: Sequence[Follow]
    texts: Mapping[str, Words]
    """What is said in a chat, by its place."""
    buttons: bool = True
    variants: Sequence[Variant] = ()
    planned: tuple[float, float] | None = None
    """The answered share of now and that hoped for, by which the number of people for each variant is fixed."""
    document: Mapping[str, Any] = field(repr=False)

    def form_of(self, division_id: int | None) -> str:
        """The form that somebody of this division's clients sees."""
        return self.forms.get(division_id or 0, self.form)

    def varied(self, code: str | None) -> "Campaign":
        """The campaign as a variant has it; itself where there is none of that code."""
        found = next((one for one in self.variants if one.code == code), None)
        if found is None:
            return self
        more = dict(found.changes)
        schedule = self.schedule
        if "delay_hours" in more:
            schedule = replace(schedule, delay=timedelta(hours=more.pop("delay_hours")))
        return replace(self, schedule=schedule, **more)
