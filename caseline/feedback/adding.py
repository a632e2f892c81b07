"""Adds any number of asks by one statement with one value for each column: a value for each row would cost more."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa

from caseline.db import arrays
from caseline.db.fixed import Fixed
from caseline.feedback.tables import ask

_TYPES: Final[Mapping[type, tuple[str, Callable[[Any], str]]]] = {
    sa.Text: ("text", arrays.texts),
    sa.BigInteger: ("bigint", arrays.bigints),
    sa.DateTime: ("timestamptz", arrays.instants),
}
_STATE: Final = (
    "CASE WHEN t.state = 'draft' AND :go_on THEN CASE WHEN t.address IS NULL THEN 'needs_data' ELSE 'queued' END"
    " ELSE t.state END"
)


class Adding:
    """The statement that adds asks by these columns, what is there left as it is, and answers the new ids.

    `go_on`: drafts go on at once, which writes a row once instead of twice; the database keeps both steps.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns: Final = tuple(columns)
        self._read: Final = attrgetter(*columns)
        types = [_TYPES[type(ask.c[name].type)] for name in columns]
        self._told: Final = [told for _, told in types]
        names = ", ".join(columns)
        values = ", ".join(_STATE if name == "state" else f"t.{name}" for name in columns)
        arrays_of = ", ".join(f"CAST(:{name} AS {kind}[])" for name, (kind, _) in zip(columns, types, strict=True))
        self._statement: Final = Fixed(
            sa.text(
                f"INSERT INTO feedback.ask ({names}, state_at, state_by)"  # noqa: S608 - names of our own columns
                f" SELECT {values}, :now, :by FROM unnest({arrays_of}) AS t({names})"
                " ON CONFLICT (campaign_id, subject, subject_id, period) DO NOTHING RETURNING id"
            )
        )

    def run(self, connection: sa.Connection, rows: Sequence[object], others: Mapping[str, object]) -> list[int]:
        """Add these, objects with fields of those names; `others` are `now`, `by` and `go_on`."""
        columns = zip(*map(self._read, rows), strict=True)
        values = {name: told(column) for name, told, column in zip(self._columns, self._told, columns, strict=True)}
        return sorted([number for (number,) in self._statement.rows(connection, {**values, **others})])
