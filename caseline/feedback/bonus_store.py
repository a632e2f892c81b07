"""SQL of the ledger of bonuses: lines are only added, and what they leave of a credit is kept beside it."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import client_tables
from caseline.crm import tables as crm
from caseline.feedback import tables
from caseline.feedback.bonus import Credit, Kind, Line
from caseline.feedback.follow_tables import bonus_line

_GIVES: Final = frozenset({Kind.RELEASE, Kind.REVERSE})
_merge: Final = client_tables.contact_merge
# Records that such events are about, of contacts who have, or had, a bonus.
_TOUCHED: Final = sa.text("""
SELECT DISTINCT r.id FROM crm.event AS e
JOIN crm.record AS r ON r.id = e.record_id AND r.contact_id IS NOT NULL
WHERE e.id = ANY (CAST(:ids AS bigint[])) AND e.entity = 'request' AND EXISTS (
  SELECT FROM feedback.bonus_line AS b WHERE b.contact_id IN (
    SELECT r.contact_id UNION ALL SELECT m.gone_id FROM crm.contact_merge AS m WHERE m.into_id = r.contact_id))
ORDER BY r.id
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A line as it is shown."""

    id: int
    contact_id: int
    kind: Kind
    amount: int
    at: datetime
    ask_id: int | None
    record_id: int | None
    expires_at: datetime | None
    remaining: int | None
    by: str
    note: str | None
    key: str
    credit_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What a contact has."""

    contact_id: int
    balance: int
    ends_at: datetime | None
    """When the first of what is left ends."""
    lines: tuple[Kept, ...]
    """The newest first."""
    here: int
    """How much of it is meant for the service that was named; all where none was."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line with whose it is."""

    line: Kept
    contact: str


_KEPT = [bonus_line.c[name] for name in Kept.__dataclass_fields__]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A credit that is to be given."""

    key: str
    """What it is given for; given twice, there is one."""
    contact_id: int
    amount: int
    expires_at: datetime
    services: Sequence[str] = ()
    applies: bool = False
    ask_id: int | None = None
    by: str = "job"
    note: str | None = None


def hold(connection: sa.Connection, contact_id: int) -> int:
    """Nobody else uses the bonus of a contact until the transaction ends; answers the contact that remains of it.

    A contact that was merged goes on in another one, and so does the bonus.
    """
    into = connection.execute(sa.select(_merge.c.into_id).where(_merge.c.gone_id == contact_id)).scalar_one_or_none()
    remaining = into or contact_id
    held = sa.select(crm.contact.c.id).where(crm.contact.c.id == remaining).with_for_update(key_share=True)
    connection.execute(held)
    return int(remaining)


def family(connection: sa.Connection, contact_id: int) -> list[int]:
    """A contact and those that go on in it, in whose names lines may stand."""
    gone = connection.execute(sa.select(_merge.c.gone_id).where(_merge.c.into_id == contact_id)).scalars()
    return [contact_id, *sorted(gone)]


def credit(connection: sa.Connection, given: Given, *, now: datetime) -> int | None:
    """Give a credit; None when it was given already."""
    values = {
        "key": given.key,
        "contact_id": given.contact_id,
        "kind": Kind.CREDIT.value,
        "amount": given.amount,
        "at": now,
        "ask_id": given.ask_id,
        "expires_at": given.expires_at,
        "remaining": given.amount,
        "services": list(given.services),
        "applies": given.applies,
        "by": given.by,
        "note": given.note,
    }
    made = insert(bonus_line).values(values).on_conflict_do_nothing(index_elements=["key"]).returning(bonus_line.c.id)
    return connection.execute(made).scalar_one_or_none()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What a line is written for."""

    key: str
    """Written twice, there is one."""
    record_id: int | None = None
    by: str = "job"
    note: str | None = None


def add(connection: sa.Connection, line: Line, why: Why, *, now: datetime) -> int | None:
    """Add a line to a credit of a contact that is held; None when it was there already.

    The database refuses to take more from a credit than it holds.
    """
    origin = sa.select(bonus_line.c.contact_id, bonus_line.c.ask_id).where(bonus_line.c.id == line.credit_id)
    contact_id, ask_id = connection.execute(origin).one()
    values = {"contact_id": contact_id, "ask_id": ask_id, "kind": line.kind.value, "amount": line.amount}
    values |= {"credit_id": line.credit_id, "at": now, **asdict(why)}
    made = insert(bonus_line).values(values).on_conflict_do_nothing(index_elements=["key"]).returning(bonus_line.c.id)
    number = connection.execute(made).scalar_one_or_none()
    if number is not None:
        left = sa.update(bonus_line).where(bonus_line.c.id == line.credit_id)
        connection.execute(left.values(remaining=bonus_line.c.remaining + line.amount))
    return number


def credits_of(connection: sa.Connection, contacts: Collection[int]) -> list[Credit]:
    """Credits of contacts, used up or not."""
    own = (bonus_line.c.contact_id.in_(contacts), bonus_line.c.kind == Kind.CREDIT.value)
    columns = [bonus_line.c[name] for name in Credit.__dataclass_fields__]
    found = connection.execute(sa.select(*columns).where(*own).order_by(bonus_line.c.id)).mappings()
    return [Credit(**{**row, "services": frozenset(row["services"])}) for row in found]


def of_record(connection: sa.Connection, record_id: int) -> list[Line]:
    """What a record has taken and given back."""
    columns = (bonus_line.c.kind, bonus_line.c.credit_id, bonus_line.c.amount)
    query = sa.select(*columns).where(bonus_line.c.record_id == record_id).order_by(bonus_line.c.id)
    return [Line(Kind(row.kind), row.credit_id, row.amount) for row in connection.execute(query)]


def purse(connection: sa.Connection, contact_id: int, *, most: int, service: str | None = None) -> Purse | None:
    """What a contact has, and of it for a service, with the newest lines; None for one who never had anything."""
    family_ = sa.or_(
        bonus_line.c.contact_id == contact_id,
        bonus_line.c.contact_id.in_(sa.select(_merge.c.gone_id).where(_merge.c.into_id == contact_id)),
    )
    line = bonus_line.c
    named = sa.literal(service or "") == sa.func.any(line.services)
    fits = sa.or_(sa.literal(service is None), sa.func.cardinality(line.services) == 0, named)
    sums = {"balance": line.amount, "here": sa.case((fits, sa.func.coalesce(line.remaining, 0)), else_=0)}
    own = [sa.cast(sa.func.sum(one).over(), sa.BigInteger).label(name) for name, one in sums.items()]
    own += [sa.func.min(sa.case((line.remaining > 0, line.expires_at))).over().label("ends_at")]
    rows = connection.execute(sa.select(*_KEPT, *own).where(family_).order_by(line.id.desc()).limit(most)).mappings()
    if not (found := rows.all()):
        return None
    told = {one.name: found[0][one.name] for one in own}
    return Purse(contact_id=contact_id, lines=tuple(map(_kept, found)), **told)


def told(connection: sa.Connection, *, before: int | None, most: int) -> list[Told]:
    """The newest lines of all contacts, or those before one, with whose they are."""
    contact = crm.contact
    query = sa.select(*_KEPT, contact.c.name).outerjoin(contact, contact.c.id == bonus_line.c.contact_id)
    query = query if before is None else query.where(bonus_line.c.id < before)
    rows = connection.execute(query.order_by(bonus_line.c.id.desc()).limit(most)).mappings()
    return [Told(_kept(row), row["name"] or "") for row in rows]


def known(connection: sa.Connection, key: str) -> bool:
    """Whether there is a line of that key."""
    return connection.execute(sa.select(sa.exists().where(bonus_line.c.key == key))).scalar_one()


def by_id(connection: sa.Connection, ids: Sequence[int]) -> list[Kept]:
    """These lines, in order."""
    query = sa.select(*_KEPT).where(bonus_line.c.id.in_(ids)).order_by(bonus_line.c.id)
    return [_kept(row) for row in connection.execute(query).mappings()]


def balance(connection: sa.Connection, contacts: Collection[int]) -> int:
    """What contacts have together: the sum of their lines."""
    total = sa.select(sa.func.coalesce(sa.func.sum(bonus_line.c.amount), 0)).where(
        bonus_line.c.contact_id.in_(contacts)
    )
    return int(connection.execute(total).scalar_one())


def given_by(connection: sa.Connection, contacts: Collection[int], campaign_id: int) -> int:
    """How many credits of a campaign contacts have had."""
    joined = bonus_line.join(tables.ask, tables.ask.c.id == bonus_line.c.ask_id)
    own = (bonus_line.c.contact_id.in_(contacts), bonus_line.c.kind == Kind.CREDIT.value)
    query = sa.select(sa.func.count()).select_from(joined).where(*own, tables.ask.c.campaign_id == campaign_id)
    return connection.execute(query).scalar_one()


def ended(connection: sa.Connection, *, now: datetime, most: int) -> list[tuple[int, int]]:
    """(credit, contact) of credits that have ended and of which something is left."""
    query = sa.select(bonus_line.c.id, bonus_line.c.contact_id)
    query = query.where(bonus_line.c.remaining > 0, bonus_line.c.expires_at <= now)
    return [
        tuple(row) for row in connection.execute(query.order_by(bonus_line.c.expires_at, bonus_line.c.id).limit(most))
    ]


def left(connection: sa.Connection, credit_id: int) -> tuple[int, int]:
    """(what is left of a credit, how many lines it has)."""
    lines_of_it = sa.select(sa.func.count()).where(bonus_line.c.credit_id == credit_id).scalar_subquery()
    row = connection.execute(sa.select(bonus_line.c.remaining, lines_of_it).where(bonus_line.c.id == credit_id)).one()
    return row[0], row[1]


def touched(connection: sa.Connection, events: Sequence[int]) -> list[int]:
    """Records that these events are about, of contacts who have, or had, a bonus."""
    return list(connection.execute(_TOUCHED, {"ids": list(events)}).scalars())


def _kept(row: sa.RowMapping) -> Kept:
    return Kept(**{**{name: row[name] for name in Kept.__dataclass_fields__}, "kind": Kind(row["kind"])})
