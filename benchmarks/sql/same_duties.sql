-- What caseline owes for each case, by hand: the text kept as it came, a status for each row with all its errors as
-- JSON, duplicates told from firsts, references resolved, records with an event and a ledger entry each, in the product's
-- own tables with their indexes, foreign keys and constraints. Whole sets instead of batches, one connection.
-- What it does not do, and caseline does: start again in the middle, tell its progress, know line and byte of a
-- row, survive a byte that PostgreSQL refuses, update what changed, take part beside a second worker.
CREATE SCHEMA bench;
CREATE TABLE bench.landed (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "Id" text,
  "IsDeleted" text,
  "MasterRecordId" text,
  "CaseNumber" text,
  "ContactId" text,
  "AccountId" text,
  "AssetId" text,
  "ParentId" text,
  "SuppliedName" text,
  "SuppliedEmail" text,
  "SuppliedPhone" text,
  "SuppliedCompany" text,
  "Type" text,
  "RecordTypeId" text,
  "Status" text,
  "Reason" text,
  "Origin" text,
  "Subject" text,
  "Priority" text,
  "Description" text,
  "IsClosed" text,
  "ClosedDate" text,
  "IsEscalated" text,
  "OwnerId" text,
  "CreatedDate" text,
  "CreatedById" text,
  "LastModifiedDate" text,
  "LastModifiedById" text,
  "SystemModstamp" text,
  "LastViewedDate" text,
  "LastReferencedDate" text,
  "Product_Code__c" text,
  "Serial_Number__c" text,
  "Downtime_Hours__c" text,
  "Claim_Amount__c" text,
  "Symptoms__c" text,
  "On_Site_Visit__c" text,
  "Warranty_Until__c" text,
  "Resolution__c" text
);

CREATE FUNCTION bench.real(t text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN nullif(nullif(t, '000000000000000AAA'), '#N/A');

CREATE FUNCTION bench.blank(t text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(ltrim(t, E' \t\r\n\x0b\f\u00a0\u200b\u2007\u202f\ufeff'), '') = '';

CREATE FUNCTION bench.trimmed(t text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN nullif(btrim(t, E' \t\r\n\x0b\f\u00a0\u200b\u2007\u202f\ufeff'), '');

CREATE FUNCTION bench.key(t text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN octet_length(t) = 18 THEN t
            WHEN octet_length(bench.trimmed(t)) = 15 THEN staging.id18(bench.trimmed(t))
            ELSE bench.trimmed(t) END;

CREATE FUNCTION bench.is_time(t text) RETURNS boolean LANGUAGE sql STABLE
RETURN (t LIKE '____-__-__ __:__:__' OR t LIKE '____-__-__T__:__:__.___Z' OR t LIKE '____-__-__')
       AND substr(t, 1, 2) IN ('19', '20', '21') AND pg_input_is_valid(t, 'timestamp');

CREATE FUNCTION bench.is_number(t text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN t ~ '^[+-]?(\d{1,30}(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$';

CREATE FUNCTION bench.is_boolean(t text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN lower(t) IN ('1', 'true', 'yes', 'on', '0', 'false', 'no', 'off');

CREATE FUNCTION bench.is_true(t text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN lower(t) IN ('1', 'true', 'yes', 'on');

CREATE FUNCTION bench.list(t text) RETURNS jsonb LANGUAGE sql STABLE
RETURN CASE WHEN t LIKE '[%' AND pg_input_is_valid(t, 'jsonb') THEN t::jsonb
            WHEN t IS NOT NULL THEN to_jsonb(array_remove(
              regexp_split_to_array(btrim(t, E' \t\r\n\x0b\f\u00a0\u200b\u2007\u202f\ufeff'), '\s*\;\s*'), '')) END;

CREATE FUNCTION bench.error(code text, field text, value text, said text) RETURNS jsonb LANGUAGE sql IMMUTABLE
RETURN jsonb_build_object('code', code, 'field', field, 'value', left(value, 200), 'text', said);

-- COPY
ANALYZE bench.landed;

-- 1. A row for each record, NEW; the first of a key owns it, rows without a key fail at once.
INSERT INTO staging.filtered (part_id, file_id, line, key, reason)
SELECT part.id, 0, l.n, bench.key(bench.real(l."Id")), 'deleted in the source'
FROM bench.landed l, staging.part
WHERE part.name = 'request' AND l."IsDeleted" IN ('1', 'true', 'TRUE', 'True');

INSERT INTO staging.row (part_id, file_id, line, byte_offset, byte_length, key, payload, layout_id, hash, status, errors)
SELECT part.id, 0, l.n, 0, 0, bench.key(bench.real(l."Id")), l.n, 0, hash_record_extended(l, 0),
  CASE WHEN bench.trimmed(bench.real(l."Id")) IS NULL THEN 'FAILED' ELSE 'NEW' END,
  CASE WHEN bench.trimmed(bench.real(l."Id")) IS NULL
       THEN jsonb_build_array(bench.error('MISSING', 'Id', NULL, 'the key is empty: fill it in')) END
FROM bench.landed l, staging.part
WHERE part.name = 'request' AND coalesce(l."IsDeleted" NOT IN ('1', 'true', 'TRUE', 'True'), true)
ORDER BY l.n
ON CONFLICT (part_id, key) WHERE duplicate_of IS NULL DO NOTHING;
ANALYZE staging.row;

INSERT INTO staging.row
  (part_id, file_id, line, byte_offset, byte_length, key, payload, layout_id, hash, duplicate_of, status, errors)
SELECT part.id, 0, l.n, 0, 0, first.key, l.n, 0, hash_record_extended(l, 0), first.id, 'FAILED',
  jsonb_build_array(bench.error('DUPLICATE', 'Id', first.key, 'the id stands already in line ' || first.line))
FROM bench.landed l
JOIN staging.part ON part.name = 'request'
JOIN staging.row first ON first.part_id = part.id AND first.key = bench.key(bench.real(l."Id")) AND first.payload <> l.n
WHERE coalesce(l."IsDeleted" NOT IN ('1', 'true', 'TRUE', 'True'), true)
  AND NOT EXISTS (SELECT FROM staging.row own WHERE own.part_id = part.id AND own.payload = l.n);
COMMIT;

-- 2. Checks, references, ids: what is dear to compute, once for each row.
CREATE TEMPORARY TABLE take AS
SELECT r.id AS ref, r.payload AS n, r.key AS origin, nextval('crm.record_id_seq') AS id,
  company.id AS company_id, contact.id AS contact_id, person.id AS assignee_id, team.id AS group_id, s.parent,
  NOT (
    bench.blank(s.number) OR char_length(s.number) > 30
    OR bench.blank(s.subject) OR (octet_length(s.subject) > 255 AND char_length(s.subject) > 255)
    OR bench.blank(s.status)
    OR s.status NOT IN ('New', 'Working', 'Escalated', 'Waiting on Customer', 'Closed', 'Closed - No Response')
    OR (s.priority NOT IN ('High', 'Medium', 'Low') AND NOT bench.blank(s.priority))
    OR (s.channel NOT IN ('Phone', 'Email', 'Web', 'Chat', 'API') AND NOT bench.blank(s.channel))
    OR NOT coalesce(bench.is_boolean(s.escalated), true)
    OR bench.blank(s.created) OR NOT coalesce(bench.is_time(s.created), true)
    OR NOT coalesce(bench.is_time(s.modified), true) OR NOT coalesce(bench.is_time(s.closed), true)
    OR NOT coalesce(bench.is_number(s.downtime), true) OR NOT coalesce(bench.is_number(s.claim), true)
    OR NOT coalesce(bench.is_boolean(s.visit), true) OR NOT coalesce(bench.is_time(s.warranty), true)
    OR (s.company IS NOT NULL AND company.id IS NULL) OR (s.contact IS NOT NULL AND contact.id IS NULL)
    OR (s.owner NOT LIKE '00G%' AND person.id IS NULL) OR (s.owner NOT LIKE '005%' AND team.id IS NULL)
    OR r.key !~ '^[0-9A-Za-z]{18}$'
  ) IS NOT FALSE AS ok
FROM staging.row r
JOIN staging.part ON part.id = r.part_id AND part.name = 'request'
JOIN (
  SELECT n, bench.real("CaseNumber") AS number, bench.real("Subject") AS subject, bench.real("Status") AS status,
    bench.real("Priority") AS priority, bench.real("Origin") AS channel, bench.real("IsEscalated") AS escalated,
    bench.real("CreatedDate") AS created, bench.real("LastModifiedDate") AS modified, bench.real("ClosedDate") AS closed,
    bench.real("Downtime_Hours__c") AS downtime, bench.real("Claim_Amount__c") AS claim,
    bench.real("On_Site_Visit__c") AS visit, bench.real("Warranty_Until__c") AS warranty,
    bench.key(bench.real("AccountId")) AS company, bench.key(bench.real("ContactId")) AS contact,
    bench.key(bench.real("OwnerId")) AS owner, bench.key(bench.real("ParentId")) AS parent
  FROM bench.landed OFFSET 0
) s ON s.n = r.payload
LEFT JOIN crm.company ON company.source = 'salesforce' AND company.origin = s.company
LEFT JOIN crm.contact ON contact.source = 'salesforce' AND contact.origin = s.contact
LEFT JOIN people.person ON person.source = 'salesforce' AND person.origin = s.owner AND s.owner NOT LIKE '00G%'
LEFT JOIN people."group" team ON team.source = 'salesforce' AND team.origin = s.owner AND s.owner NOT LIKE '005%'
WHERE r.status = 'NEW' AND r.duplicate_of IS NULL
ORDER BY r.id;
ANALYZE take;

-- A record whose parent is not imported is not imported either, nor is one that points at that.
UPDATE take SET ok = false
FROM (
  WITH RECURSIVE fallen (origin) AS (
    SELECT t.origin FROM take t
    WHERE NOT t.ok OR (t.parent IS NOT NULL AND NOT EXISTS (SELECT FROM take p WHERE p.origin = t.parent))
    UNION
    SELECT t.origin FROM take t JOIN fallen f ON t.parent = f.origin
  )
  SELECT origin FROM fallen
) gone
WHERE take.origin = gone.origin AND take.ok;

-- 3. All errors of the rows that are not good.
UPDATE staging.row r SET status = 'FAILED', attempts = attempts + 1, errors = found.errors
FROM (
  SELECT t.ref, to_jsonb(array_remove(ARRAY[
    CASE WHEN bench.blank(l."CaseNumber") THEN bench.error('MISSING', 'CaseNumber', l."CaseNumber", 'fill it in') END,
    CASE WHEN char_length(l."CaseNumber") > 30
         THEN bench.error('TOO_LONG', 'CaseNumber', l."CaseNumber", 'longer than 30 characters') END,
    CASE WHEN bench.blank(l."Subject") THEN bench.error('MISSING', 'Subject', l."Subject", 'fill it in') END,
    CASE WHEN char_length(l."Subject") > 255
         THEN bench.error('TOO_LONG', 'Subject', l."Subject", 'longer than 255 characters') END,
    CASE WHEN bench.blank(l."Status") THEN bench.error('MISSING', 'Status', l."Status", 'fill it in') END,
    CASE WHEN NOT bench.blank(l."Status") AND l."Status" NOT IN
              ('New', 'Working', 'Escalated', 'Waiting on Customer', 'Closed', 'Closed - No Response')
         THEN bench.error('UNKNOWN_VALUE', 'Status', l."Status", 'not in the value map') END,
    CASE WHEN NOT bench.blank(l."Priority") AND l."Priority" NOT IN ('High', 'Medium', 'Low')
         THEN bench.error('UNKNOWN_VALUE', 'Priority', l."Priority", 'not in the value map') END,
    CASE WHEN NOT bench.blank(l."Origin") AND l."Origin" NOT IN ('Phone', 'Email', 'Web', 'Chat', 'API')
         THEN bench.error('UNKNOWN_VALUE', 'Origin', l."Origin", 'not in the value map') END,
    CASE WHEN NOT bench.is_boolean(l."IsEscalated")
         THEN bench.error('BAD_BOOLEAN', 'IsEscalated', l."IsEscalated", 'neither true nor false') END,
    CASE WHEN bench.blank(l."CreatedDate") THEN bench.error('MISSING', 'CreatedDate', l."CreatedDate", 'fill it in') END,
    CASE WHEN NOT bench.is_time(l."CreatedDate")
         THEN bench.error('BAD_DATE', 'CreatedDate', l."CreatedDate", 'no possible date') END,
    CASE WHEN NOT bench.is_time(l."LastModifiedDate")
         THEN bench.error('BAD_DATE', 'LastModifiedDate', l."LastModifiedDate", 'no possible date') END,
    CASE WHEN NOT bench.is_time(l."ClosedDate")
         THEN bench.error('BAD_DATE', 'ClosedDate', l."ClosedDate", 'no possible date') END,
    CASE WHEN NOT bench.is_number(l."Downtime_Hours__c")
         THEN bench.error('BAD_NUMBER', 'Downtime_Hours__c', l."Downtime_Hours__c", 'not a number') END,
    CASE WHEN NOT bench.is_number(l."Claim_Amount__c")
         THEN bench.error('BAD_NUMBER', 'Claim_Amount__c', l."Claim_Amount__c", 'not a number') END,
    CASE WHEN NOT bench.is_boolean(l."On_Site_Visit__c")
         THEN bench.error('BAD_BOOLEAN', 'On_Site_Visit__c', l."On_Site_Visit__c", 'neither true nor false') END,
    CASE WHEN NOT bench.is_time(l."Warranty_Until__c")
         THEN bench.error('BAD_DATE', 'Warranty_Until__c', l."Warranty_Until__c", 'no possible date') END,
    CASE WHEN bench.real(l."AccountId") IS NOT NULL AND t.company_id IS NULL
         THEN bench.error('UNKNOWN_REFERENCE', 'AccountId', l."AccountId", 'no such company') END,
    CASE WHEN bench.real(l."ContactId") IS NOT NULL AND t.contact_id IS NULL
         THEN bench.error('UNKNOWN_REFERENCE', 'ContactId', l."ContactId", 'no such contact') END,
    CASE WHEN bench.real(l."OwnerId") IS NOT NULL AND t.assignee_id IS NULL AND t.group_id IS NULL
         THEN bench.error('UNKNOWN_REFERENCE', 'OwnerId', l."OwnerId", 'no such person or group') END,
    CASE WHEN t.parent IS NOT NULL AND (p.ok IS NOT TRUE)
         THEN bench.error('UNKNOWN_REFERENCE', 'ParentId', l."ParentId", 'no such case, or it is not imported') END,
    CASE WHEN t.origin !~ '^[0-9A-Za-z]{18}$' THEN bench.error('BAD_ID', 'Id', t.origin, '15 or 18 characters') END
  ], NULL)) AS errors
  FROM take t JOIN bench.landed l ON l.n = t.n LEFT JOIN take p ON p.origin = t.parent
  WHERE NOT t.ok
) found
WHERE r.id = found.ref;

-- 4. The records with an event and the visit to a stage each.
WITH made AS (
  INSERT INTO crm.record (id, kind, source, origin, number, subject, description, stage, priority, type, reason, channel,
    escalated, company_id, contact_id, assignee_id, group_id, parent_id, closed_at, extra, created_at, modified_at)
  SELECT t.id, 'request', 'salesforce', t.origin, bench.real(l."CaseNumber"), bench.real(l."Subject"),
    left(bench.real(l."Description"), 32000),
    CASE l."Status" WHEN 'New' THEN 'new' WHEN 'Working' THEN 'working' WHEN 'Escalated' THEN 'escalated'
      WHEN 'Waiting on Customer' THEN 'waiting' WHEN 'Closed' THEN 'closed' ELSE 'no_response' END,
    CASE WHEN l."Priority" IN ('High', 'Medium', 'Low') THEN l."Priority" END,
    bench.real(l."Type"), bench.real(l."Reason"),
    CASE l."Origin" WHEN 'Phone' THEN 'phone' WHEN 'Email' THEN 'mail' WHEN 'Web' THEN 'web' WHEN 'Chat' THEN 'chat'
      WHEN 'API' THEN 'api' END,
    coalesce(bench.is_true(bench.real(l."IsEscalated")), false),
    t.company_id, t.contact_id, t.assignee_id, t.group_id, p.id, bench.real(l."ClosedDate")::timestamptz,
    jsonb_strip_nulls(jsonb_build_object(
      'Product_Code__c', bench.real(l."Product_Code__c"), 'Serial_Number__c', bench.real(l."Serial_Number__c"),
      'Downtime_Hours__c', bench.real(l."Downtime_Hours__c")::numeric,
      'Claim_Amount__c', bench.real(l."Claim_Amount__c")::numeric,
      'Symptoms__c', bench.list(bench.real(l."Symptoms__c")),
      'On_Site_Visit__c', bench.is_true(bench.real(l."On_Site_Visit__c")),
      'Warranty_Until__c', bench.real(l."Warranty_Until__c")::timestamptz::date,
      'Resolution__c', bench.real(l."Resolution__c"),
      'AssetId', bench.real(l."AssetId"), 'CreatedById', bench.real(l."CreatedById"),
      'IsClosed', bench.real(l."IsClosed"), 'LastModifiedById', bench.real(l."LastModifiedById"),
      'MasterRecordId', bench.real(l."MasterRecordId"), 'RecordTypeId', bench.real(l."RecordTypeId"),
      'SuppliedCompany', bench.real(l."SuppliedCompany"), 'SuppliedEmail', bench.real(l."SuppliedEmail"),
      'SuppliedName', bench.real(l."SuppliedName"), 'SuppliedPhone', bench.real(l."SuppliedPhone"),
      'SystemModstamp', bench.real(l."SystemModstamp"))),
    bench.real(l."CreatedDate")::timestamptz,
    coalesce(bench.real(l."LastModifiedDate"), bench.real(l."CreatedDate"))::timestamptz
  FROM take t JOIN bench.landed l ON l.n = t.n LEFT JOIN take p ON p.origin = t.parent
  WHERE t.ok
  ON CONFLICT (source, origin) DO NOTHING
  RETURNING id, stage, created_at, greatest(coalesce(closed_at, modified_at), created_at) AS ended_at
), visits AS (
  INSERT INTO crm.stage_row (record_id, stage, pausing, entered_at, left_at, elapsed_s, imported)
  SELECT m.id, CASE WHEN s.closed THEN '' ELSE m.stage END, s.pauses AND NOT s.closed, m.created_at,
    CASE WHEN s.closed THEN m.ended_at END,
    CASE WHEN s.closed THEN floor(extract(epoch FROM m.ended_at)) - floor(extract(epoch FROM m.created_at)) END, true
  FROM made m JOIN crm.stage s ON s.kind = 'request' AND s.code = m.stage
)
INSERT INTO crm.event (entity, record_id, type, imported) SELECT 'request', id, 'created', true FROM made;

-- 5. Every good row is settled, and the ledger knows what was made.
UPDATE staging.row r SET status = 'SUCCESS', errors = NULL, crm_id = t.id, crm_version = 1, attempts = attempts + 1
FROM take t WHERE r.id = t.ref AND t.ok;
INSERT INTO staging.ledger (run_id, row_id, crm_id, created, version) SELECT 0, ref, id, true, 1 FROM take WHERE ok;
