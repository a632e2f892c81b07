"""SQL of contents of files that hang on what is a person's, and on nothing else."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

# Whoever has just kept the same content has locked its row, and what names it is seen as soon as that lock is ours;
# whoever comes later waits, and keeps it anew.
_LOCK: Final = "SELECT FROM files.content WHERE sha256 = ANY (:digests) ORDER BY sha256 FOR UPDATE"
# A content may be named by messages, and by fields that hold files, of whatever card.
_OWN: Final = """
SELECT c.sha256, c.size, c.place FROM files.content AS c
WHERE c.sha256 = ANY (:digests)
  AND NOT EXISTS (SELECT FROM crm.attachment AS a WHERE a.sha256 = c.sha256
    AND a.message_id <> ALL (CAST(:messages AS bigint[])))
ORDER BY c.sha256
"""
_FIELDS: Final = """
SELECT DISTINCT decode(f #>> '{{}}', 'hex') FROM {table} AS t,
  jsonb_path_query(t.extra, 'lax $.**.sha256 ? (@.type() == "string")') AS f
WHERE t.extra::text LIKE '%"sha256"%' AND f #>> '{{}}' ~ '^[0-9a-f]{{64}}$' AND t.id <> ALL (CAST(:ids AS bigint[]))
"""
_GONE: Final = "DELETE FROM files.content WHERE sha256 = ANY (:digests)"


def own(
    connection: sa.Connection,
    digests: Sequence[bytes],
    messages: str,
    owners: Sequence[tuple[str, str]],
    *,
    write: bool,
) -> list[tuple[bytes, int, str]]:
    """(digest, bytes, place) of those contents that nobody else has, locked for whoever writes.

    `messages`: ids of the person's messages; `owners`: (table, ids of the person's rows in it), whose fields may hold
    files.
    """
    if not digests:
        return []
    values = {"digests": list(digests), "messages": messages}
    if write:
        connection.execute(sa.text(_LOCK), values)
    found = [(bytes(digest), size, place) for digest, size, place in connection.execute(sa.text(_OWN), values)]
    others: set[bytes] = set()
    for table, ids in owners:
        query = sa.text(_FIELDS.format(table=table))
        others |= {bytes(one) for one in connection.execute(query, {"ids": ids}).scalars()}
    return [one for one in found if one[0] not in others]


def forget(connection: sa.Connection, digests: Sequence[bytes]) -> None:
    """Take these contents away; those in a folder or bucket go when the transaction has ended."""
    if digests:
        connection.execute(sa.text(_GONE), {"digests": list(digests)})
