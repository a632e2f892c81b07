"""The register as the mirror of a portal: records under the portal's ids, with what the house counts beside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.crm import agreement_tables, tables, time_tables, vocabulary
from caseline.crm.intake import BY_PERSON
from caseline.crm.port import Crm, Incoming, Known, Outcome, Taken
from caseline.crm.vocabulary import Type
from caseline.people import tables as people

TABLES: Final = {
    "person": people.person,
    "group": people.group,
    "company": tables.company,
    "contact": tables.contact,
    "request": tables.record,
    "message": tables.message,
    "history": time_tables.history,
    "service": agreement_tables.service,
    "agreement": agreement_tables.agreement,
}
_TYPES: Final[dict[Type, sa.types.TypeEngine[Any]]] = {
    Type.BOOLEAN: sa.Boolean(),
    Type.INTEGER: sa.BigInteger(),
    Type.DATE: sa.Date(),
    Type.DATETIME: sa.DateTime(timezone=True),
    Type.REFERENCE: sa.BigInteger(),
}
_EDITS: Final = ("changed", "stage_changed")
"""Events of records that somebody has edited."""
_BESIDE: Final = frozenset({"ref", "crm_id", "is_new", "version", "origin", "extra"})


class Register(Crm, Protocol):
    """The register behind the port, which can also say what it would delete."""

    def deletable(self, entity: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """What `delete` would delete; nothing is."""

    def renumber(self, connection: sa.Connection, entity: str, pairs: Mapping[int, int]) -> None:
        """Old to new ids of records, with all that points at them; `NotOffered`, for none too, if the login may not."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to `Mirror.claim`."""

    versions: Mapping[int, int]
    """By the ids of those that have their origin now."""
    edited: frozenset[int] = frozenset()
    """Ids of those that have none, because somebody has edited them."""


@dataclass(frozen=True)
class Mirror:
    """The embedded register behind the port, filled with the portal's ids."""

    engine: sa.Engine
    crm: Register

    def foresee(self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool) -> Taken:
        """What the register would say of these records; nothing stays of it."""
        # No portal gives negative ids.
        tried = [{**one, "crm_id": -one["ref"]} if one["is_new"] else one for one in records]
        with self.engine.connect() as connection:
            return self.take_in(connection, entity, source, tried, overwrite=overwrite)

    def take_in(
        self,
        connection: sa.Connection,
        entity: str,
        source: str,
        records: Sequence[Mapping[str, Any]],
        *,
        overwrite: bool = False,
    ) -> Taken:
        """Keep records (columns as in `Incoming.rows`), the new ones under the ids that they bring."""
        whole = Taken(0, 0)
        for rows in _alike(records):
            taken = self._take_in(connection, (entity, source), rows, overwrite=overwrite)
            whole = Taken(
                whole.created + taken.created,
                whole.updated + taken.updated,
                (*whole.refused, *taken.refused),
                (*whole.versions, *taken.versions),
                (*whole.known, *taken.known),
            )
        return whole

    def _take_in(
        self, connection: sa.Connection, key: tuple[str, str], records: Sequence[Mapping[str, Any]], *, overwrite: bool
    ) -> Taken:
        entity, source = key
        fields = tuple(name for name in records[0] if name not in _BESIDE)
        changed = sum(1 for one in records if not one["is_new"])
        rows = _rows(entity, fields, records)
        return self.crm.take_in(connection, Incoming(entity, source, rows, fields, len(records), changed, overwrite))

    def write(
        self, entity: str, source: str, records: Sequence[Mapping[str, Any]], *, overwrite: bool = False
    ) -> list[Outcome]:
        """Keep records of an entity that the portal knows nothing of; all in one transaction."""
        known = {one.origin: one for one in self.crm.look_up(entity, source, [one["origin"] for one in records])}
        rows = [_old(one, known[one["origin"]]) if one["origin"] in known else one for one in records]
        with self.engine.begin() as connection:
            ids = iter(self._minted(connection, entity, sum(1 for one in rows if one["is_new"])))
            rows = [{**one, "crm_id": next(ids)} if one["is_new"] else one for one in rows]
            taken = self.take_in(connection, entity, source, rows, overwrite=overwrite)
        versions, refused = dict(taken.versions), {one.ref: one for one in taken.refused}
        return [
            Outcome(one["ref"], None, code=refused[one["ref"]].code, text=refused[one["ref"]].text)
            if one["ref"] in refused
            else Outcome(one["ref"], one["crm_id"], versions.get(one["ref"], 1))
            for one in rows
        ]

    def _minted(self, connection: sa.Connection, entity: str, number: int) -> list[int]:
        series = sa.func.generate_series(1, number).table_valued("n")
        return list(connection.execute(sa.select(self.crm.mint(entity)).select_from(series)).scalars())

    def records(self, entity: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Rows of the register by id; references by the ids of their targets."""
        table = TABLES[entity]
        query = sa.select(table).where(table.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger))))
        with self.engine.connect() as connection:
            return {row["id"]: dict(row) for row in connection.execute(query).mappings()}

    def has(self, connection: sa.Connection, key: tuple[str, str], origins: Sequence[str]) -> bool:
        """Whether the register has one of these origins of (entity, source)."""
        table, wanted = TABLES[key[0]], sa.any_(sa.literal(list(origins), sa.ARRAY(sa.Text)))
        found = sa.exists().where(table.c.source == key[1], table.c.origin == wanted)
        return bool(connection.execute(sa.select(found)).scalar_one())

    def claim(self, key: tuple[str, str], ids: Mapping[str, int], *, overwrite: bool) -> Claimed:
        """Records of the register that have no origin get theirs, by (entity, source).

        Whoever keeps both in step has met them in the portal before we knew that we had brought them there. What was
        edited since he met them gets none, unless it shall be written over.
        """
        entity, source = key
        table = TABLES[entity]
        claimed = sa.update(table).values(source=source, origin=sa.bindparam("claimed_origin"))
        with self.engine.begin() as connection:
            free = table.c.source.is_(None)
            # Nobody edits them from here on.
            query = sa.select(table.c.id).where(_among(table.c.id, ids.values()), free).with_for_update()
            found = set(connection.execute(query).scalars())
            edited = set() if overwrite or not found else _edited(connection, entity, found)
            mine = {origin: number for origin, number in ids.items() if number in found - edited}
            if mine:
                rows = [{"claimed_origin": origin, "claimed_id": number} for origin, number in mine.items()]
                connection.execute(claimed.where(table.c.id == sa.bindparam("claimed_id"), free), rows)
            now = sa.select(table.c.id, table.c.version).where(_among(table.c.id, mine.values()))
            return Claimed({row.id: row.version for row in connection.execute(now)}, frozenset(edited))

    def edited(self, entity: str, ids: Sequence[int]) -> set[int]:
        """Those of the records that somebody has edited since the register has them, as far as it knows."""
        if not ids:
            return set()
        with self.engine.connect() as connection:
            return _edited(connection, entity, ids)

    def names(self, entity: str, ids: Sequence[int]) -> dict[int, str]:
        """Names of persons or groups."""
        table = TABLES[entity]
        query = sa.select(table.c.id, table.c.name).where(
            table.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
        )
        with self.engine.connect() as connection:
            return {row.id: row.name for row in connection.execute(query)}

    def bears(self, entity: str, name: str) -> bool:
        """Whether a person or group is called so."""
        table = TABLES[entity]
        with self.engine.connect() as connection:
            return bool(connection.execute(sa.select(sa.exists().where(table.c.name == name))).scalar_one())

    def extras(self, connection: sa.Connection, entity: str) -> list[tuple[str, str, str]]:
        """(name, type, label) of the extra fields of an entity."""
        table = tables.field_definition
        query = sa.select(table.c.name, table.c.type, table.c.label).where(table.c.entity == entity)
        return [tuple(row) for row in connection.execute(query.order_by(table.c.name))]

    def empty(self, connection: sa.Connection) -> bool:
        """Whether there is no record of those that a portal keeps."""
        found = (sa.exists(sa.select(TABLES[name].c.id)) for name in ("company", "contact", "request"))
        return not connection.execute(sa.select(sa.or_(*found))).scalar_one()


def _among(column: sa.Column[int], ids: Iterable[int]) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))


def _edited(connection: sa.Connection, entity: str, ids: Iterable[int]) -> set[int]:
    """Those of the records that somebody has edited since the register has them.

    Their versions do not tell: making a record takes several steps, and the dictionary goes on by itself. What an
    import changes it tells without saying what.
    """
    event = tables.event
    by_person = sa.and_(event.c.type == "category_set", event.c.data["set_by"].astext == BY_PERSON)
    deeds = sa.or_(sa.and_(event.c.type.in_(_EDITS), event.c.data.is_not(None)), by_person)
    query = sa.select(event.c.record_id).where(event.c.entity == entity, _among(event.c.record_id, ids), deeds)
    return set(connection.execute(query.distinct()).scalars())


def _alike(records: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    """Records in sets that bring the same fields, new ones first: what a changed one does not bring stays as it is."""
    sets: dict[tuple[bool, frozenset[str]], list[Mapping[str, Any]]] = {}
    for one in sorted(records, key=lambda one: not one["is_new"]):
        sets.setdefault((one["is_new"], frozenset(one.keys() - _BESIDE)), []).append(one)
    return sets.values()


def _rows(entity: str, fields: Sequence[str], records: Sequence[Mapping[str, Any]]) -> sa.Select[Any]:
    """The records as rows of a query; they go to the server as one document."""
    types: dict[str, sa.types.TypeEngine[Any]] = {"ref": sa.BigInteger(), "crm_id": sa.BigInteger()}
    types |= {"is_new": sa.Boolean(), "version": sa.BigInteger(), "origin": sa.Text()}
    for one in vocabulary.ENTITIES[entity]:
        name = f"{one.name}_id" if one.type is Type.REFERENCE else one.name
        if name in fields:
            types[name] = _TYPES.get(one.type, sa.Text())
    types["extra"] = JSONB()
    data = [{name: _plain(one.get(name)) for name in types} for one in records]
    document = sa.bindparam(None, value=data, type_=JSONB, unique=True)
    columns = [sa.column(name, kind) for name, kind in types.items()]
    found = sa.func.jsonb_to_recordset(document).table_valued(*columns).render_derived(with_types=True)
    return sa.select(*(found.c[name] for name in types))


def _old(record: Mapping[str, Any], known: Known) -> Mapping[str, Any]:
    """A record that an earlier attempt has made is a changed one."""
    version = known.version if record["is_new"] else record["version"]
    return {**record, "is_new": False, "crm_id": known.crm_id, "version": version}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return value if value is None or isinstance(value, bool | int | str | dict | list) else str(value)
