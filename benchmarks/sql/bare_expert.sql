-- The bare expert: typed rows with a primary key and six indexes, and nothing else. No check, no reference, no status,
-- no event, no restart; one bad value ends it.
CREATE SCHEMA bench;
CREATE UNLOGGED TABLE bench.landed (
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
CREATE TABLE bench.request (
  id text COLLATE "C" PRIMARY KEY,
  number text,
  contact text COLLATE "C",
  company text COLLATE "C",
  parent text COLLATE "C",
  type text,
  status text,
  reason text,
  origin text,
  subject text,
  priority text,
  description text,
  closed_at timestamptz,
  escalated boolean,
  owner text COLLATE "C",
  created_at timestamptz,
  created_by text,
  modified_at timestamptz,
  downtime_hours numeric,
  claim_amount numeric,
  symptoms text[],
  on_site_visit boolean,
  warranty_until date,
  extra jsonb
);
CREATE INDEX ON bench.request (number);
CREATE INDEX ON bench.request (created_at);
CREATE INDEX ON bench.request (company, created_at);
CREATE INDEX ON bench.request (contact, created_at);
CREATE INDEX ON bench.request (owner, created_at);
CREATE INDEX ON bench.request (status, created_at);
-- COPY
INSERT INTO bench.request
SELECT "Id", "CaseNumber", nullif("ContactId", '000000000000000AAA'), nullif("AccountId", '000000000000000AAA'),
  nullif("ParentId", '000000000000000AAA'), "Type", "Status", "Reason", "Origin", "Subject", "Priority", "Description",
  "ClosedDate"::timestamptz, "IsEscalated"::boolean, "OwnerId", "CreatedDate"::timestamptz, "CreatedById",
  "LastModifiedDate"::timestamptz, "Downtime_Hours__c"::numeric, "Claim_Amount__c"::numeric,
  string_to_array("Symptoms__c", ';'), "On_Site_Visit__c"::boolean, "Warranty_Until__c"::date,
  jsonb_strip_nulls(jsonb_build_object('SuppliedName', "SuppliedName", 'SuppliedEmail', "SuppliedEmail",
    'SuppliedPhone', "SuppliedPhone", 'Product', "Product_Code__c", 'Serial', "Serial_Number__c",
    'Resolution', "Resolution__c"))
FROM bench.landed
WHERE "IsDeleted" = '0';
