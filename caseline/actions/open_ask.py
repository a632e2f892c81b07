"""Finds the ask of a link that somebody shows, and what its page is to say."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import settle_asks
from caseline.actions.wiring import House
from caseline.db.fixed import together
from caseline.feedback import answers, ask_links, asks, books, links, ratings
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import Campaign
from caseline.feedback.forms import RATED, Form, Question
from caseline.feedback.links import Known, Link
from caseline.feedback.page_marks import Marks
from caseline.feedback.ratings import Rating
from caseline.feedback.states import OPEN, State
from caseline.outbox import keys
from caseline.timing.clocks import ZONE
from caseline.timing.store import wanted_zone

NOBODYS: Final = Link("none", "none", "A" * 12, "A" * 43)
"""Stands for what cannot be a link, so that it costs the same work."""
_SUBMISSION_BYTES: Final = 12


class Ended(StrEnum):
    """Why a link that was good takes no answer."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"
    OPTED_OUT = "opted_out"


_ENDED: Final = {
    State.EXPIRED: Ended.EXPIRED,
    State.OPTED_OUT: Ended.OPTED_OUT,
    State.CANCELLED: Ended.CANCELLED,
    # It came back, or was not to be sent after all: whoever has the link all the same is told that nothing is expected.
    State.FAILED: Ended.CANCELLED,
    State.SKIPPED: Ended.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An ask as whoever has its link may see it."""

    link: Link = field(repr=False)
    ask: Ask
    form: Form
    campaign: Campaign
    zone: str
    """In which its times are shown."""
    values: Mapping[str, Any]
    """By question, what was said so far, and the value that was clicked."""
    value: int | None
    """That was clicked, and is on the scale."""
    ended: Ended | None
    mark: str = field(repr=False)
    """Of the page that is drawn of it."""
    submission: str

    @property
    def rated(self) -> Question | None:
        """The question that a value in a link answers."""
        return first_rated(self.form)


def first_rated(form: Form) -> Question | None:
    """The question that a value in a link answers."""
    return next((one for one in form.questions if one.kind in RATED), None)


def belongs(connection: sa.Connection, link: Link) -> Ask | None:
    """The ask of which all parts of a link are; None for any other, after the same work."""
    ask, digests, form = together(
        connection, asks.shown(link.id), ask_links.digests(link.id), ask_links.form_code(link.id)
    )
    known = None if ask is None else Known(form, ask.service, digests)
    return ask if links.fits(link, known) else None


def find(
    house: House, connection: sa.Connection, link: Link | None, *, now: datetime, value: int | None = None
) -> Sight | None:
    """What the page of a link is to show; None for what is no link of ours, or of an ask that was not sent yet."""
    shown = link or NOBODYS
    ask = belongs(connection, shown)
    if ask is not None and ask.state is State.QUEUED:
        # The server has taken the letter, and the client was faster than the job that sees to it.
        settle_asks.settle(house, connection, ask.id, now=now)
        ask = asks.one(connection, ask.id)
    if ask is None or not (ask.state in OPEN or ask.state in _ENDED or sent_before(ask)):
        return None
    form, kept, zone, given, counted, known = together(
        connection,
        books.wanted_version(ask.form_version_id),
        books.wanted_campaign(ask.campaign_id),
        wanted_zone(),
        answers.wanted(ask.id),
        ratings.wanted(ask.id),
        keys.wanted(),
    )
    rated = first_rated(form)
    on_scale = value if rated is not None and value is not None and value in rated.values else None
    return Sight(
        link=shown,
        ask=ask,
        form=form,
        campaign=kept.campaign,
        zone=zone or ZONE,
        values=_said(given, counted, rated, on_scale),
        value=on_scale,
        ended=_ended(ask, now),
        mark=Marks(known or keys.ready(connection, now=now)).draw(ask.public_id, on_scale, now),
        submission=secrets.token_urlsafe(_SUBMISSION_BYTES),
    )


def sent_before(ask: Ask) -> bool:
    """Whether it waits to be sent once more: the links of earlier letters go on meanwhile."""
    return ask.state is State.QUEUED and ask.sent_at is not None


def marks(connection: sa.Connection, *, now: datetime) -> Marks:
    """What makes the marks of pages and knows them again."""
    return Marks(keys.ready(connection, now=now))


def _said(given: list[Given], counted: Sequence[Rating], rated: Question | None, value: int | None) -> dict[str, Any]:
    """What was said by now; of what is rated the value that counts, where one does: another one is nobody's."""
    found = answers.together(given)
    found.update({one.question: one.value for one in counted})
    return found if value is None or rated is None else {**found, rated.key: value}


def _ended(ask: Ask, now: datetime) -> Ended | None:
    if ask.state in _ENDED:
        return _ENDED[ask.state]
    return Ended.EXPIRED if ask.expires_at is not None and ask.expires_at <= now else None
