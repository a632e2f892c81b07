"""SQL that generates closed requests and what feedback has made of them, in sets; all follows from numbers of rows."""

from typing import Final

SURROUNDINGS: Final = (
    "INSERT INTO people.division (name) SELECT 'Division ' || n FROM generate_series(1, 6) AS n",
    """
    INSERT INTO people.person (name, email, division_id)
    SELECT 'Person ' || n, 'person' || n || '@example.org', 1 + n % 6 FROM generate_series(1, 60) AS n
    """,
    """
    INSERT INTO crm.category (code, label, hours) SELECT 'c' || n, 'Category ' || n, 24 FROM generate_series(1, 20) AS n
    """,
    """
    INSERT INTO crm.company (name, email) SELECT 'Company ' || n, 'office@company' || n || '.example'
    FROM generate_series(1, greatest(100, :count / 15)) AS n
    """,
    """
    INSERT INTO crm.contact (name, email, company_id)
    SELECT 'Contact ' || n, CASE WHEN n % 50 <> 0 THEN 'contact' || n || '@company.example' END,
      1 + n % greatest(100, :count / 15)
    FROM generate_series(1, greatest(1000, :count / 3)) AS n
    """,
    "INSERT INTO feedback.opt_out (contact_id, at, by) SELECT n, :until, 'client' FROM generate_series(7, 500, 7) AS n",
)
"""Everything that requests point at. Every fiftieth contact has no address; its company has one."""

_AT: Final = "CAST(:until AS timestamptz) - (:last - n) * CAST(:step AS interval)"
_RECORDS: Final = f"""
INSERT INTO crm.record (
  id, kind, number, subject, description, stage, channel, company_id, contact_id, assignee_id, category,
  category_by, closed_at, created_at, modified_at
)
SELECT n, 'request', 'R-' || lpad(n::text, 8, '0'), 'Subject ' || n, 'Text ' || n, 'closed', 'mail',
  (SELECT company_id FROM crm.contact WHERE id = who.id), who.id, 1 + n % 60, 'c' || 1 + n % 20, 'person',
  at, at - interval '1 day', at
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n,
LATERAL (SELECT {_AT} AS at, 1 + hashint8(n)::bigint % :contacts AS rest) AS made,
LATERAL (SELECT CASE WHEN rest < 1 THEN rest + :contacts ELSE rest END AS id) AS who
"""  # noqa: S608 - our own words
REQUESTS: Final = (
    _RECORDS,
    """
    INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, left_at, elapsed_s, business_s, paused_s, by_id)
    SELECT id, 'new', false, created_at, closed_at, 86400, 28800, 0, assignee_id FROM crm.record
    WHERE id BETWEEN :first AND :last
    """,
    """
    INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, by_id)
    SELECT id, 'closed', false, closed_at, assignee_id FROM crm.record WHERE id BETWEEN :first AND :last
    """,
    """
    INSERT INTO crm.event (entity, record_id, type, at, data)
    SELECT 'request', id, 'created', created_at, '{"stage": "new"}' FROM crm.record WHERE id BETWEEN :first AND :last
    """,
    """
    INSERT INTO crm.event (entity, record_id, type, at, data)
    SELECT 'request', id, 'stage_changed', closed_at, '{"old": "new", "new": "closed", "closed": true}'
    FROM crm.record WHERE id BETWEEN :first AND :last
    """,
    "SELECT setval('crm.record_id_seq', :last)",
)
"""Requests that people have closed, one after the other."""
