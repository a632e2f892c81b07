"""Writes what the house counts and finds out into the leads: deadline, durations, category, group.

What was written is kept beside the request. The portal tells of our own writes as it tells of everybody's; they are
recognised by their values, so nothing follows from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from caseline.crm.bitrix24 import mirrored, reading, sync_book, updates, values, written
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.guard import Guard
from caseline.crm.bitrix24.places import HOUSE, TYPE_IDS, Place
from caseline.crm.bitrix24.sync_book import Cursor
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.bitrix24.values import Item, Words
from caseline.crm.bitrix24.written import Written
from caseline.crm.card_port import Cards
from caseline.crm.stage_times import totals
from caseline.crm.vocabulary import REQUEST

AT_ONCE: Final = 500
MOST: Final = 2_000
"""Leads that one sync looks at to write them, so that what people do is never far behind."""
PLACE: Final = "pushed"
"""The cursor of the leads that were looked at."""
_SHARED: Final = ("category", "group")
"""What people set in the portal, too."""
_HOUR_S, _MINUTE_S = 3600, 60


@dataclass
class Pushed:
    """What was written, as numbers of leads."""

    written: int = 0
    same: int = 0
    """The lead had it already."""
    contested: int = 0
    """Somebody has set a category or group in the portal meanwhile; it is read first."""
    failed: list[tuple[int, str]] = field(default_factory=list)
    """(id, reason)."""
    withheld: str = ""
    """Why nothing was written at all, with the remedy."""


@dataclass(frozen=True)
class Pushing:
    """Writes into leads."""

    tools: Tools
    cards: Cards
    guard: Guard
    now: datetime
    done: Pushed = field(default_factory=Pushed)

    def push(self) -> None:
        """Write what differs from what was written last, for at most `MOST` leads; nothing where that starts something.

        See `Pushed.withheld`.
        """
        looked_at = 0
        while looked_at < MOST:
            wanted = self._next()
            if not wanted:
                return
            # What is ours moves no lead, so it starts what waits for any change, or nothing.
            self.done.withheld = self.guard.changing(REQUEST, None)
            if self.done.withheld:
                return
            self._write(wanted)
            looked_at += len(wanted)
            with self.tools.mirror.engine.begin() as connection:
                sync_book.put_cursor(connection, Cursor(PLACE, after_id=wanted[-1].record_id))

    def _next(self) -> list[Written]:
        """What comes after the leads that were looked at last; behind the last one of all the next sync begins anew.

        What the portal refuses is wanted for ever, and would otherwise stand before all others again and again.
        """
        with self.tools.mirror.engine.begin() as connection:
            place = sync_book.read_cursor(connection, PLACE) or Cursor(PLACE)
            wanted = written.unlike(connection, after=place.after_id, most=AT_ONCE)
            if not wanted:
                sync_book.put_cursor(connection, Cursor(PLACE))
        return wanted

    def _write(self, wanted: Sequence[Written]) -> None:
        shape = self.tools.shapes.of(REQUEST)
        places = [*HOUSE, *(one for one in shape.places if one.field in _SHARED and not one.extra)]
        records = {one.record_id: self._record(one) for one in wanted}
        with self.tools.mirror.engine.connect() as connection:
            before = written.several(connection, list(records))
        olds = {number: {"category": one.category, "group_id": one.group_id} for number, one in before.items()}
        words = self.tools.naming.words(REQUEST, [*records.values(), *olds.values()], places)
        found = reading.items(self.tools.portal, REQUEST, list(records), shape.names)
        calls: dict[str, Call] = {}
        contested: set[int] = set()
        for number, item in found.items():
            other = reading.differing(places, reading.put(places, records[number], words), item)
            theirs = [one for one in other if self._contested(one, item, olds.get(number, {}), words)]
            contested |= {number} if theirs else set()
            ours = [one for one in other if one not in theirs]
            if ours:
                fields = shape.names.outwards(reading.put(ours, records[number], words))
                calls[f"lead{number}"] = Call(
                    "crm.item.update", {"entityTypeId": TYPE_IDS[REQUEST], "id": number, "fields": fields}
                )
        refused = {int(key.removeprefix("lead")): said for key, said in self._sent(calls).items()}
        self._keep(wanted, found.keys() - refused.keys() - contested, {*contested, *(records.keys() - found.keys())})
        self.done.written += len(calls) - len(refused)
        self.done.same += len(found) - len(calls)
        self.done.contested += len(contested)
        self.done.failed += refused.items()

    def _contested(self, place: Place, item: Item, old: Mapping[str, Any], words: Words) -> bool:
        """Whether somebody has set something that we know in the portal, and not what we have written there last."""
        said = values.back(place, item, words)
        before = values.put(place, old.get(place.column), words)
        if place.field not in _SHARED or said is None or values.seen(place, item) == values.seen(place, before):
            return False
        with self.tools.mirror.engine.connect() as connection:
            if place.field == "group":
                return mirrored.named(connection, "group", str(said)) is not None
            return any(said in {one.code, one.label} for one in self.cards.categories(connection) if one.active)

    def _sent(self, calls: Mapping[str, Call]) -> dict[str, str]:
        answers = updates.repeated(self.tools.portal, calls)
        return {key: f"{said.code} {said.text}".strip() for key, said in answers.items()}

    def _keep(self, wanted: Sequence[Written], held: set[int], read_first: set[int]) -> None:
        with self.tools.mirror.engine.begin() as connection:
            written.keep(connection, [one for one in wanted if one.record_id in held])
            sync_book.note(connection, REQUEST, read_first, now=self.now)

    def _record(self, one: Written) -> dict[str, Any]:
        told = {"deadline": one.due_at, "durations": self._durations(one), "business_s": one.business_s or None}
        return {**told, "category": one.category, "group_id": one.group_id, "extra": {}}

    def _durations(self, one: Written) -> str:
        """Business time by stage in hours and minutes; in brackets what went by while the clock stood still.

        Time of which the old system has told no stage stands alone.
        """
        if not one.visits:
            return ""
        with self.tools.mirror.engine.connect() as connection:
            labels = {stage.code: stage.label for stage in self.cards.stages(connection)}
            rows = self.cards.rows(connection, one.record_id)
        return "; ".join(
            f"{labels.get(total.stage, total.stage)} {_spent(total.business_s, total.paused_s)}".lstrip()
            for total in totals(rows)
        )


def _spent(business_s: int, paused_s: int) -> str:
    running, standing = (f"{s // _HOUR_S}:{s % _HOUR_S // _MINUTE_S:02}" for s in (business_s, paused_s))
    if not paused_s:
        return running
    return f"{running} ({standing})" if business_s else f"({standing})"
