"""The staging tables: rows with their status, batches with their lease, files, runs, the ledger."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.metadata import metadata

SCHEMA = "staging"
LANDING = "landing"
NEW, SUCCESS, FAILED = "NEW", "SUCCESS", "FAILED"


def _identity(kind: type[sa.BigInteger] = sa.BigInteger) -> sa.Column[int]:
    return sa.Column("id", kind, sa.Identity(always=False), primary_key=True)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


part = sa.Table(
    "part",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(always=False), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "name"),
    schema=SCHEMA,
)
"""A kind of record of a source; what mapping files call a part."""

layout = sa.Table(
    "layout",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(always=False), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("header", JSONB, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "digest"),
    schema=SCHEMA,
)
"""A header seen in files of a source; its rows lie in `landing.t<id>`, a text column for each header column."""

run = sa.Table(
    "run",
    metadata,
    _identity(),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("mapping", JSONB, nullable=False),
    sa.Column("options", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="open"),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    _at("finished_at"),
    sa.CheckConstraint("state IN ('open', 'finished', 'rolled back')", name="state"),
    sa.CheckConstraint("(state = 'open') = (finished_at IS NULL)", name="finished"),
    sa.Index("uq_run_open_source", "source", unique=True, postgresql_where=sa.text("state = 'open'")),
    schema=SCHEMA,
)
"""One import from its first start to its end, however often the process died in between."""

file = sa.Table(
    "file",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(always=False), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("staging.run.id"), nullable=False),
    sa.Column("layout_id", sa.Integer, sa.ForeignKey("staging.layout.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("encoding", sa.Text, nullable=False),
    sa.Column("parts", sa.ARRAY(sa.Integer), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("read", sa.BigInteger, nullable=False, server_default="0"),
    _at("loaded_at"),
    sa.UniqueConstraint("source", "name", "sha256"),
    schema=SCHEMA,
)
"""A file by its content; `position` (byte) and `line` say how far it is loaded, in the transaction of the rows."""

batch = sa.Table(
    "batch",
    metadata,
    _identity(),
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("staging.run.id"), nullable=False),
    sa.Column("part_id", sa.Integer, sa.ForeignKey("staging.part.id"), nullable=False),
    sa.Column("layout_id", sa.Integer, sa.ForeignKey("staging.layout.id"), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("pass", sa.SmallInteger, nullable=False, server_default="1"),
    sa.Column("first_id", sa.BigInteger, nullable=False),
    sa.Column("last_id", sa.BigInteger, nullable=False),
    sa.Column("retry", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("retry_code", sa.Text),
    sa.Column("owner", sa.Text),
    _at("until"),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    _at("attempt_started"),
    _at("done_at"),
    sa.Column("success", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deferred", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("first_id <= last_id", name="range"),
    sa.CheckConstraint("(owner IS NULL) = (until IS NULL)", name="lease"),
    sa.Index("ix_batch_open", "run_id", "rank", "id", postgresql_where=sa.text("done_at IS NULL")),
    schema=SCHEMA,
)
"""A range of staging ids and the lease on it; rows themselves are never leased."""

row = sa.Table(
    "row",
    metadata,
    _identity(),
    sa.Column("part_id", sa.Integer, nullable=False),
    sa.Column("file_id", sa.Integer, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("byte_offset", sa.BigInteger, nullable=False),
    sa.Column("byte_length", sa.Integer, nullable=False),
    sa.Column("key", sa.Text(collation="C")),
    sa.Column("payload", sa.BigInteger),
    sa.Column("layout_id", sa.Integer, nullable=False),
    sa.Column("hash", sa.BigInteger),
    sa.Column("duplicate_of", sa.BigInteger),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("status", sa.Text, nullable=False, server_default=NEW),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("errors", JSONB(none_as_null=True)),
    sa.Column("crm_id", sa.BigInteger),
    sa.Column("crm_version", sa.BigInteger),
    sa.CheckConstraint("status IN ('NEW', 'SUCCESS', 'FAILED')", name="status"),
    sa.CheckConstraint("status <> 'SUCCESS' OR crm_id IS NOT NULL", name="success_has_crm_id"),
    sa.CheckConstraint("(status = 'FAILED') = (errors IS NOT NULL)", name="failed_has_errors"),
    sa.CheckConstraint("payload IS NOT NULL OR raw IS NOT NULL", name="content"),
    sa.Index("uq_row_part_id_key", "part_id", "key", unique=True, postgresql_where=sa.text("duplicate_of IS NULL")),
    sa.Index("ix_row_damaged", "part_id", "file_id", "byte_offset", postgresql_where=sa.text("payload IS NULL")),
    sa.Index("ix_row_duplicate_of", "duplicate_of", postgresql_where=sa.text("duplicate_of IS NOT NULL")),
    schema=SCHEMA,
    postgresql_with={"fillfactor": "60"},
)
"""One source record: NEW, SUCCESS or FAILED, with every error and the id it has in the CRM.

Status, errors and the CRM id stand in no index, so settling a row is a HOT update.
"""

filtered = sa.Table(
    "filtered",
    metadata,
    sa.Column("part_id", sa.Integer, nullable=False),
    sa.Column("file_id", sa.Integer, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text(collation="C")),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("part_id", "key"),
    schema=SCHEMA,
)
"""Source records that the mapping does not want; read = rows + filtered."""

erased = sa.Table(
    "erased",
    metadata,
    sa.Column("part_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
)
"""Keys of source records, as SHA-256, that were erased as data of a person: an import leaves them where they are."""

progress = sa.Table(
    "progress",
    metadata,
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("staging.run.id"), primary_key=True),
    sa.Column("part_id", sa.Integer, sa.ForeignKey("staging.part.id"), primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("pass", sa.SmallInteger, nullable=False, server_default="0"),
    _at("closed_at"),
    schema=SCHEMA,
)
"""How far a run is with a part: passes planned so far, closed when nothing is left to do."""

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("run_id", sa.BigInteger, nullable=False),
    sa.Column("row_id", sa.BigInteger, nullable=False),
    sa.Column("crm_id", sa.BigInteger, nullable=False),
    sa.Column("created", sa.Boolean, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Index("ix_ledger_run_id", "run_id", postgresql_using="brin"),
    schema=SCHEMA,
)
"""What a run created or changed in the CRM, with the version it left there; rollback reads it."""
