"""Lets the deadlines of imported requests alarm, source by source."""

from collections.abc import Sequence
from datetime import datetime

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.cards import Ahead, Refused


def go_live(house: House, sources: Sequence[str], *, by: str, now: datetime) -> list[Ahead]:
    """Let sources alarm, all imported ones when none is named; answers their running deadlines.

    What was past at the import stays silent for ever. Raises `Refused` for a source that nothing was imported from.
    """
    cards = wiring.intake(house).cards
    with house.engine.begin() as connection:
        known = [one.source for one in cards.ahead(connection, now=now)]
        if not known:
            raise Refused("nothing is imported yet, so nothing can go live: `caseline import EXPORT` first")
        strange = sorted(set(sources) - set(known))
        if strange:
            raise Refused(f"source {', '.join(strange)}: nothing came from there: use one of {', '.join(known)}")
        for source in sources or known:
            cards.go_live(connection, source, by=by, now=now)
        found = cards.ahead(connection, now=now)
    return [one for one in found if not sources or one.source in sources]
