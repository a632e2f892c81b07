"""SQL of what the links of an ask are known by: the digests of their secrets, and the code of its form."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.db.fixed import Fixed, Wanted
from caseline.feedback import answer_tables, tables

_ask, _secret = tables.ask, answer_tables.secret
_NAMED = _ask.c.public_id == sa.bindparam("public_id")
_DIGESTS = Fixed(sa.select(_secret.c.digest).join(_ask, _ask.c.id == _secret.c.ask_id).where(_NAMED))
_FORM = Fixed(
    sa.select(tables.form.c.code)
    .join(tables.form_version, tables.form_version.c.form_id == tables.form.c.id)
    .join(_ask, _ask.c.form_version_id == tables.form_version.c.id)
    .where(_NAMED)
)


def digests(public_id: str) -> Wanted[list[bytes]]:
    """The digests of the secrets of the ask that a link names; of an unknown one it takes no less time to find none."""
    return Wanted(_DIGESTS, {"public_id": public_id}, lambda rows: [bytes(digest) for (digest,) in rows])


def form_code(public_id: str) -> Wanted[str]:
    """The code of the form of the ask that a link names; empty: there is no such ask."""
    return Wanted(_FORM, {"public_id": public_id}, lambda rows: str(rows[0][0]) if rows else "")


def keep_secret(connection: sa.Connection, ask_id: int, digest: bytes, *, now: datetime) -> None:
    """Let a link with this secret open the page of an ask, beside those that do already."""
    connection.execute(insert(_secret).values(digest=digest, ask_id=ask_id, made_at=now).on_conflict_do_nothing())
