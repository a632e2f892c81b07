"""Decides about a record whether somebody is asked, how and when; a dry run decides by the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from caseline.feedback import audience, experiments, links, schedule
from caseline.feedback.asks import Draft
from caseline.feedback.audience import Answer, Facts
from caseline.feedback.campaign import MAIL, AddressRule, Campaign, Channel
from caseline.feedback.candidates import UNTIRING, Found
from caseline.feedback.states import State
from caseline.timing import zones
from caseline.timing.faults import CalendarFault

ONCE: Final = "once"
BY_HAND: Final = "by hand"
"""How the periods of asks begin that somebody has made by hand."""
ANY_SERVICE: Final = "request"
"""What stands in the link of a record that has no category."""
WEB: Final = "web"
"""The address of an ask that is sent to nobody: another site shows its form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a campaign stands on at a moment."""

    campaign_id: int
    code: str
    campaign: Campaign
    switched_on_at: datetime
    versions: Mapping[str, int]
    """Newest versions of its forms, by their codes."""
    variants: Mapping[str, int]
    """Ids of its variants, by their codes."""
    anybody_rests: timedelta | None
    language: str
    zone: ZoneInfo
    """Of the house; a contact may have its own."""
    works: Callable[[date], bool]

    rule: audience.Rule = field(init=False)
    """Whom it may ask."""

    def __post_init__(self) -> None:
        """Take over what the house has set for all campaigns, once and not for each record."""
        rests = self.anybody_rests if self.campaign.anybody_rests else None
        object.__setattr__(self, "rule", replace(self.campaign.audience, anybody_rests=rests))


class Rests:
    """Who is asked in this very run, of which the database does not know yet, so that nobody is asked twice by it."""

    def __init__(self) -> None:
        self._by_kind: dict[tuple[str, int], datetime] = {}
        self._by_any: dict[int, datetime] = {}

    def with_them(self, found: Found, kind: str) -> Found:
        """The record with what was decided since it was read, for a campaign of this kind."""
        if found.contact_id is None:
            return found
        of_kind, of_any = self._by_kind.get((kind, found.contact_id)), self._by_any.get(found.contact_id)
        if of_kind is None and of_any is None:
            return found
        return found._replace(
            person_asked_at=_later(of_kind, found.person_asked_at),
            anybody_asked_at=_later(of_any, found.anybody_asked_at),
        )

    def note(self, found: Found, kind: str, at: datetime) -> None:
        """He is asked by a campaign of this kind."""
        if found.contact_id is not None:
            self._by_kind[kind, found.contact_id] = at
            if kind != UNTIRING:
                self._by_any[found.contact_id] = at


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one is not None and other is not None else one or other


def facts(found: Found, ground: Ground, *, by_hand: bool = False) -> Facts:
    """What is known of a record and the person. Somebody who asks by hand knows that it was imported, and when."""
    age = ground.campaign.trigger.age
    return Facts(
        happened_at=found.since,
        switched_on_at=found.since if by_hand else ground.switched_on_at,
        imported=found.imported and not by_hand,
        born_of_feedback=found.born_of_feedback,
        still_so=found.still_so or by_hand,
        ripe_at=found.since + age if age and not by_hand else None,
        service=found.service,
        division_id=found.division_id,
        finished_at=found.closed_at,
        asked_at=None if by_hand else found.asked_at,
        opted_out=found.opted_out,
        bad_address=found.bad_address and ground.campaign.channel in MAIL,
        person_asked_at=None if by_hand else found.person_asked_at,
        anybody_asked_at=None if by_hand else found.anybody_asked_at,
    )


def decide(found: Found, ground: Ground, *, now: datetime, by_hand: bool = False) -> Answer:
    """Whether somebody is asked about a record, and why not."""
    return audience.asked(ground.rule, facts(found, ground, by_hand=by_hand), now)


def has_address(found: Found, ground: Ground) -> bool:
    """Whether there is somewhere to ask; otherwise an ask waits until there is."""
    campaign, _variant = varied(ground, found.contact_id, found.email or f"record {found.record_id}")
    return bool(_address(found, campaign))


def draft(
    found: Found, ground: Ground, decided: Answer, *, now: datetime, period: str = ONCE, public_id: str | None = None
) -> Draft:
    """The ask that is made of it: one that is sent when its time has come, waits for an address, or is skipped."""
    campaign, variant = varied(ground, found.contact_id, found.email or f"record {found.record_id}")
    skipped = decided.skip is not None
    start = max(found.since, now - _LATEST) if period == ONCE else now
    return Draft(
        public_id=public_id or links.mint_id(),
        campaign_id=ground.campaign_id,
        form_version_id=ground.versions[campaign.form_of(found.division_id)],
        subject="request",
        subject_id=found.record_id,
        period=period,
        service=slug(found.service),
        channel=campaign.channel.value,
        language=ground.language,
        happened_at=found.since,
        state=State.SKIPPED if skipped else State.DRAFT,
        reason=decided.reason,
        variant_id=None if skipped else variant,
        contact_id=found.contact_id,
        company_id=found.company_id,
        responsible_id=found.responsible_id,
        asked_by_id=found.asked_by_id,
        division_id=found.division_id,
        address=None if skipped else _address(found, campaign),
        due_at=None if skipped else schedule.send_at(campaign.schedule, start, _zone(found, ground), ground.works),
    )


_LATEST: Final = timedelta(days=1)
"""A letter that waits longer than that is counted from now: its hours are those of today."""


@lru_cache(maxsize=1024)
def slug(service: str | None) -> str:
    """The word for a service as it stands in a link."""
    made = (service or "").lower().replace("_", "-")
    return made if links.slug(made) else ANY_SERVICE


def _address(found: Found, campaign: Campaign) -> str | None:
    if campaign.channel is Channel.WEB:
        return WEB
    if campaign.address is AddressRule.MANAGER:
        return None
    return found.phone if campaign.address is AddressRule.PHONE else found.email


def varied(ground: Ground, contact_id: int | None, otherwise: str) -> tuple[Campaign, int | None]:
    """The campaign as this person gets it, the same one each time, and the id of the variant."""
    offered = ground.campaign.variants
    if not offered:
        return ground.campaign, None
    person = otherwise if contact_id is None else str(contact_id)
    code = offered[experiments.arm(f"campaign {ground.code}", person, [one.share for one in offered])].code
    return ground.campaign.varied(code), ground.variants.get(code)


def _zone(found: Found, ground: Ground) -> ZoneInfo:
    if found.zone:
        try:
            return zones.zone(found.zone)
        except CalendarFault:
            pass
    return ground.zone
