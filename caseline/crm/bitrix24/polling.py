"""Asks a portal what has changed: records by the time of their change, stages by their history.

Both are walked through by id, so that a page that shifts leaves nothing out; what changes while we walk is found by the
next walk, which begins some time before this one began.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm.bitrix24 import sync_book
from caseline.crm.bitrix24.items import pieces
from caseline.crm.bitrix24.meanings import STAGE
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.sync_book import Cursor, Step
from caseline.crm.bitrix24.tools import Tools
from caseline.crm.vocabulary import REQUEST

OVERLAP: Final = timedelta(minutes=2)
"""How long before its beginning a walk is not trusted: clocks of several servers, changes that are seen late."""
_CREATION: Final = 1
_OWNERS: Final = 500
"""Leads whose history is asked for together: a command of a batch holds a thousand values at most."""
HISTORY: Final = "stage_history"


@dataclass(frozen=True, slots=True)
class Polling:
    """Notes records that have changed, and keeps steps of stages."""

    tools: Tools
    now: datetime
    _clock: list[datetime] = field(default_factory=list)

    def note_changes(self, entity: str) -> int:
        """Note what has changed since the last walk; killed in the middle, the next one goes on from there."""
        engine = self.tools.mirror.engine
        with engine.begin() as connection:
            place = sync_book.read_cursor(connection, entity) or _beginning(connection, entity)
            if place.upto is None:
                place = replace(place, upto=self._begun() - OVERLAP, after_id=0)
            sync_book.put_cursor(connection, place)
        number = 0
        for rows in self._changed(entity, place):
            ids = [int(row["id"]) for row in rows]
            with engine.begin() as connection:
                sync_book.note(connection, entity, ids, now=self.now)
                sync_book.put_cursor(connection, replace(place, after_id=max(ids)))
            number += len(ids)
        with engine.begin() as connection:
            sync_book.put_cursor(connection, Cursor(entity, place.upto))
        return number

    def _changed(self, entity: str, place: Cursor) -> Iterator[list[dict[str, Any]]]:
        where = {} if place.since is None else {">=updatedTime": place.since.isoformat()}
        params = {"entityTypeId": TYPE_IDS[entity], "filter": where, "select": ["id"]}
        yield from self.tools.portal.walk("crm.item.list", params, after=place.after_id)

    def _begun(self) -> datetime:
        """When we began to ask, by the portal's clock, which its records are dated by."""
        if not self._clock:
            said = str(self.tools.portal.read("server.time").value)
            self._clock.append(datetime.fromisoformat(said).astimezone(UTC))
        return self._clock[0]

    def keep_steps(self) -> int:
        """Keep what the stage history tells since the last time, and note the leads that it tells of.

        Items of a creation are left out: who makes a record knows its first stage, and an import makes thousands. So is
        what was before the register began to mirror the portal: the history of a lead that is new here is read as such.
        """
        engine = self.tools.mirror.engine
        with engine.connect() as connection:
            place = sync_book.read_cursor(connection, HISTORY) or _beginning(connection, HISTORY)
        number = 0
        young = {} if place.since is None else {">=CREATED_TIME": place.since.isoformat()}
        params = {"entityTypeId": TYPE_IDS[REQUEST], "filter": {"!=TYPE_ID": _CREATION, **young}}
        for rows in self.tools.portal.walk("crm.stagehistory.list", params, after=place.after_id):
            # Nowhere is it written that every portal filters by these.
            steps = [read(row) for row in rows if int(row["TYPE_ID"]) != _CREATION]
            steps = [one for one in steps if place.since is None or one.at >= place.since]
            with engine.begin() as connection:
                sync_book.keep_steps(connection, steps)
                sync_book.note(connection, REQUEST, {one.record_id for one in steps}, now=self.now)
                sync_book.put_cursor(connection, replace(place, after_id=max(int(row["ID"]) for row in rows)))
            number += len(steps)
        return number

    def life(self, ids: list[int]) -> dict[int, list[Step]]:
        """The whole stage history of leads, in its order."""
        found: dict[int, list[Step]] = {}
        for piece in pieces(ids, _OWNERS):
            params = {"entityTypeId": TYPE_IDS[REQUEST], "filter": {"@OWNER_ID": piece}}
            for rows in self.tools.portal.walk("crm.stagehistory.list", params):
                for one in map(read, rows):
                    found.setdefault(one.record_id, []).append(one)
        return {number: sorted(steps, key=lambda one: (one.at, one.id)) for number, steps in found.items()}


def _beginning(connection: sa.Connection, name: str) -> Cursor:
    """Where a list is read from the first time: since the register mirrors the portal, whose clock may differ."""
    since = sync_book.bound_since(connection)
    return Cursor(name, None if since is None else since - OVERLAP)


def read(row: Mapping[str, Any]) -> Step:
    """An item of the stage history."""
    at = datetime.fromisoformat(str(row["CREATED_TIME"])).astimezone(UTC)
    return Step(int(row["ID"]), int(row["OWNER_ID"]), str(row[STAGE]), at)
