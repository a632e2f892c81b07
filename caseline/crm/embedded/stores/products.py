"""SQL of the catalogue, and of which products requests are about."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import catalogue_tables as tables
from caseline.crm.catalogue import Product, Tree
from caseline.db import named_locks
from caseline.db.fixed import Fixed

_product, _pair = tables.product, tables.record_product
_NAMES: Final = ("id", "parent_id", "name", "position", "active", "version", "source", "origin")
_ALL: Final = Fixed(sa.select(*(_product.c[name] for name in _NAMES)))
_NEXT: Final = sa.text("SELECT nextval('crm.product_id_seq') FROM generate_series(1, :number)")


def stamp(connection: sa.Connection) -> tuple[int, ...]:
    """Another one whenever the catalogue was changed: a change raises a version, a new product has a higher id."""
    sums = (sa.func.count(), sa.func.coalesce(sa.func.sum(_product.c.version), 0), sa.func.max(_product.c.id))
    return tuple(int(one or 0) for one in connection.execute(sa.select(*sums)).one())


def tree(connection: sa.Connection) -> Tree:
    """The catalogue as it is now."""
    return Tree(Product(**dict(zip(_NAMES, row, strict=True))) for row in _ALL.rows(connection, {}))


def hold(connection: sa.Connection) -> None:
    """Nobody else changes the catalogue until the transaction ends."""
    named_locks.hold(connection, ["catalogue"])


def mint(connection: sa.Connection, number: int) -> list[int]:
    """Ids for so many new products."""
    return list(connection.execute(_NEXT, {"number": number}).scalars())


def add(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make products with ids that were minted."""
    if rows:
        connection.execute(sa.insert(_product), [{"source": None, "origin": None, **row} for row in rows])


def change(connection: sa.Connection, product_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of a product."""
    changed = sa.update(_product).values({**values, "version": _product.c.version + 1})
    connection.execute(changed.where(_product.c.id == product_id))


def put_order(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Let products stand in this order."""
    wanted = sa.func.unnest(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    place = wanted.table_valued("id", with_ordinality="place", name="wanted").render_derived()
    changed = sa.update(_product).values(position=place.c.place * 10, version=_product.c.version + 1)
    connection.execute(changed.where(_product.c.id == place.c.id, _product.c.position != place.c.place * 10))


def drop(connection: sa.Connection, product_id: int) -> None:
    """Delete a product that nothing points at."""
    connection.execute(sa.delete(_product).where(_product.c.id == product_id))


def used(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    """How many requests are about each of these products, of those that any is about."""
    wanted = _pair.c.product_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    query = sa.select(_pair.c.product_id, sa.func.count()).where(wanted).group_by(_pair.c.product_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def of_record(connection: sa.Connection, record_id: int) -> list[int]:
    """Products of a request."""
    return list(connection.execute(sa.select(_pair.c.product_id).where(_pair.c.record_id == record_id)).scalars())


def give(connection: sa.Connection, record_id: int, product_id: int) -> bool:
    """Let a request be about a product; False when it is already."""
    made = insert(_pair).values(record_id=record_id, product_id=product_id).on_conflict_do_nothing()
    return connection.execute(made.returning(_pair.c.product_id)).scalar_one_or_none() is not None


def take(connection: sa.Connection, record_id: int, product_id: int) -> bool:
    """Let a request no longer be about a product; False when it is not."""
    named = sa.and_(_pair.c.record_id == record_id, _pair.c.product_id == product_id)
    gone = sa.delete(_pair).where(named).returning(_pair.c.product_id)
    return connection.execute(gone).scalar_one_or_none() is not None
