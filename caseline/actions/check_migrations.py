"""Proves on a database of its own that migrations and tables in the code agree, and that migrations can be undone."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from caseline.chat import tables as chat
from caseline.crm import event_tables, rule_tables, time_tables, timeline_tables  # noqa: F401 - registers its tables on the shared MetaData
from caseline.crm import tables as crm
from caseline.crm.bitrix24 import book_tables, sync_tables  # noqa: F401
from caseline.crm.bitrix24 import tables as portal
from caseline.db import schema
from caseline.db.engine import open_engine
from caseline.db.metadata import metadata
from caseline.feedback import answer_tables, dialogue_tables, follow_tables  # noqa: F401
from caseline.feedback import tables as feedback
from caseline.files import tables as files
from caseline.listing import tables as listing
from caseline.mail import tables as mail
from caseline.notices import tables as notices
from caseline.outbox import tables as outbox
from caseline.people import tables as people
from caseline.privacy import tables as privacy
from caseline.timing import tables as timing
from keywords import tables as keywords
from staging import tables as staging

SCHEMAS: Final = frozenset(
    one.SCHEMA
    for one in (
        chat,
        crm,
        feedback,
        files,
        keywords,
        listing,
        mail,
        notices,
        outbox,
        people,
        portal,
        privacy,
        staging,
        timing,
    )
)


def check(url: str) -> list[str]:
    """What is wrong, one line each; empty when all is well.

    On the server of `url` a database is made for this, migrated, compared, taken back and removed.
    """
    with _scratch(url) as scratch:
        schema.upgrade(scratch)
        engine = open_engine(scratch)
        with engine.connect() as connection:
            differences = schema.differences(connection, metadata, SCHEMAS)
        found = [f"tables and migrations differ: {one}" for one in differences]
        schema.downgrade(scratch)
        with engine.connect() as connection:
            left = sorted(SCHEMAS & set(sa.inspect(connection).get_schema_names()))
        engine.dispose()
        found += [f"the schema {name} is still there after the downgrade" for name in left]
        schema.upgrade(scratch)
        return found


@contextmanager
def _scratch(url: str) -> Iterator[str]:
    """An empty database on the same server."""
    name = f"caseline_check_{uuid.uuid4().hex[:12]}"
    engine = open_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
