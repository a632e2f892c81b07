"""SQL of what we know of a portal."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from caseline.crm.bitrix24.book_tables import bond, choice, intent
from caseline.db import named_locks

_SAID: Final = (intent.c.origin, intent.c.owner_id, intent.c.content, intent.c.sent_at)


@dataclass(frozen=True, slots=True)
class Intent:
    """A record that may be on its way."""

    origin: str
    owner_id: int | None
    content: bytes
    """Digest of what was sent."""
    sent_at: datetime


def bonded(connection: sa.Connection) -> str | None:
    """The portal that the register mirrors; None as long as it mirrors none."""
    return connection.execute(sa.select(bond.c.portal)).scalar_one_or_none()


def tie(connection: sa.Connection, portal: str, *, now: datetime) -> None:
    """From now on the register mirrors this portal."""
    connection.execute(insert(bond).values(portal=portal, since=now).on_conflict_do_nothing())


def moment(connection: sa.Connection) -> datetime:
    """Now, by the clock of the database: machines need not agree with one another."""
    return connection.execute(sa.select(sa.func.clock_timestamp(type_=sa.DateTime(timezone=True)))).scalar_one()


def intend(connection: sa.Connection, key: tuple[str, str], intents: Sequence[Intent], token: uuid.UUID) -> int:
    """Note that these records of (entity, source) are about to be sent by the attempt `token`.

    Answers how many are its own then: what another attempt has noted has to be seized first.
    """
    entity, source = key
    rows = [
        {
            "origin": one.origin,
            "owner_id": one.owner_id,
            "content": one.content.hex(),
            "sent_at": one.sent_at.isoformat(),
        }
        for one in intents
    ]
    found = (
        sa.func.jsonb_to_recordset(sa.bindparam("rows", type_=JSONB))
        .table_valued(
            sa.column("origin", sa.Text),
            sa.column("owner_id", sa.BigInteger),
            sa.column("content", sa.Text),
            sa.column("sent_at", sa.DateTime(timezone=True)),
        )
        .render_derived(with_types=True)
    )
    content = sa.func.decode(found.c.content, "hex", type_=sa.LargeBinary)
    fixed = (sa.literal(entity), sa.literal(source), sa.literal(token, sa.Uuid))
    query = sa.select(*fixed, found.c.origin, found.c.owner_id, content, found.c.sent_at).order_by(found.c.origin)
    made = insert(intent).from_select(["entity", "source", "token", "origin", "owner_id", "content", "sent_at"], query)
    return connection.execute(
        made.on_conflict_do_update(
            index_elements=["entity", "source", "origin"],
            set_={name: made.excluded[name] for name in ("owner_id", "content", "sent_at")},
            where=intent.c.token == made.excluded.token,
        ),
        {"rows": rows},
        execution_options={"preserve_rowcount": True},
    ).rowcount


def seize(connection: sa.Connection, key: tuple[str, str], origins: Sequence[str], token: uuid.UUID) -> list[Intent]:
    """Those of the origins that may be on their way; no older attempt at them sends anything from here on."""
    query = sa.update(intent).values(token=token).where(_of(*key, origins))
    return [Intent(*row) for row in connection.execute(query.returning(*_SAID))]


def renew(
    connection: sa.Connection, key: tuple[str, str], origins: Sequence[str], token: uuid.UUID, *, now: datetime
) -> int:
    """The attempt sends at this moment; answers how many of the origins are still its own."""
    mine = sa.and_(_of(*key, origins), intent.c.token == token)
    return connection.execute(sa.update(intent).values(sent_at=now).where(mine)).rowcount


def doubtful(connection: sa.Connection, entity: str, source: str, origins: Sequence[str]) -> list[Intent]:
    """Those of the origins that may be on their way."""
    query = sa.select(*_SAID).where(_of(entity, source, origins))
    return [Intent(*row) for row in connection.execute(query)]


def settle(connection: sa.Connection, entity: str, source: str, origins: Sequence[str]) -> None:
    """It is known what became of these."""
    connection.execute(sa.delete(intent).where(_of(entity, source, origins)))


def _of(entity: str, source: str, origins: Sequence[str]) -> sa.ColumnElement[bool]:
    wanted = sa.any_(sa.literal(list(origins), sa.ARRAY(sa.Text)))
    return sa.and_(intent.c.entity == entity, intent.c.source == source, intent.c.origin == wanted)


def choices(connection: sa.Connection, entity: str) -> dict[tuple[str, str], str]:
    """(portal field, our value) to the portal's word, of an entity."""
    query = sa.select(choice.c.field, choice.c.value, choice.c.word).where(choice.c.entity == entity)
    return {(field, value): word for field, value, word in connection.execute(query)}


def keep_choices(connection: sa.Connection, entity: str, found: Mapping[tuple[str, str], str]) -> None:
    """Remember the portal's words."""
    if not found:
        return
    rows = [{"entity": entity, "field": field, "value": value, "word": word} for (field, value), word in found.items()]
    made = insert(choice)
    connection.execute(
        made.on_conflict_do_update(index_elements=["entity", "field", "value"], set_={"word": made.excluded.word}), rows
    )


def forget_choices(connection: sa.Connection, entity: str, gone: Sequence[tuple[str, str]]) -> None:
    """These values of (portal field, our value) have no words any more."""
    if gone:
        pairs = sa.tuple_(choice.c.field, choice.c.value)
        connection.execute(sa.delete(choice).where(choice.c.entity == entity, pairs.in_(gone)))


def alone(connection: sa.Connection, portal: str) -> None:
    """Nobody else makes fields, stages or list items of this portal until the transaction ends."""
    named_locks.hold(connection, [f"portal {portal}"])


@contextmanager
def turn(engine: sa.Engine, portal: str, entity: str, *, patience: float) -> Iterator[bool]:
    """Whether it is our turn to make records of an entity: nobody else makes any before the context ends.

    Who waits is served in the order in which he came, and waits `patience` seconds at most.
    """
    key = sa.func.hashtextextended(f"portal {portal} {entity}", 0)
    # The lock ends with the connection: who dies or is cut off from the database holds nobody up.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{patience * 1000:.0f}", sa.false())))
            yield _locked(connection, key)
        finally:
            connection.invalidate()


def _locked(connection: sa.Connection, key: sa.ColumnElement[int]) -> bool:
    try:
        connection.execute(sa.select(sa.func.pg_advisory_lock(key)))
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            return False
        raise
    return True
