"""The embedded register behind the port."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from psycopg.errors import ForeignKeyViolation

from caseline.crm.embedded import store
from caseline.crm.embedded.shapes import TABLES
from caseline.crm.port import Definitions, Incoming, Known, Outcome, Refusal, Taken


class EmbeddedCrm:
    """`caseline.crm.port.Crm` over our own tables; writes in the transaction of the caller."""

    shares_transaction = True

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """See the port."""
        store.prepare(connection, definitions)

    def mint(self, entity: str) -> sa.ColumnElement[int]:
        """See the port."""
        table = TABLES[entity]
        return sa.func.nextval(f"{table.schema}.{table.name}_id_seq", type_=sa.BigInteger)

    def take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        """See the port."""
        refused: list[Refusal] = []
        left = incoming
        while True:
            try:
                with connection.begin_nested():
                    taken = self._take_in(connection, left)
            except sa.exc.IntegrityError as error:
                # Somebody may delete while we write, so there can be more rounds; each leaves rows out, or is the last.
                dangling = store.dangling(connection, left) if isinstance(error.orig, ForeignKeyViolation) else []
                if not dangling:
                    raise
                refused += dangling
                left = store.without(connection, incoming, refused)
            else:
                return taken if taken.known else replace(taken, refused=(*taken.refused, *refused))

    def _take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        with connection.begin_nested() as savepoint:
            created = store.create(connection, incoming)
            strangers = created != incoming.expected - incoming.changed
            if strangers:
                savepoint.rollback()
        if strangers:
            return Taken(0, 0, known=tuple(store.existing(connection, incoming)))
        if not incoming.changed:
            return Taken(created, 0)
        versions, refused = store.update(connection, incoming)
        return Taken(created, len(versions), refused=tuple(refused), versions=tuple(versions))

    def write(self, entity: str, source: str, records: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Not for this CRM: it takes in sets."""
        message = f"the embedded register takes in sets ({entity} of {source}, {len(records)} records)"
        raise TypeError(message)

    def look_up(self, entity: str, source: str, origins: Sequence[str]) -> list[Known]:
        """See the port."""
        with self._engine.connect() as connection:
            return store.look_up(connection, entity, source, origins)

    def read(self, entity: str, source: str | None, origins: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """See the port."""
        with self._engine.connect() as connection:
            yield from store.read(connection, entity, source, origins)

    def delete(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port."""
        with self._engine.begin() as connection:
            return store.delete(connection, entity, pairs)

    def count(self) -> dict[str, dict[str | None, int]]:
        """See the port."""
        with self._engine.connect() as connection:
            return store.count(connection)
