"""SQL that takes away what is older than it is to be kept, some rows at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class _Kind:
    table: str
    old: str
    """Which rows have something that is older than `:before`."""
    change: str
    """What becomes of the rows whose ids are in `old`."""


# What was not taken in yet needs its bytes, and so does a mail whose files have not been taken out of it.
_MAILS: Final = """
erased_at IS NULL AND stored_at < :before
AND EXISTS (SELECT FROM mail.mail AS m WHERE m.raw_id = t.id AND m.state IN ('done', 'tray', 'same'))
AND NOT EXISTS (SELECT FROM mail.mail AS m JOIN crm.message_trait AS s ON s.mail_ref = m.id
  JOIN crm.attachment AS a ON a.message_id = s.message_id AND a.sha256 IS NULL WHERE m.raw_id = t.id)
"""
_LETTERS: Final = """
state IN ('sent', 'failed', 'cancelled') AND done_at < :before AND (body <> '' OR html IS NOT NULL
  OR EXISTS (SELECT FROM outbox.attachment AS a WHERE a.letter_id = t.id))
"""
_KINDS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "mails": _Kind(
            "mail.raw",
            _MAILS,
            """gone AS (DELETE FROM mail.piece WHERE raw_id IN (SELECT id FROM old))
            UPDATE mail.raw SET erased_at = :now WHERE id IN (SELECT id FROM old)""",
        ),
        "letters": _Kind(
            "outbox.letter",
            _LETTERS,
            """gone AS (DELETE FROM outbox.attachment WHERE letter_id IN (SELECT id FROM old))
            UPDATE outbox.letter SET body = '', html = NULL, secret_links = '{}', blanked = true
            WHERE id IN (SELECT id FROM old)""",
        ),
        "signals": _Kind(
            "feedback.signal",
            "at < :before AND (net IS NOT NULL OR agent IS NOT NULL)",
            "same AS (SELECT) UPDATE feedback.signal SET net = NULL, agent = NULL WHERE id IN (SELECT id FROM old)",
        ),
        "chats": _Kind(
            "chat.incoming",
            "came_at < :before AND handled_at IS NOT NULL AND text <> ''",
            "same AS (SELECT) UPDATE chat.incoming SET text = '' WHERE id IN (SELECT id FROM old)",
        ),
        "chats, ours": _Kind(
            "chat.outgoing",
            "made_at < :before AND state IN ('sent', 'failed') AND text <> ''",
            "same AS (SELECT) UPDATE chat.outgoing SET text = '' WHERE id IN (SELECT id FROM old)",
        ),
        "notices": _Kind(
            "notices.notice",
            "at < :before",
            "same AS (SELECT) DELETE FROM notices.notice WHERE id IN (SELECT id FROM old)",
        ),
        "audit": _Kind(
            "people.audit",
            "at < :before",
            "same AS (SELECT) DELETE FROM people.audit WHERE id IN (SELECT id FROM old)",
        ),
    }
)


def parts(kind: str) -> list[str]:
    """The parts of a kind, which are asked for one by one."""
    return [one for one in _KINDS if one.partition(",")[0] == kind]


def count(connection: sa.Connection, part: str, before: datetime) -> int:
    """How many rows have something that is older."""
    one = _KINDS[part]
    query = f"SELECT count(*) FROM {one.table} AS t WHERE {one.old}"  # noqa: S608 - our own words
    return int(connection.execute(sa.text(query), {"before": before}).scalar_one())


def take(connection: sa.Connection, part: str, before: datetime, *, now: datetime, most: int) -> int:
    """Take it away from the oldest of these rows, `most` at the most; answers how many. What others hold is left."""
    one = _KINDS[part]
    old = f"SELECT id FROM {one.table} AS t WHERE {one.old} ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"  # noqa: S608 - as above
    statement = sa.text(f"WITH old AS MATERIALIZED ({old}), {one.change}")
    return connection.execute(statement, {"before": before, "now": now, "most": most}).rowcount
