"""Counts what records would lose there, by the rules of its CRM, in a rehearsal."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm.losing_rules import Listed, Probe, Rule
from caseline.crm.port import Incoming
from staging import tables

FIRST: Final = 3
"""Places that are named."""
MOST_VALUES: Final = 1000
"""Values of a list that are looked at."""
_MAIL: Final = r"^[^@\s]+@[^@\s]+\.[^@\s.]+$"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands."""

    key: str
    file: str
    line: int


@dataclass(slots=True)
class Loss:
    """How often a rule holds."""

    rule: Rule
    count: int = 0
    first: list[Spot] = field(default_factory=list)


class Losing:
    """Sees the records of a rehearsal, in any of its threads."""

    def __init__(self, listed: Mapping[str, Sequence[Listed]], rules: Sequence[Rule]) -> None:
        self.losses = [Loss(rule) for rule in rules]
        self.values: dict[tuple[str, str, bool], frozenset[str]] = {}
        """Values of lists by (entity, field, whether it is an extra field)."""
        self.records: dict[str, int] = {}
        self.lengths: dict[str, int] = {}
        """Bytes of all records of an entity, as they would be sent about."""
        self._fields = listed
        self._lock = threading.Lock()

    def see(self, connection: sa.Connection, incoming: Incoming) -> None:
        """Look at a set."""
        rows = incoming.rows.subquery("offered_row")
        wanted = [(loss, _holds(rows, loss.rule)) for loss in self.losses if loss.rule.entity == incoming.entity]
        tested = [(loss, test) for loss, test in wanted if test is not None]
        length = sa.func.sum(sa.func.octet_length(sa.cast(sa.literal_column("offered_row"), sa.Text)))
        counted = sa.select(length, *(sa.func.count().filter(test) for _loss, test in tested)).select_from(rows)
        size, *counts = connection.execute(counted).one()
        spots = {
            id(loss): self._spots(connection, rows, test)
            for (loss, test), count in zip(tested, counts, strict=True)
            if count and len(loss.first) < FIRST
        }
        listed = self._listed(connection, rows, incoming.entity)
        with self._lock:
            entity = incoming.entity
            self.records[entity] = self.records.get(entity, 0) + incoming.expected
            self.lengths[entity] = self.lengths.get(entity, 0) + int(size or 0)
            for (loss, _test), count in zip(tested, counts, strict=True):
                loss.count += count
                loss.first = (loss.first + spots.get(id(loss), []))[:FIRST]
            for key, values in listed.items():
                self.values[key] = self.values.get(key, frozenset()) | values

    def _spots(self, connection: sa.Connection, rows: sa.FromClause, test: sa.ColumnElement[bool]) -> list[Spot]:
        row, file = tables.row, tables.file
        bad = sa.select(rows.c.ref).where(test).order_by(rows.c.ref).limit(FIRST).subquery("bad")
        query = (
            sa.select(row.c.key, file.c.name, row.c.line)
            .join(bad, bad.c.ref == row.c.id)
            .join(file, file.c.id == row.c.file_id)
            .order_by(row.c.id)
        )
        return [Spot(str(key), name, line) for key, name, line in connection.execute(query)]

    def _listed(
        self, connection: sa.Connection, rows: sa.FromClause, entity: str
    ) -> dict[tuple[str, str, bool], frozenset[str]]:
        found = {}
        for one in self._fields.get(entity, ()):
            held = _held(rows, one.field, extra=one.extra, several=one.several)
            if held is not None:
                query = sa.select(held).distinct().where(held.is_not(None)).limit(MOST_VALUES)
                if one.several:
                    query = _elements(rows, one)
                found[entity, one.field, one.extra] = frozenset(map(str, connection.execute(query).scalars()))
        return found


def _elements(rows: sa.FromClause, listed: Listed) -> sa.Select[Any]:
    array = _held(rows, listed.field, extra=listed.extra, several=True)
    whole = sa.case((sa.func.jsonb_typeof(array) == "array", array), else_=sa.cast(sa.literal("[]"), JSONB))
    items = sa.func.jsonb_array_elements_text(whole)
    return sa.select(items.label("item")).select_from(rows).distinct().limit(MOST_VALUES)


def _held(rows: sa.FromClause, name: str, *, extra: bool, several: bool = False) -> sa.ColumnElement[Any] | None:
    if extra:
        # Named by a literal: a text value where one is expected, JSON where a list may stand.
        return rows.c.extra.op("->" if several else "->>", return_type=JSONB() if several else sa.Text())(name)
    return rows.c.get(name)


def _holds(rows: sa.FromClause, rule: Rule) -> sa.ColumnElement[bool] | None:
    """The rule as SQL; None where the set does not have the field."""
    if rule.probe is Probe.FILLED and rule.field == "extra":
        return sa.and_(rows.c.extra.is_not(None), rows.c.extra != sa.cast(sa.literal("{}"), JSONB))
    held = _held(rows, rule.field, extra=rule.extra)
    if held is None:
        return None
    text = sa.cast(held, sa.Text)
    if rule.probe is Probe.FILLED:
        return sa.and_(text.is_not(None), text != "")
    found: sa.ColumnElement[bool] = _TESTS[rule.probe](text, rule.limit)
    return found


def _name(text: sa.ColumnElement[str], limit: int) -> sa.ColumnElement[bool]:
    first = sa.func.split_part(text, " ", 1)
    rest = sa.func.substr(text, sa.func.char_length(first) + 2)
    return sa.func.greatest(sa.func.char_length(first), sa.func.char_length(rest)) > limit


def _number(text: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    return sa.case((sa.func.pg_input_is_valid(text, "numeric"), sa.cast(text, sa.Numeric)), else_=sa.null())


def _digits(text: sa.ColumnElement[str], limit: int) -> sa.ColumnElement[bool]:
    trimmed = sa.cast(sa.func.trim_scale(_number(text)), sa.Text)
    return sa.func.char_length(sa.func.regexp_replace(trimmed, r"^-?0*\.?0*|[-.]", "", "g")) > limit


def _decimals(text: sa.ColumnElement[str], limit: int) -> sa.ColumnElement[bool]:
    return sa.func.scale(sa.func.trim_scale(_number(text))) > limit


def _whole(text: sa.ColumnElement[str], limit: int) -> sa.ColumnElement[bool]:
    return sa.func.abs(_number(text)) > limit


_TESTS: Final = {
    # Bytes are known without opening a stored text, and are never fewer than signs.
    Probe.LETTERS: lambda text, limit: sa.and_(sa.func.octet_length(text) > limit, sa.func.char_length(text) > limit),
    Probe.BYTES: lambda text, limit: sa.func.octet_length(text) > limit,
    Probe.MAIL: lambda text, _limit: sa.and_(text != "", sa.not_(text.regexp_match(_MAIL))),
    Probe.NAME: _name,
    Probe.DIGITS: _digits,
    Probe.DECIMALS: _decimals,
    Probe.WHOLE: _whole,
}
