"""SQL of what mails name: ids that we never had, roots of Outlook conversations; and of where each mail landed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db import named_locks
from caseline.db.fixed import Fixed
from caseline.mail import tables
from caseline.mail.outcome import Outcome

_mail, _ghost, _root = tables.mail, tables.ghost, tables.root
MOST_TRACES: Final = 20
"""Of an id or root that more mails bear, the newest count: what thousands name says little, and each would ask all."""
_MOST_OF_ROOT: Final = 200
"""More, since many may be of one request: another one that bears the root, too, shall not be overlooked."""
_GHOSTS: Final = Fixed(
    sa.text("""
SELECT trace.id, m.record_id, m.assignment_id, trace.at
FROM unnest(CAST(:ids AS text[])) AS named (id) CROSS JOIN LATERAL (
  (SELECT id, mail_id, at FROM mail.ghost WHERE id = named.id ORDER BY mail_id DESC LIMIT :most)
  UNION
  (
    SELECT id, mail_id, at FROM mail.ghost WHERE id = named.id AND address = CAST(:sender AS text)
    ORDER BY mail_id DESC LIMIT :most
  )
) AS trace JOIN mail.mail AS m ON m.id = trace.mail_id
WHERE m.record_id IS NOT NULL
ORDER BY trace.at DESC, trace.mail_id DESC
""")
)
_SEEN: Final = Fixed(
    sa.text("""
SELECT
  (
    SELECT min(id) FROM mail.mail WHERE fingerprint = :fingerprint AND id <> :mine AND state IN ('done', 'tray')
      AND (CAST(:message_id AS text) IS NOT NULL OR subject IS NOT DISTINCT FROM CAST(:subject AS text))
  ),
  EXISTS (SELECT FROM mail.mail WHERE message_id = :message_id AND id <> :mine AND fingerprint <> :fingerprint)
""")
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A mail that named an id or bears a root, and where it is now."""

    value: str | bytes
    record_id: int
    assignment_id: int | None
    at: datetime


def ghosts(connection: sa.Connection, ids: Sequence[str], sender: str) -> list[Trace]:
    """Mails of requests that named one of these ids, the newest first: of each id the newest, and those of a sender.

    So whoever named it finds his own request again, however many others have named it since.
    """
    asked = {"ids": list(dict.fromkeys(ids)), "sender": sender, "most": MOST_TRACES}
    return [Trace(*row) for row in _GHOSTS.rows(connection, asked)] if ids else []


def roots(connection: sa.Connection, root: bytes) -> list[Trace]:
    """Mails of requests whose Thread-Index begins so, the newest first."""
    columns = (_root.c.root, _mail.c.record_id, _mail.c.assignment_id, _root.c.at)
    query = sa.select(*columns).join(_mail, _mail.c.id == _root.c.mail_id)
    found = query.where(_root.c.root == root, _mail.c.record_id.is_not(None))
    newest = found.order_by(_root.c.mail_id.desc()).limit(_MOST_OF_ROOT).subquery()
    query = sa.select(newest).order_by(newest.c.at.desc())
    return [Trace(*row) for row in connection.execute(query)]


def keep_ghosts(connection: sa.Connection, mail_id: int, ids: Sequence[str], address: str, *, at: datetime) -> None:
    """Note ids that a mail of this sender named and that we never had."""
    rows = [{"id": one, "mail_id": mail_id, "address": address, "at": at} for one in dict.fromkeys(ids)]
    if rows:
        connection.execute(insert(_ghost).on_conflict_do_nothing(), rows)


def keep_root(connection: sa.Connection, mail_id: int, root: bytes, *, at: datetime) -> None:
    """Note the root of a mail's Outlook conversation."""
    connection.execute(insert(_root).values(root=root, mail_id=mail_id, at=at).on_conflict_do_nothing())


def alone(connection: sa.Connection, fingerprint: bytes, keys: Sequence[str]) -> None:
    """Nobody else takes in a mail of this fingerprint, or one of its thread, until the transaction ends."""
    named_locks.hold(connection, [f"mail {fingerprint.hex()}", *keys])


def seen(connection: sa.Connection, mail_id: int, told: Outcome) -> tuple[int | None, bool]:
    """The first other mail of this fingerprint that was taken in; whether others bore this id with other content.

    Machines that give their mails no id may write several a second: with another subject it is another mail.
    """
    mine = {"message_id": told.message_id, "fingerprint": told.fingerprint, "subject": told.subject}
    ((earlier, others),) = _SEEN.rows(connection, {**mine, "mine": mail_id})
    return earlier, others


def move_record(connection: sa.Connection, record_id: int, into_id: int) -> None:
    """All mails of a request belong to another one."""
    connection.execute(sa.update(_mail).values(record_id=into_id).where(_mail.c.record_id == record_id))


def move_messages(connection: sa.Connection, messages: Sequence[int], record_id: int) -> None:
    """The mails that these messages came as belong to a request."""
    mine = _mail.c.message_ref == sa.any_(sa.literal(list(messages), sa.ARRAY(sa.BigInteger)))
    connection.execute(sa.update(_mail).values(record_id=record_id).where(mine))


def overrule(connection: sa.Connection, mail_id: int, said: Mapping[str, Any]) -> None:
    """Somebody has decided otherwise than the rules; what was said before is kept."""
    query = sa.select(_mail.c.verdict).where(_mail.c.id == mail_id).with_for_update()
    old = dict(connection.execute(query).scalar_one() or {})
    before = [*old.pop("before", []), *([old] if old else [])]
    values = {"record_id": said["record_id"], "assignment_id": said["assignment_id"]}
    verdict = {**said, "before": before}
    connection.execute(sa.update(_mail).values(**values, verdict=verdict).where(_mail.c.id == mail_id))


def follows(connection: sa.Connection, mail_id: int) -> list[int]:
    """Requests closed long ago where the request goes on that the rules have opened for a mail; none of any other."""
    query = sa.select(_mail.c.verdict).where(_mail.c.id == mail_id)
    said = connection.execute(query).scalar_one_or_none() or {}
    opened = [one for one in (said, *said.get("before", ())) if one.get("by") == "rules" and one["act"] == "new"]
    return list(opened[0].get("follows", ())) if opened else []


def stood_on(connection: sa.Connection, mail_id: int) -> list[int]:
    """Assignments on which a mail has stood, the last one first."""
    said = connection.execute(sa.select(_mail.c.verdict).where(_mail.c.id == mail_id)).scalar_one_or_none() or {}
    found = [said, *reversed(said.get("before", []))]
    return [one["assignment_id"] for one in found if one.get("assignment_id") is not None]


def opened(connection: sa.Connection, mail_id: int) -> bool:
    """Whether the request in which a mail stands was made of it."""
    query = sa.select(_mail.c.verdict["act"].astext == "new").where(_mail.c.id == mail_id)
    return bool(connection.execute(query).scalar_one_or_none())


def taken_out(connection: sa.Connection, mail_id: int, message_ref: int) -> None:
    """A mail of the tray stands in a timeline now."""
    values = {"state": "done", "message_ref": message_ref}
    connection.execute(sa.update(_mail).values(values).where(_mail.c.id == mail_id))


def verdict(connection: sa.Connection, mail_id: int) -> tuple[str, str | None, bool, dict[str, Any] | None] | None:
    """(state, automatic, whether other mails bear its id, verdict) of a mail; None when there is none."""
    query = sa.select(_mail.c.state, _mail.c.automatic, _mail.c.id_reused, _mail.c.verdict).where(_mail.c.id == mail_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.state, row.automatic, row.id_reused, row.verdict)
