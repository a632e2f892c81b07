"""Makes sure that all contenders brought in the same: counts and digests over what they have in common."""

from typing import Any, Final

import psycopg

_TEXT: Final = """
SELECT count(*), sum(hashtextextended(concat_ws('|', id, coalesce(number, ''), coalesce(subject, ''),
  coalesce(description, ''), created), 0)::numeric)::text
FROM ({rows}) AS rows (id, number, subject, description, created)
"""
_LANDED: Final = """
SELECT "Id", "CaseNumber", "Subject", "Description", "CreatedDate" FROM bench.landed WHERE "IsDeleted" = '0'
"""
_FIRST: Final = """
SELECT "Id", "CaseNumber", "Subject", "Description", "CreatedDate"
FROM (SELECT * FROM bench.landed ORDER BY "CaseNumber" LIMIT 20000) AS first WHERE "IsDeleted" = '0'
"""
_TYPED: Final = """
SELECT {id}, number, subject, description, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM {table}
"""
_RECORDS: Final = _TYPED.format(id="origin", table="crm.record")
ROWS: Final = {
    "raw": _LANDED,
    "raw, first 20,000": _FIRST,
    "expert": _TYPED.format(id="id", table="bench.request"),
    "dlt": "SELECT id, case_number, subject, description, created_date FROM bench.landed WHERE is_deleted = '0'",
    "pandas": _LANDED,
    **dict.fromkeys(("duties", "ours", "counted", "row by row", "trusting", "profile", "flow"), _RECORDS),
}
_WHOLE: Final = """
SELECT count(*), sum(hashtextextended(concat_ws('|', r.source, r.origin, r.number, r.subject, r.description,
    r.kind, r.stage, r.priority, r.type, r.reason, r.channel, r.escalated, r.company_id, r.contact_id, r.assignee_id,
    r.group_id, p.origin, r.closed_at, r.created_at, r.modified_at, r.extra, r.version), 0)::numeric)::text,
  (SELECT count(*) FROM crm.event e JOIN crm.record r ON r.id = e.record_id AND e.entity = 'request' AND e.imported),
  (SELECT count(*) FROM staging.row s JOIN crm.record r ON r.id = s.crm_id AND r.origin = s.key
    WHERE s.status = 'SUCCESS'),
  (SELECT count(*) FROM staging.ledger l JOIN crm.record r ON r.id = l.crm_id JOIN staging.row s ON s.id = l.row_id
    AND s.key = r.origin),
  (SELECT sum(hashtextextended(concat_ws('|', r.origin, w.stage, w.pausing, w.entered_at, w.left_at, w.elapsed_s), 0)
    ::numeric)::text FROM crm.stage_row w JOIN crm.record r ON r.id = w.record_id)
FROM crm.record r LEFT JOIN crm.record p ON p.id = r.parent_id
"""
_REFUSED: Final = "SELECT count(*) FROM staging.row WHERE raw IS NOT NULL"


class Disagreement(Exception):
    """A contender brought in something else than the others, so its time says nothing."""


def common(url: str, name: str) -> tuple[Any, ...]:
    """(rows, digest) of id, number, subject, description and time of creation."""
    return _one(url, _TEXT.format(rows=ROWS[name]))


def whole(url: str) -> tuple[Any, ...]:
    """Counts and digests of all that stands in the product's tables afterwards, one of the stage rows among them."""
    return _one(url, _WHOLE)


def unreadable(url: str) -> int:
    """Rows that are FAILED because their bytes cannot be read."""
    return int(_one(url, _REFUSED)[0])


def demand(name: str, found: object, expected: object) -> None:
    """Raise `Disagreement` unless both are the same."""
    if found != expected:
        raise Disagreement(f"{name} brought in {found}, expected was {expected}")


def _one(url: str, query: str) -> tuple[Any, ...]:
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        row = connection.execute(query.encode()).fetchone()
    if row is None:
        raise Disagreement(f"nothing to compare in {url}")
    return tuple(row)
