"""SQL of forms that were sent: the same one sent twice, by a double click or a repeated request, is done once."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.people.tables import sent_form

KEPT: Final = timedelta(days=2)
"""How long a form is remembered; a session ends before."""


def first(connection: sa.Connection, digest: bytes, *, now: datetime) -> bool:
    """Whether a form comes for the first time; of two at once, the second waits until the first one's transaction ends.

    Where that one is rolled back, the second is the first.
    """
    made = insert(sent_form).values(digest=digest, at=now).on_conflict_do_nothing().returning(sent_form.c.at)
    return connection.execute(made).scalar_one_or_none() is not None


def sweep(connection: sa.Connection, *, now: datetime) -> None:
    """Forget forms that are too old to come again."""
    connection.execute(sa.delete(sent_form).where(sent_form.c.at < now - KEPT))
