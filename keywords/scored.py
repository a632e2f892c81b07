"""SQL of what the dictionary said of records, how useful its entries were, and how its versions fared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from keywords import tables

_KEEP_SCORED: Final = """
INSERT INTO keywords.scored (record_id, version, outcome, category, score, margin, entries, decisive, silent, at)
SELECT record_id, version, outcome, category, score, margin, entries, decisive, silent, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
  record_id bigint, version int, outcome text, category text, score float8, margin float8, entries bigint[],
  decisive bigint[], silent bigint[]
)
ON CONFLICT (record_id) DO UPDATE SET version = excluded.version, outcome = excluded.outcome,
  category = excluded.category, score = excluded.score, margin = excluded.margin, entries = excluded.entries,
  decisive = excluded.decisive, silent = excluded.silent, at = excluded.at
"""


def keep_scored(connection: sa.Connection, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Keep what the dictionary said of records, over what it said before; one statement for any number."""
    if rows:
        connection.execute(sa.text(_KEEP_SCORED), {"rows": json.dumps(list(rows)), "at": at})


@dataclass(frozen=True, slots=True)
class Finding:
    """What the dictionary said of a record when it was last asked."""

    version: int
    outcome: str
    category: str | None
    entries: tuple[int, ...]
    """Ids of the entries that were found and counted; some may be deleted by now."""
    decisive: tuple[int, ...]


def of_record(connection: sa.Connection, record_id: int) -> Finding | None:
    """What the dictionary said of a record; None when it was never asked."""
    scored = tables.scored
    columns = (scored.c.version, scored.c.outcome, scored.c.category, scored.c.entries, scored.c.decisive)
    row = connection.execute(sa.select(*columns).where(scored.c.record_id == record_id)).one_or_none()
    return None if row is None else Finding(*row[:3], tuple(row.entries), tuple(row.decisive))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How a version of the dictionary fared."""

    id: int
    version: int
    at: datetime
    data: Mapping[str, Any]


def keep_evaluation(connection: sa.Connection, version: int, data: Mapping[str, Any], *, at: datetime) -> None:
    """Keep how a version fared."""
    connection.execute(sa.insert(tables.evaluation).values(version=version, at=at, data=dict(data)))


def evaluations(connection: sa.Connection, most: int) -> list[Evaluation]:
    """The newest first."""
    query = sa.select(tables.evaluation).order_by(tables.evaluation.c.id.desc()).limit(most)
    return [Evaluation(**row) for row in connection.execute(query).mappings()]


MOST: Final = 50_000
"""Records that uses are counted over, the last that were looked at: enough to judge an entry, and soon counted."""
_USES: Final = """
WITH looked AS MATERIALIZED (
  SELECT entries || coalesce(silent, '{}') AS entries, decisive, silent IS NULL AS unsaid
  FROM keywords.scored ORDER BY at DESC LIMIT :most
), found AS (
  SELECT id, count(*) AS hits FROM looked CROSS JOIN LATERAL unnest(entries) AS e (id) GROUP BY id
), decided AS (
  SELECT id, count(*) AS times FROM looked CROSS JOIN LATERAL unnest(decisive) AS e (id) GROUP BY id
)
SELECT found.id, found.hits, coalesce(decided.times, 0) FROM found LEFT JOIN decided USING (id)
UNION ALL
SELECT 0, count(*), count(*) FILTER (WHERE unsaid) FROM looked
"""


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry was found in the records that were last looked at, and how often it decided."""

    hits: int
    """Whether it counted there or not."""
    decided: int


@dataclass(frozen=True, slots=True)
class Uses:
    """How often the entries were found."""

    records: int
    """That were counted."""
    by_entry: Mapping[int, Use]
    """An entry that was never found is missing."""
    silence_known: bool
    """Whether entries that spoke for nothing where they were found, as blocking ones do, are counted in all of them."""


def uses(connection: sa.Connection) -> Uses:
    """How often each entry was found in the records that were last looked at, and how often it decided."""
    rows = {key: (hits, times) for key, hits, times in connection.execute(sa.text(_USES), {"most": MOST})}
    records, unsaid = rows.pop(0)
    return Uses(records, {key: Use(*row) for key, row in rows.items()}, not unsaid)
