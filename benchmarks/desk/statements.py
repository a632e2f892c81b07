"""SQL that generates the register of the benchmark, in sets; every value follows from the number of its row.

`pick(n, k, of)` is a number below `of`, as if thrown for purpose k of row n.
"""

from typing import Final

PICK: Final = """
CREATE OR REPLACE FUNCTION pg_temp.pick(n bigint, k bigint, size bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((hashint8extended(n, k) % size) + size) % size
"""
EMPTY: Final = """
TRUNCATE crm.record, crm.company, crm.category, people."group", people.person RESTART IDENTITY CASCADE
"""
SENTENCES: Final = "CREATE UNLOGGED TABLE public.bench_sentence (id int PRIMARY KEY, text text NOT NULL)"

GROUPS, PERSONS, CATEGORIES, COMPANIES, CONTACTS = 24, 200, 40, 20_000, 60_000
SURROUNDINGS: Final = (
    """
    INSERT INTO people."group" (name) SELECT 'Line ' || n FROM generate_series(1, :groups) AS n
    """,
    """
    INSERT INTO people.person (name, email)
    SELECT 'Person ' || n, 'person' || n || '@example.org' FROM generate_series(1, :persons) AS n
    """,
    """
    INSERT INTO people.membership (group_id, person_id)
    SELECT 1 + n % :groups, n FROM generate_series(1, :persons) AS n
    UNION SELECT 1 + (n + 7) % :groups, n FROM generate_series(1, :persons) AS n
    """,
    """
    INSERT INTO crm.category (code, label, group_id, hours)
    SELECT 'c' || n, 'Category ' || n, 1 + n % :groups, (ARRAY[24, 48, 72])[1 + n % 3]
    FROM generate_series(1, :categories) AS n
    """,
    """
    INSERT INTO crm.company (name, email, website, tax_number)
    SELECT 'Company ' || n, 'office@company' || n || '.example', 'company' || n || '.example', lpad(n::text, 10, '7')
    FROM generate_series(1, :companies) AS n
    """,
    """
    INSERT INTO crm.contact (name, email, company_id)
    SELECT 'Contact ' || n, 'contact' || n || '@company.example', 1 + n % :companies
    FROM generate_series(1, :contacts) AS n
    """,
    """
    INSERT INTO crm.field_definition (entity, name, type, label, filterable)
    VALUES ('request', 'City', 'text', 'City', false), ('request', 'Amount', 'number', 'Amount', false)
    ON CONFLICT DO NOTHING
    """,
)
"""Everything that requests point at."""

# Of the newest twentieth most are open, of the others one in a hundred; the first company has 7 % of all.
REQUESTS: Final = """
INSERT INTO crm.record (
  id, kind, number, subject, description, stage, priority, type, channel, company_id, contact_id, assignee_id, group_id,
  category, category_by, category_set_at, category_first_set_at, closed_at, extra, created_at, modified_at
)
SELECT n, 'request', to_char(at, '"R-"YY"-"') || lpad(n::text, 7, '0'),
  left((SELECT text FROM public.bench_sentence WHERE id = pg_temp.pick(n, 0, :sentences)), 60),
  said.text || CASE WHEN pg_temp.pick(n, 20, 50) = 0
    THEN ' SN' || lpad(to_hex(pg_temp.pick(n, 21, 1 << 30)), 8, '0') ELSE '' END,
  CASE WHEN is_open THEN (ARRAY['new', 'working', 'waiting'])[1 + pg_temp.pick(n, 1, 3)] ELSE 'closed' END,
  (ARRAY['low', 'normal', 'normal', 'high', 'urgent'])[1 + pg_temp.pick(n, 2, 5)],
  (ARRAY['question', 'fault', 'order'])[1 + pg_temp.pick(n, 3, 3)],
  (ARRAY['mail', 'phone', 'chat', 'web'])[1 + pg_temp.pick(n, 4, 4)],
  CASE WHEN pg_temp.pick(n, 5, 100) < 7 THEN 1 ELSE 1 + pg_temp.pick(n, 6, :companies) END,
  1 + pg_temp.pick(n, 7, :contacts),
  CASE WHEN is_open AND pg_temp.pick(n, 8, 7) = 0 THEN NULL ELSE 1 + pg_temp.pick(n, 9, :persons) END,
  1 + pg_temp.pick(n, 10, :groups),
  CASE WHEN pg_temp.pick(n, 11, 50) = 0 THEN NULL ELSE 'c' || 1 + pg_temp.pick(n, 12, :categories) END,
  CASE WHEN pg_temp.pick(n, 11, 50) = 0 THEN NULL ELSE 'person' END,
  at, at, CASE WHEN is_open THEN NULL ELSE at + pg_temp.pick(n, 13, 864000) * interval '1 second' END,
  jsonb_build_object('City', 'City ' || pg_temp.pick(n, 14, 400), 'Amount', pg_temp.pick(n, 15, 100000)), at, at
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n,
LATERAL (
  SELECT CAST(:until AS timestamptz) - (:count - n) * CAST(:step AS interval) AS at,
    pg_temp.pick(n, 16, 100) < CASE WHEN n > :count * 0.95 THEN 80 ELSE 1 END AS is_open
) AS when_made,
LATERAL (
  SELECT string_agg(s.text, ' ' ORDER BY part) AS text
  FROM generate_series(1, 6 + pg_temp.pick(n, 17, 11)) AS part
  JOIN public.bench_sentence AS s ON s.id = pg_temp.pick(n, 100 + part, :sentences)
) AS said
"""
DEADLINES: Final = """
INSERT INTO crm.deadline (
  record_id, due_at, warn_at, target_s, clock_started_at, calendar_id, calendar_version, mode, stopped_at
)
SELECT id, created_at + days * interval '1 day', created_at + days * interval '18 hours', 86400 * days, created_at,
  'ru', 1, 'working_days', CASE WHEN stage = 'waiting' THEN created_at + interval '1 hour' ELSE closed_at END
FROM crm.record, LATERAL (SELECT 2 + pg_temp.pick(id, 18, 19) AS days) AS term
WHERE id BETWEEN :first AND :last AND category IS NOT NULL
"""
# Five visits of a closed request, up to five of an open one, the last of which goes on.
STAGE_ROWS: Final = """
INSERT INTO crm.stage_row (
  record_id, stage, pausing, entered_at, left_at, elapsed_s, business_s, paused_s, by_id, calendar_id, calendar_version,
  mode
)
SELECT r.id,
  CASE WHEN last_one AND closed_at IS NULL THEN r.stage ELSE (ARRAY['new', 'working', 'waiting'])[1 + k % 3] END,
  k % 3 = 2, created_at + before * interval '1 second',
  CASE WHEN last_one AND closed_at IS NULL THEN NULL ELSE created_at + (before + took) * interval '1 second' END,
  CASE WHEN last_one AND closed_at IS NULL THEN NULL ELSE took END,
  CASE WHEN last_one AND closed_at IS NULL THEN NULL WHEN k % 3 = 2 THEN 0 ELSE took / 3 END,
  CASE WHEN last_one AND closed_at IS NULL THEN NULL WHEN k % 3 = 2 THEN took / 3 ELSE 0 END,
  r.assignee_id, 'ru', 1, 'working_days'
FROM crm.record AS r CROSS JOIN generate_series(0, 5) AS k,
LATERAL (
  SELECT k = 5 AS last_one, k * 14400 + pg_temp.pick(r.id, 30, 3600) AS before, 14400 AS took
) AS visit
WHERE r.id BETWEEN :first AND :last
"""
MESSAGES: Final = """
INSERT INTO crm.message (
  record_id, kind, public, author_id, subject, sender, recipients, text, sent_at, created_at, modified_at
)
SELECT r.id, (ARRAY['mail_in', 'mail_out', 'comment', 'mail_in', 'mail_out'])[k], k <> 3,
  CASE WHEN k IN (1, 4) THEN NULL ELSE r.assignee_id END,
  r.subject, 'contact' || r.contact_id || '@company.example', 'support@example.org',
  said.text, at, at, at
FROM crm.record AS r CROSS JOIN generate_series(1, 5) AS k,
LATERAL (SELECT r.created_at + k * interval '5 hours' AS at) AS sent,
LATERAL (
  SELECT string_agg(s.text, ' ') AS text FROM generate_series(1, 2 + pg_temp.pick(r.id, 40 + k, 6)) AS part
  JOIN public.bench_sentence AS s ON s.id = pg_temp.pick(r.id, 1000 * k + part, :sentences)
) AS said
WHERE r.id BETWEEN :first AND :last
"""
EVENTS: Final = """
INSERT INTO crm.event (entity, record_id, type, at, data)
SELECT 'request', id, 'opened', created_at, '{}' FROM crm.record WHERE id BETWEEN :first AND :last
"""
AFTERWARDS: Final = (
    "SELECT setval('crm.record_id_seq', (SELECT max(id) FROM crm.record))",
    "DROP TABLE public.bench_sentence",
)
