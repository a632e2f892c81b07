"""Feedback on one request: who was asked about it, why nobody was, and asking because somebody wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caseline.actions import foresee_asks, keep_campaigns, seen, wiring
from caseline.actions.editing import Editor
from caseline.actions.foresee_asks import WhyNot
from caseline.actions.wiring import House
from caseline.crm.cards import Card
from caseline.feedback import asks, books
from caseline.feedback.asks import Ask
from caseline.feedback.books import KeptCampaign
from caseline.feedback.campaign import MAIL, On
from caseline.feedback.reading import CampaignUnfit
from caseline.outbox import addresses
from caseline.people.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A campaign by which somebody can be asked."""

    code: str
    campaign: KeptCampaign
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Feedback on a request."""

    card: Card
    asks: Sequence[tuple[Ask, KeptCampaign | None]]
    """The newest first."""
    why_not: Sequence[WhyNot]
    """What the campaigns say that are on and have no ask about it."""
    choices: Sequence[Choice]


def show(house: House, viewer: Viewer, record_id: int, *, now: datetime) -> Sight:
    """Feedback on a request; raises `Absent`."""
    with house.engine.connect() as connection:
        card = seen.request(connection, wiring.intake(house).cards, viewer, record_id)
        there = asks.of_subject(connection, "request", record_id)
    kept = {one.id: one for one in keep_campaigns.campaigns(house, now=now)}
    return Sight(
        card=card,
        asks=[(one, kept.get(one.campaign_id)) for one in reversed(there)],
        why_not=[one for one in foresee_asks.why_not(house, record_id, now=now) if one.ask is None],
        choices=[
            Choice(code=one.code, campaign=one, on=one.switched_on_at is not None)
            for one in sorted(kept.values(), key=lambda one: (one.switched_on_at is None, one.code))
            if _fits(one)
        ],
    )


def ask(house: House, viewer: Viewer, record_id: int, code: str, editor: Editor, *, address: str | None = None) -> Ask:
    """Ask about a request now. Raises `Absent`, `CampaignUnfit`, `OutboxFault`, and `Told` with the reason."""
    with house.engine.connect() as connection:
        seen.request(connection, wiring.intake(house).cards, viewer, record_id)
        kept = books.by_code(connection, code)
    if address and kept is not None and kept.campaign.channel in MAIL:
        address = addresses.checked(address)
    return foresee_asks.ask_by_hand(house, code, record_id, editor, by_id=viewer.person_id, address=address or None)


def _fits(kept: KeptCampaign) -> bool:
    try:
        return kept.campaign.trigger.by is not On.AGREEMENT
    except CampaignUnfit:
        return False
