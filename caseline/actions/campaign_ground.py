"""What campaigns stand on: their documents, forms and variants, the clock and the limits of the house."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.feedback import books, contact_zones, request_facts
from caseline.feedback.books import KeptCampaign
from caseline.feedback.campaign import On
from caseline.feedback.drafting import Ground
from caseline.feedback.reading import CampaignUnfit
from caseline.feedback.request_facts import Wanted
from caseline.timing import zones


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign with what it stands on, and what it waits for."""

    kept: KeptCampaign
    ground: Ground
    wanted: Wanted


def standing(house: House, connection: sa.Connection, kept: KeptCampaign, *, since: datetime) -> Standing:
    """What a campaign stands on, as if it had been switched on at `since` where it is off.

    Raises `CampaignUnfit` when one of its forms is not there.
    """
    campaign = kept.campaign
    versions = {}
    for code in {campaign.form, *campaign.forms.values()}:
        form = books.newest(connection, code)
        if form is None:
            raise CampaignUnfit(f"campaign {kept.code}, form: there is no form {code!r}; make it, or name another one")
        versions[code] = form.version_id
    zone, works = hours(house, connection)
    rest = timedelta(days=house.settings.feedback_rest_days) if house.settings.feedback_rest_days else None
    ground = Ground(
        campaign_id=kept.id,
        code=kept.code,
        campaign=campaign,
        switched_on_at=kept.switched_on_at or since,
        versions=versions,
        variants=books.variants(connection, kept.id),
        anybody_rests=rest,
        language=house.settings.mail_language,
        zone=zone,
        works=works,
    )
    wanted = Wanted(
        campaign_id=kept.id,
        kind=campaign.kind,
        record=campaign.trigger.record,
        stages=request_facts.stages(connection, campaign.trigger),
        rests=ground.rule.rests,
    )
    return Standing(kept, ground, wanted)


def hours(house: House, connection: sa.Connection) -> tuple[ZoneInfo, Callable[[date], bool]]:
    """The zone of the house, and which days are worked there."""
    intake = wiring.intake(house)
    clock = intake.clocks.default(connection)
    zone = zones.zone(intake.clocks.zone(connection, None))
    return zone, _always if clock is None else clock.calendar.works


def hours_of(
    house: House, connection: sa.Connection, contact_id: int | None
) -> tuple[ZoneInfo, Callable[[date], bool]]:
    """The same by the clock of a contact, where somebody has said in which zone he lives."""
    zone, works = hours(house, connection)
    named = None if contact_id is None else contact_zones.named(connection, contact_id)
    return contact_zones.zone(named, zone), works


def running(house: House, connection: sa.Connection, *by: On, faults: dict[str, str]) -> Iterator[Standing]:
    """The campaigns that are switched on and are started by one of these.

    One that cannot be used keeps back no other: `faults` gets the reason by its code.
    """
    for kept in books.every(connection, on=True):
        assert kept.switched_on_at is not None  # noqa: S101 - asked for those that are on
        try:
            if kept.campaign.trigger.by in by:
                yield standing(house, connection, kept, since=kept.switched_on_at)
        except CampaignUnfit as error:
            faults[kept.code] = str(error)


def _always(_day: date) -> bool:
    """Where nobody has said which days are worked, all are."""
    return True
