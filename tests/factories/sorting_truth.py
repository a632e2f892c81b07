"""Judges a sorting by the pure rules, one request at a time, and by plain SQL; shares no code with sorting in sets.

An empty list of complaints means: every request has the category that its text gets, with group and deadline, once; and
nothing else has changed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

import psycopg
from psycopg.rows import namedtuple_row

from caseline.timing.clock import Clock
from caseline.timing.vocabulary import Mode
from keywords.classifier import Classifier
from keywords.scoring import Decision
from tests.factories import timing

SORTED: Final = ("category", "category_by", "category_set_at", "category_first_set_at", "group_id")
"""Columns of a request that sorting may fill."""
_REQUESTS: Final = """
SELECT r.id, r.source, r.subject, coalesce(r.description, '') AS description, r.category, r.category_by, r.group_id,
  r.category_set_at, r.category_first_set_at, r.created_at, r.priority, NOT s.closed AND r.closed_at IS NULL AS open
FROM crm.record AS r JOIN crm.stage AS s ON s.kind = r.kind AND s.code = r.stage ORDER BY r.id
"""
_PAUSES: Final = "SELECT record_id, entered_at, left_at FROM crm.stage_row WHERE pausing ORDER BY entered_at, id"
_TABLES: Final = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_GROWING: Final = {"crm.event": "id", "crm.deadline_change": "id"}
"""Logs, of which sorting may write new lines only."""
_OWN: Final = {"crm.deadline", "keywords.scored"}
"""What sorting fills, and is compared request by request."""


@dataclass(frozen=True)
class Before:
    """The register before it was sorted, and what the dictionary says of every request without a category."""

    requests: dict[int, Any]
    said: dict[int, Decision]
    deadlines: dict[int, Any]
    logged: dict[str, int]
    """The last line of each log."""
    outside: dict[str, Any]
    """How many rows each table has, and a digest of them."""


def before(url: str, dictionary: Classifier) -> Before:
    """Remember a register, and classify its texts one by one."""
    with connected(url) as connection:
        requests = {row.id: row for row in _rows(connection, _REQUESTS)}
        said = {
            number: dictionary.decide(row.description, row.subject)
            for number, row in requests.items()
            if row.category is None
        }
        deadlines = {row.record_id: row for row in _rows(connection, "SELECT * FROM crm.deadline")}
        logged = {
            table: _rows(connection, f"SELECT coalesce(max({key}), 0) AS last FROM {table}")[0].last
            for table, key in _GROWING.items()
        }
        return Before(requests, said, deadlines, logged, _outside(connection, logged))


def complaints(url: str, was: Before) -> list[str]:
    """Everything that is not as it has to be after sorting."""
    with connected(url) as connection:
        return examine(connection, was)


def examine(connection: psycopg.Connection[Any], was: Before) -> list[str]:
    """The same in a transaction of the caller's."""
    look = _Look(connection, was)
    return [*look.requests(), *look.said(), *look.events(), *look.deadlines(), *look.outside()]


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection as this judge wants it."""
    return psycopg.connect(url, row_factory=namedtuple_row)


class _Look:
    """A look at a sorted register with what it was before at hand."""

    def __init__(self, connection: psycopg.Connection[Any], was: Before) -> None:
        self._connection = connection
        self._was = was
        self._categories = {row.code: row for row in _rows(connection, "SELECT * FROM crm.category")}
        self._now = {row.id: row for row in _rows(connection, _REQUESTS)}
        self._pauses: dict[int, list[Any]] = {}
        for row in _rows(connection, _PAUSES):
            self._pauses.setdefault(row.record_id, []).append(row)
        self._wanted = {
            number: self._categories[decision.category]
            for number, decision in was.said.items()
            if decision.category is not None and self._categories[decision.category].active
        }

    def requests(self) -> Iterator[str]:
        """Category and group of every request."""
        if self._now.keys() != self._was.requests.keys():
            yield f"requests: {len(self._now)}, not {len(self._was.requests)}"
        for number, old in self._was.requests.items():
            new, wanted = self._now[number], self._wanted.get(number)
            if wanted is None:
                want = tuple(getattr(old, name) for name in SORTED)
            else:
                first = new.category_set_at if old.source is None else old.created_at
                want = (wanted.code, "keywords", new.category_set_at, first, old.group_id or wanted.group_id)
            have = tuple(getattr(new, name) for name in SORTED)
            if have != want or (wanted is not None and new.category_set_at is None):
                yield f"request {number}: {have}, not {want}"

    def said(self) -> Iterator[str]:
        """What the dictionary said is kept of each request that had no category, and of no other."""
        (dictionary,) = _rows(self._connection, "SELECT version FROM keywords.dictionary")
        rows = {row.record_id: row for row in _rows(self._connection, "SELECT * FROM keywords.scored")}
        if rows.keys() != self._was.said.keys():
            yield f"said: of {len(rows)} requests, not of {len(self._was.said)}"
        for number, decision in self._was.said.items():
            want = (dictionary.version, decision.outcome.value, decision.category, decision.score, decision.margin)
            row = rows.get(number)
            have = row and (row.version, row.outcome, row.category, row.score, row.margin)
            if have != want:
                yield f"said of request {number}: {have}, not {want}"

    def events(self) -> Iterator[str]:
        """One event of each category that was set, one of each deadline of a request made here, and no other."""
        query = f"SELECT * FROM crm.event WHERE id > {self._was.logged['crm.event']}"
        have = Counter((row.entity, row.type, row.record_id, row.imported) for row in _rows(self._connection, query))
        made_here = [number for number, old in self._was.requests.items() if old.source is None]
        want = Counter(
            ("request", "category_set", number, self._was.requests[number].source is not None)
            for number in self._wanted
        ) + Counter(("request", "deadline_set", number, False) for number in made_here if self._runs(number))
        yield from (f"event {event}: {count} times too often" for event, count in (have - want).items())
        yield from (f"event {event}: missing" for event in want - have)
        for row in _rows(self._connection, query + " AND type = 'category_set'"):
            new, wanted = self._now[row.record_id], self._wanted.get(row.record_id)
            group = wanted.group_id if wanted else None
            data = {"old": None, "new": new.category, "set_by": "keywords", "category_group": group}
            if (row.data, row.at) != (data, new.category_set_at):
                yield f"event {row.id} of request {new.id}: {row.data} at {row.at}"

    def deadlines(self) -> Iterator[str]:
        """One deadline, and one line in the log, of each open request that got a category."""
        rows = {row.record_id: row for row in _rows(self._connection, "SELECT * FROM crm.deadline")}
        wanted = self._was.deadlines.keys() | {number for number in self._wanted if self._runs(number)}
        if rows.keys() != wanted:
            yield f"deadlines: of {len(rows)} requests, not of {len(wanted)}; {sorted(rows.keys() ^ wanted)[:5]}"
        yield from (
            f"deadline of {number} is another" for number, old in self._was.deadlines.items() if rows.get(number) != old
        )
        query = f"SELECT * FROM crm.deadline_change WHERE id > {self._was.logged['crm.deadline_change']}"
        logged = Counter((row.record_id, row.old_due_at, row.new_due_at) for row in _rows(self._connection, query))
        for number in wanted - self._was.deadlines.keys() & rows.keys():
            have, want = rows[number], self._deadline(number)
            told = (have.due_at, have.warn_at, have.target_s, have.clock_started_at, have.mode)
            standing = any(row.left_at is None for row in self._pauses.get(number, ()))
            quiet = self._was.requests[number].source is not None
            if told != want or (have.stopped_at is not None, have.quiet_until is not None) != (standing, quiet):
                yield f"deadline of {number}: {have}, not {want}"
            if logged.pop((number, None, have.due_at), 0) != 1:
                yield f"deadline of {number}: not once in the log"
        yield from (f"log of deadlines: {line} should not be there" for line in logged)

    def _runs(self, number: int) -> bool:
        return number in self._wanted and self._was.requests[number].open

    def _deadline(self, number: int) -> tuple[datetime, datetime, int, datetime, str]:
        """Counted by itself, from the receipt of an imported request and from the category of any other."""
        old, category = self._was.requests[number], self._wanted[number]
        start = self._now[number].category_set_at if old.source is None else old.created_at
        seconds = 3600 * category.hours_by_priority.get(old.priority, category.hours)
        pauses = [
            (row.entered_at, row.left_at)
            for row in self._pauses.get(number, ())
            if row.left_at is not None and row.left_at > row.entered_at
        ]
        clock = _clock(Mode(category.mode))
        due = clock.deadline(start, seconds, pauses=pauses)
        return due, clock.warning(start, seconds, 75, pauses=pauses), seconds, start, category.mode

    def outside(self) -> Iterator[str]:
        """Nothing else has changed: no version of a record, no row of any other table."""
        have = _outside(self._connection, self._was.logged)
        yield from (
            f"{table}: {have[table]}, not {want}" for table, want in self._was.outside.items() if have[table] != want
        )


@cache
def _clock(mode: Mode) -> Clock:
    return Clock(timing.russia(), mode)


def _outside(connection: psycopg.Connection[Any], logged: dict[str, int]) -> dict[str, Any]:
    found = {}
    for table in (row[0] for row in _rows(connection, _TABLES)):
        if table in _OWN:
            continue
        text = f"(to_jsonb(t) - '{{{','.join(SORTED)}}}'::text[])::text" if table == "crm.record" else "t::text"
        older = f"WHERE {_GROWING[table]} <= {logged[table]}" if table in _GROWING else ""
        query = f"SELECT count(*) AS rows, sum(hashtextextended({text}, 0)) AS digest FROM {table} AS t {older}"
        found[table] = tuple(_rows(connection, query)[0])
    assert len(found) > 20, "the audit sees no tables"
    return found


def _rows(connection: psycopg.Connection[Any], query: str) -> Sequence[Any]:
    return connection.execute(query.encode()).fetchall()
