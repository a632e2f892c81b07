"""Searches requests by words, codes and numbers, and shows the newest that were found with the passages."""

from dataclasses import dataclass

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Card
from caseline.listing import index_store, search_store
from caseline.listing.hits import Outcome, Shown

__all__ = ["Found", "Outcome", "search"]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found."""

    outcome: Outcome
    cards: tuple[tuple[Card, Shown], ...]
    """The newest, those with the number that was typed first."""
    hits: int | None
    """All of them; None: very many, nobody has counted them."""
    waiting: int
    """Requests that could not be found yet."""
    cut: bool
    """The end of what was typed was not read."""


def search(house: House, typed: str, *, limit: int) -> Found:
    """Look for what somebody typed; every text is understood as something."""
    cards = wiring.intake(house).cards
    with house.engine.connect() as connection:
        state = index_store.state(connection)
        hits = search_store.find(connection, typed)
        ids = search_store.newest(connection, hits, limit)
        shown = search_store.shown(connection, hits, ids)
        found = [(cards.get(connection, number), shown[number]) for number in ids if number in shown]
    return Found(
        outcome=hits.outcome,
        cards=tuple((card, one) for card, one in found if card is not None),
        hits=None if hits.outcome is Outcome.MANY else len(hits.ids),
        waiting=state.waiting,
        cut=hits.cut,
    )
