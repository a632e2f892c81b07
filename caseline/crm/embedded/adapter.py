"""The embedded register behind the port."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from caseline.crm.embedded import store
from caseline.crm.embedded.shapes import TABLES
from caseline.crm.embedded.stores import references, renumbering
from caseline.crm.port import Definitions, Incoming, Known, NotOffered, Outcome, Taken, TryLater, Withdrawn


class EmbeddedCrm:
    """`caseline.crm.port.Crm` over our own tables; writes in the transaction of the caller."""

    shares_transaction = True
    at_once = 50
    in_order = False

    def __init__(self, engine: sa.Engine, *, trusted: bool | None = None) -> None:
        """`trusted`: references that are checked as a set are not checked row by row again; None: if the login may."""
        self._engine = engine
        self._trusted = trusted

    def prepare(self, connection: sa.Connection, definitions: Definitions) -> None:
        """See the port."""
        store.prepare(connection, definitions)

    def mint(self, entity: str) -> sa.ColumnElement[int]:
        """See the port."""
        table = TABLES[entity]
        return sa.func.nextval(f"{table.schema}.{table.name}_id_seq", type_=sa.BigInteger)

    def take_in(self, connection: sa.Connection, incoming: Incoming) -> Taken:
        """See the port."""
        refused = references.hold(connection, incoming)
        left = references.without(connection, incoming, refused)
        try:
            # Known origins are rare, so nothing is asked of each row beforehand.
            with connection.begin_nested():
                created = store.create(connection, left, checked=self._may_trust(connection))
        except sa.exc.IntegrityError as error:
            if not store.met_strangers(error, incoming.entity):
                raise
            known = tuple(store.existing(connection, left))
            if not known:
                raise TryLater(f"a {incoming.entity} that stood in the way was deleted at this moment") from error
            return Taken(0, 0, known=known)
        if not left.changed:
            return Taken(created, 0, refused=tuple(refused))
        versions, edited = store.update(connection, left)
        return Taken(created, len(versions), refused=(*refused, *edited), versions=tuple(versions))

    def _may_trust(self, connection: sa.Connection) -> bool:
        """Whether this login may leave out the check of each reference once the set is checked."""
        if self._trusted is None:
            self._trusted = store.may_skip_triggers(connection)
        return self._trusted

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """Not offered: the register takes in sets."""
        del overwrite
        what = f"records one by one ({entity} of {source}, {len(records)} records)"
        raise NotOffered("the embedded register", what, "use `take_in`, in one transaction with everything else")

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

    def edited(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """See the port."""
        with self._engine.connect() as connection:
            now = store.versions(connection, entity, [number for number, _version in pairs])
        return [number for number, version in pairs if now.get(number, version) != version]

    def deletable(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """What `delete` would delete; nothing is."""
        with self._engine.connect() as connection:
            return store.delete(connection, entity, pairs)

    def renumber(self, connection: sa.Connection, entity: str, pairs: Mapping[int, int]) -> None:
        """Give records other ids, with all that points at them; versions stay, for nothing was edited."""
        if not self._may_trust(connection):
            raise NotOffered(
                "the register",
                "other ids to this login",
                "GRANT SET ON PARAMETER session_replication_role to it, or roll the import back and import again",
            )
        if pairs:
            renumbering.renumber(connection, TABLES[entity], entity, pairs)

    def withdraw(self, entity: str, source: str, origins: Sequence[str]) -> Withdrawn:
        """Nothing is ever left: what was interrupted was one transaction."""
        del entity, source, origins
        return Withdrawn()

    def count(self) -> dict[str, dict[str | None, int]]:
        """See the port."""
        with self._engine.connect() as connection:
            return store.count(connection)
