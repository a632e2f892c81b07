"""Who sends a mail: companies found by the domain of an address; senders that are not proven.

Revision: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE INDEX ix_company_mail_domain ON crm.company (left(split_part(lower(email), '@', 2), 255), id)
    WHERE email IS NOT NULL
    """,
    r"""
    CREATE INDEX ix_company_web_domain ON crm.company (
      left(regexp_replace(lower(website), '^(https?://)?(www\.)?([^/:?#]*).*$', '\3'), 255), id
    ) WHERE website IS NOT NULL
    """,
    "ALTER TABLE crm.message_trait ADD COLUMN unproven text",
)


def upgrade() -> None:
    """Make the indexes and the column."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE crm.message_trait DROP COLUMN unproven")
    for index in ("ix_company_mail_domain", "ix_company_web_domain"):
        op.execute(f"DROP INDEX crm.{index}")
