"""The register and the staging tables.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = ("people", "crm", "staging", "landing")

# 15 characters, case-sensitive, become 18: one bit for each capital, five bits a letter.
ID18 = """
CREATE FUNCTION staging.id18(id text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT id || string_agg(
    substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + bits, 1), '' ORDER BY block)
  FROM (
    SELECT block, sum(CASE WHEN substr(id, 5 * block + place + 1, 1) ~ '[A-Z]' THEN 1 << place ELSE 0 END)::int AS bits
    FROM generate_series(0, 2) AS block, generate_series(0, 4) AS place
    GROUP BY block
  ) AS blocks
$$
"""

# Inlined by the planner; it exists because a bound array cannot be subscripted through every driver.
PLACE = """
CREATE FUNCTION staging.place(places int4[], ordinal int4) RETURNS int4 LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN places[ordinal]
"""

# What is left of a document without the known paths (a.b.c), as text; objects emptied by that vanish too. An array
# where others have an object is left alone: it knows no names.
REST = """
CREATE FUNCTION staging.rest(doc jsonb, known text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  path text;
  names text[];
BEGIN
  FOREACH path IN ARRAY known LOOP
    names := string_to_array(path, '.');
    IF cardinality(names) = 1 OR jsonb_typeof(doc #> names[1:cardinality(names) - 1]) = 'object' THEN
      doc := doc #- names;
    END IF;
    WHILE cardinality(names) > 1 LOOP
      names := names[1:cardinality(names) - 1];
      IF doc #> names = '{}' THEN
        doc := doc #- names;
      END IF;
    END LOOP;
  END LOOP;
  RETURN nullif(doc, '{}')::text;
END
$$
"""

# Whatever changes a record raises its version, so that nobody's edit is written over unseen.
RAISE_VERSION = """
CREATE FUNCTION crm.raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END
$$
"""
VERSIONED = ("people.person", 'people."group"', "crm.company", "crm.contact", "crm.record", "crm.message")

# Long texts go out of line: lists then read narrow rows (a wide table was up to 35 times slower to filter).
NARROW = (
    "ALTER TABLE crm.record SET (toast_tuple_target = 512)",
    "ALTER TABLE crm.message SET (toast_tuple_target = 512)",
)


def upgrade() -> None:
    """Make everything."""
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
    _tables()
    op.execute("ALTER TABLE staging.row SET (fillfactor = 60)")
    for statement in (ID18, PLACE, REST, RAISE_VERSION, *NARROW):
        op.execute(statement)
    for table in VERSIONED:
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION crm.raise_version()"
        )
    op.execute("INSERT INTO crm.kind VALUES ('request', 'Request')")


def downgrade() -> None:
    """Remove everything, data included."""
    for schema in reversed(SCHEMAS):
        op.execute(f"DROP SCHEMA {schema} CASCADE")


def _tables() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("data", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        schema="crm",
    )
    op.create_table(
        "field_definition",
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entity", "name", name="pk_field_definition"),
        schema="crm",
    )
    op.create_table(
        "kind",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_kind"),
        schema="crm",
    )
    op.create_table(
        "preset",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", JSONB(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_preset"),
        sa.UniqueConstraint("source", "name", name="uq_preset_source_name"),
        schema="crm",
    )
    op.create_table(
        "group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group"),
        sa.UniqueConstraint("source", "origin", name="uq_group_source_origin"),
        schema="people",
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("source", "origin", name="uq_person_source_origin"),
        schema="people",
    )
    op.create_table(
        "filtered",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("part_id", "key", name="uq_filtered_part_id_key"),
        schema="staging",
    )
    op.create_table(
        "layout",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("header", JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_layout"),
        sa.UniqueConstraint("source", "digest", name="uq_layout_source_digest"),
        schema="staging",
    )
    op.create_table(
        "ledger",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("crm_id", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        schema="staging",
    )
    op.create_index("ix_ledger_run_id", "ledger", ["run_id"], unique=False, schema="staging", postgresql_using="brin")
    op.create_table(
        "part",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_part"),
        sa.UniqueConstraint("source", "name", name="uq_part_source_name"),
        schema="staging",
    )
    op.create_table(
        "row",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("byte_offset", sa.BigInteger(), nullable=False),
        sa.Column("byte_length", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=True),
        sa.Column("payload", sa.BigInteger(), nullable=True),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=True),
        sa.Column("duplicate_of", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Text(), server_default="NEW", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("errors", JSONB(), nullable=True),
        sa.Column("crm_id", sa.BigInteger(), nullable=True),
        sa.Column("crm_version", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(status = 'FAILED') = (errors IS NOT NULL)", name=op.f("ck_row_failed_has_errors")),
        sa.CheckConstraint("status <> 'SUCCESS' OR crm_id IS NOT NULL", name=op.f("ck_row_success_has_crm_id")),
        sa.CheckConstraint("status IN ('NEW', 'SUCCESS', 'FAILED')", name=op.f("ck_row_status")),
        sa.CheckConstraint("payload IS NOT NULL OR raw IS NOT NULL", name=op.f("ck_row_content")),
        sa.PrimaryKeyConstraint("id", name="pk_row"),
        schema="staging",
        postgresql_with={"fillfactor": "60"},
    )
    op.create_index(
        "uq_row_part_id_key",
        "row",
        ["part_id", "key"],
        unique=True,
        schema="staging",
        postgresql_where=sa.text("duplicate_of IS NULL"),
    )
    op.create_index(
        "ix_row_duplicate_of",
        "row",
        ["duplicate_of"],
        unique=False,
        schema="staging",
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mapping", JSONB(), nullable=False),
        sa.Column("options", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (finished_at IS NULL)", name=op.f("ck_run_finished")),
        sa.CheckConstraint("state IN ('open', 'finished', 'rolled back')", name=op.f("ck_run_state")),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        schema="staging",
    )
    op.create_index(
        "uq_run_open_source",
        "run",
        ["source"],
        unique=True,
        schema="staging",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("tax_number", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.person.id"], name="fk_company_owner_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["crm.company.id"], name="fk_company_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
        sa.UniqueConstraint("source", "origin", name="uq_company_source_origin"),
        schema="crm",
    )
    op.create_index(
        "ix_company_name",
        "company",
        [sa.literal_column("translate(lower(name), 'ё', 'е')"), "id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "stage",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kind"], ["crm.kind.code"], name="fk_stage_kind"),
        sa.PrimaryKeyConstraint("kind", "code", name="pk_stage"),
        schema="crm",
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("pass", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("retry", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("retry_code", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempt_started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("success", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deferred", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(owner IS NULL) = (until IS NULL)", name=op.f("ck_batch_lease")),
        sa.CheckConstraint("first_id <= last_id", name=op.f("ck_batch_range")),
        sa.ForeignKeyConstraint(["layout_id"], ["staging.layout.id"], name="fk_batch_layout_id"),
        sa.ForeignKeyConstraint(["part_id"], ["staging.part.id"], name="fk_batch_part_id"),
        sa.ForeignKeyConstraint(["run_id"], ["staging.run.id"], name="fk_batch_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        schema="staging",
    )
    op.create_index(
        "ix_batch_open",
        "batch",
        ["run_id", "rank", "id"],
        unique=False,
        schema="staging",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("parts", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("read", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["layout_id"], ["staging.layout.id"], name="fk_file_layout_id"),
        sa.ForeignKeyConstraint(["run_id"], ["staging.run.id"], name="fk_file_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.UniqueConstraint("source", "name", "sha256", name="uq_file_source_name_sha256"),
        schema="staging",
    )
    op.create_table(
        "progress",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("pass", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["staging.part.id"], name="fk_progress_part_id"),
        sa.ForeignKeyConstraint(["run_id"], ["staging.run.id"], name="fk_progress_run_id"),
        sa.PrimaryKeyConstraint("run_id", "part_id", name="pk_progress"),
        schema="staging",
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["crm.company.id"], name="fk_contact_company_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["people.person.id"], name="fk_contact_owner_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("source", "origin", name="uq_contact_source_origin"),
        schema="crm",
    )
    op.create_index("ix_contact_company_id", "contact", ["company_id"], unique=False, schema="crm")
    op.create_index("ix_contact_email", "contact", [sa.literal_column("lower(email)")], unique=False, schema="crm")
    op.create_index(
        "ix_contact_name",
        "contact",
        [sa.literal_column("translate(lower(name), 'ё', 'е')"), "id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("escalated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["people.person.id"], name="fk_record_assignee_id"),
        sa.ForeignKeyConstraint(["company_id"], ["crm.company.id"], name="fk_record_company_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["crm.contact.id"], name="fk_record_contact_id"),
        sa.ForeignKeyConstraint(["group_id"], ["people.group.id"], name="fk_record_group_id"),
        sa.ForeignKeyConstraint(["kind", "stage"], ["crm.stage.kind", "crm.stage.code"], name="fk_record_stage"),
        sa.ForeignKeyConstraint(["parent_id"], ["crm.record.id"], name="fk_record_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("source", "origin", name="uq_record_source_origin"),
        schema="crm",
    )
    op.create_index(
        "ix_record_assignee_id",
        "record",
        ["assignee_id", "created_at", "id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.create_index(
        "ix_record_company_id",
        "record",
        ["company_id", "created_at", "id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("company_id IS NOT NULL"),
    )
    op.create_index(
        "ix_record_contact_id",
        "record",
        ["contact_id", "created_at", "id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )
    op.create_index("ix_record_created_at", "record", ["created_at", "id"], unique=False, schema="crm")
    op.create_index(
        "ix_record_number",
        "record",
        ["number"],
        unique=False,
        schema="crm",
        postgresql_ops={"number": "text_pattern_ops"},
    )
    op.create_index(
        "ix_record_open_group_id",
        "record",
        ["group_id", "created_at", "id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_record_parent_id",
        "record",
        ["parent_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(collation="C"), nullable=True),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("recipients", sa.Text(), nullable=True),
        sa.Column("copies", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Text(), nullable=True),
        sa.Column("thread_id", sa.Text(), nullable=True),
        sa.Column("extra", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('comment', 'mail_in', 'mail_out')", name=op.f("ck_message_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["people.person.id"], name="fk_message_author_id"),
        sa.ForeignKeyConstraint(["record_id"], ["crm.record.id"], name="fk_message_record_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("source", "origin", name="uq_message_source_origin"),
        schema="crm",
    )
    op.create_index(
        "ix_message_mail_id",
        "message",
        ["mail_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("mail_id IS NOT NULL"),
    )
    op.create_index("ix_message_record_id", "message", ["record_id", "sent_at", "id"], unique=False, schema="crm")
    op.create_index(
        "ix_message_thread_id",
        "message",
        ["thread_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("thread_id IS NOT NULL"),
    )
