"""Keeps files that somebody sends along with a letter or a comment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from caseline.actions import wiring
from caseline.actions.wiring import House
from caseline.crm.field_files import Files
from caseline.crm.field_values import Given
from caseline.crm.timeline import Attached
from caseline.files.spool import digest
from caseline.outbox.letters import Attachment


def kept(house: House, connection: sa.Connection, files: Sequence[Attachment], *, now: datetime) -> list[Attached]:
    """The files of a message, in their order; each content lies where contents lie by now.

    Raises `TooLarge`, and `StoreTrouble` when that place does not work.
    """
    if not files:
        return []
    store = wiring.files(house.settings)
    # Contents are locked by their digests in one order everywhere; of equal ones only the first is kept.
    contents = sorted({one.content for one in files}, key=lambda content: digest([content]))
    digests = {content: store.keep(connection, [content], at=now) for content in contents}
    return [
        Attached(name=one.name, content_type=one.content_type, size=len(one.content), sha256=digests[one.content])
        for one in files
    ]


def of_fields(
    house: House, connection: sa.Connection, changed: Iterable[str], given: Mapping[str, Given], *, now: datetime
) -> None:
    """Keep the contents of files that were given to those fields that change. Raises like `kept`."""
    found = [one for key in changed if isinstance(files := given.get(key), Files) for one in files.added]
    kept(house, connection, [Attachment(one.name, one.content_type, one.content) for one in found], now=now)
