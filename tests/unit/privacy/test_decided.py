"""Somebody has decided of every column that can hold words whose they are, and personal ones are taken by an erasure."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CIDR, JSONB, TSVECTOR

import caseline.actions.check_migrations
import caseline.crm.agreement_tables
import caseline.crm.catalogue_tables
import caseline.crm.client_tables
import caseline.crm.search_tables
import caseline.feedback.question_tables
import caseline.feedback.site_tables  # noqa: F401 - as all of these, for their tables
from caseline.db.metadata import metadata
from caseline.privacy.decided import DECIDED
from caseline.privacy.fates import APART, RULES

_WORDS = (sa.Text, sa.LargeBinary, JSONB, TSVECTOR, CIDR)


def test_every_column_that_can_hold_words_is_decided_about() -> None:
    found = {name: _wordy(table) for name, table in metadata.tables.items()}
    found = {name: columns for name, columns in found.items() if columns}
    assert {name: sorted(one.all) for name, one in DECIDED.items()} == {k: sorted(v) for k, v in found.items()}


def test_no_column_is_decided_about_twice() -> None:
    for name, one in DECIDED.items():
        assert len(one.personal) + len(one.house) + len(one.none) == len(one.all), name


def test_an_erasure_takes_every_personal_column_and_no_other() -> None:
    taken: set[str] = set(APART)
    gone = set()
    for rule in RULES:
        taken |= {f"{rule.table}.{column}" for column in rule.becomes}
        gone |= {rule.table} if rule.goes else set()
    personal = {f"{name}.{column}" for name, one in DECIDED.items() for column in one.personal}
    assert taken <= personal
    left = {one for one in personal - taken if one.rpartition(".")[0] not in gone}
    assert left == set()


def _wordy(table: sa.Table) -> set[str]:
    return {
        column.name
        for column in table.columns
        if isinstance(column.type, _WORDS)
        or (isinstance(column.type, sa.ARRAY) and isinstance(column.type.item_type, sa.Text))
    }
