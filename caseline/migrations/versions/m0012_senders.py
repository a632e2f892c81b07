"""Who sends a mail: companies found by the domain of an address.

Revision: 0012
"""

from alembic import op

revision = "0012"
down_revision = "0010"
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
)


def upgrade() -> None:
    """Make the indexes."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for index in ("ix_company_mail_domain", "ix_company_web_domain"):
        op.execute(f"DROP INDEX crm.{index}")
