"""References of a record: the staging row that each means, and what is wrong where it means none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from staging import tables
from staging.checks import Check, Text, Truth
from staging.values import Reference, Value


@dataclass(frozen=True)
class Link:
    """A reference with the staging row of its target joined."""

    value: Value
    reference: Reference
    target: sa.FromClause
    """(id, line, crm_id) of the row that it means; all NULL where there is none."""
    on: Truth
    """How `target` is joined."""

    @property
    def column(self) -> str:
        """Name of the id in incoming rows."""
        return f"{self.value.name}_id"

    @property
    def key_column(self) -> str:
        """Name of the source key in `take`, for references of a part to itself."""
        return f"{self.value.name}_key"

    @property
    def dangles(self) -> Truth:
        """Something is meant, and it is not in the CRM."""
        return sa.and_(self.reference.key.is_not(None), self.target.c.crm_id.is_(None))

    def unknown(self, bad: Truth) -> tuple[Value, Check]:
        """The error of a record whose reference is `bad`."""
        return self.value, Check("UNKNOWN_REFERENCE", bad, _remedy(self.target, self.reference.part))


SMALL: Final = 20_000
"""Rows of a part up to which reading all of them for each batch beats looking each reference up."""


def target_of(name: str, part_id: int, key: Text) -> tuple[sa.FromClause, Truth]:
    """(the row that a reference means, the condition of the join).

    LIMIT keeps the planner to a look-up by index, whatever it knows of fresh tables.
    """
    row = tables.row.alias(f"row_of_{name}")
    match = sa.and_(row.c.part_id == part_id, row.c.key == key, row.c.duplicate_of.is_(None))
    return sa.select(row.c.id, row.c.line, row.c.crm_id).where(match).limit(1).lateral(f"to_{name}"), sa.true()


def target_among(name: str, part_id: int, key: Text) -> tuple[sa.FromClause, Truth]:
    """The same for a small part, read as a whole; for statements that do without nested loops."""
    row = tables.row.alias(f"row_of_{name}")
    mine = sa.and_(row.c.part_id == part_id, row.c.key.is_not(None), row.c.duplicate_of.is_(None))
    among = sa.select(row.c.key, row.c.id, row.c.line, row.c.crm_id).where(mine).offset(0).subquery(f"to_{name}")
    return among, among.c.key == key


def small_parts(connection: sa.Connection, ids: Iterable[int]) -> frozenset[int]:
    """Those of the parts that have few rows."""
    row = tables.row
    counts = {
        part_id: connection.execute(
            sa.select(sa.func.count()).select_from(
                sa.select(row.c.id).where(row.c.part_id == part_id, row.c.key.is_not(None)).limit(SMALL + 1).subquery()
            )
        ).scalar_one()
        for part_id in ids
    }
    return frozenset(part_id for part_id, count in counts.items() if count <= SMALL)


def _remedy(target: sa.FromClause, part: str) -> Text:
    """For a reference to nothing, or to a record that is itself not imported."""
    nowhere = (
        f"no {part} with this key is in the files: add it and import again, or say `missing: empty` in the mapping"
    )
    failed = (
        sa.literal(f"the {part} it points at is not imported (line ")
        .concat(sa.cast(target.c.line, sa.Text))
        .concat("): mend that one, then import again")
    )
    return sa.case((target.c.id.is_(None), nowhere), else_=failed)
