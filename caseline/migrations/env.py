"""Runs migrations on the connection that `caseline.db.schema` hands over."""

from alembic import context

import caseline.chat.tables
import caseline.crm.agreement_tables
import caseline.crm.bitrix24.book_tables
import caseline.crm.bitrix24.sync_tables
import caseline.crm.bitrix24.tables
import caseline.crm.catalogue_tables
import caseline.crm.client_tables
import caseline.crm.event_tables
import caseline.crm.rule_tables
import caseline.crm.search_tables
import caseline.crm.tables
import caseline.crm.time_tables
import caseline.crm.timeline_tables
import caseline.feedback.answer_tables
import caseline.feedback.dialogue_tables
import caseline.feedback.follow_tables
import caseline.feedback.question_tables
import caseline.feedback.site_tables
import caseline.feedback.tables
import caseline.files.tables
import caseline.listing.tables
import caseline.mail.tables
import caseline.notices.tables
import caseline.outbox.tables
import caseline.people.tables
import caseline.privacy.tables
import caseline.timing.tables  # noqa: F401 - registers its tables on the shared MetaData
import keywords.tables  # noqa: F401 - as above
import staging.tables  # noqa: F401 - as above
from caseline.db.metadata import metadata

OURS = {
    *("people", "timing", "keywords", "crm", "staging", "portal"),
    *("outbox", "mail", "files", "listing", "notices", "feedback", "chat", "privacy"),
}


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name in OURS


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_schemas=True,
    include_name=_ours,
    version_table="caseline_version",
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
