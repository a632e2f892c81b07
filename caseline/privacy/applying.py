"""SQL that does with rows what the rules say, or counts on how many of them it would do something."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from caseline.db.arrays import bigints
from caseline.privacy import cleaning
from caseline.privacy.cleaning import Words
from caseline.privacy.fates import Fate, Rule

_AT_ONCE: Final = 500
"""Ids whose rows are read at once where each value has to be looked at."""
_JSONB: Final = 3802
"""The number of the type jsonb."""
_PLAIN: Final[Mapping[Fate, str]] = {
    Fate.NOTHING: "NULL",
    Fate.BLANK: "''",
    Fate.DASH: "'—'",
    Fate.OBJECT: "'{}'",
    Fate.LIST: "'{}'",
}
"""What is the same whatever it was."""


def run(connection: sa.Connection, rule: Rule, ids: Sequence[int], words: Words, *, write: bool) -> int:
    """Rows of which something goes; `write`: it does, in the caller's transaction."""
    if not ids:
        return 0
    if rule.goes:
        return _rows(connection, rule, ids, write=write)
    if set(rule.becomes.values()) <= set(_PLAIN):
        return _plain(connection, rule, ids, write=write)
    parts = range(0, len(ids), _AT_ONCE)
    return sum(_looked_at(connection, rule, ids[at : at + _AT_ONCE], words, write=write) for at in parts)


def _where(rule: Rule) -> str:
    more = f" AND ({rule.where})" if rule.where else ""
    return f"{rule.by} = ANY (CAST(:ids AS bigint[])){more}"


def _rows(connection: sa.Connection, rule: Rule, ids: Sequence[int], *, write: bool) -> int:
    table, where = quoted(rule.table), _where(rule)
    if write:
        return connection.execute(sa.text(f"DELETE FROM {table} WHERE {where}"), {"ids": bigints(ids)}).rowcount  # noqa: S608 - our own words
    return _count(connection, f"SELECT count(*) FROM {table} WHERE {where}", ids)  # noqa: S608 - as above


def _plain(connection: sa.Connection, rule: Rule, ids: Sequence[int], *, write: bool) -> int:
    values = {column: _PLAIN[fate] for column, fate in rule.becomes.items()}
    differs = " OR ".join(f"{column} IS DISTINCT FROM {value}" for column, value in values.items())
    table, where = quoted(rule.table), f"{_where(rule)} AND ({differs})"
    if write:
        sets = ", ".join(f"{column} = {value}" for column, value in values.items())
        statement = f"UPDATE {table} SET {sets} WHERE {where}"  # noqa: S608 - our own words
        return connection.execute(sa.text(statement), {"ids": bigints(ids)}).rowcount
    return _count(connection, f"SELECT count(*) FROM {table} WHERE {where}", ids)  # noqa: S608 - as above


def _count(connection: sa.Connection, query: str, ids: Sequence[int]) -> int:
    return int(connection.execute(sa.text(query), {"ids": bigints(ids)}).scalar_one())


def _looked_at(connection: sa.Connection, rule: Rule, ids: Sequence[int], words: Words, *, write: bool) -> int:
    keys, columns = rule.key.split(", "), list(rule.becomes)
    names = ", ".join(dict.fromkeys((*keys, *columns)))
    query = f"SELECT {names} FROM {quoted(rule.table)} WHERE {_where(rule)}"  # noqa: S608 - our own words
    changes, found = [], connection.execute(sa.text(query), {"ids": bigints(ids)})
    json = _json(found)
    for row in found.mappings():
        new = {column: became(fate, row[column], words) for column, fate in rule.becomes.items()}
        if any(new[column] != row[column] for column in columns):
            changes.append(
                {**{f"key_{key}": row[key] for key in keys}, **{f"new_{name}": new[name] for name in columns}}
            )
    if write and changes:
        _write(connection, rule, keys, changes, json)
    return len(changes)


def _json(found: sa.CursorResult[Any]) -> frozenset[str]:
    """The columns of an answer that hold JSON: as parameters these have to be called so."""
    described = found.cursor.description if found.cursor is not None else None
    return frozenset(one[0] for one in described or () if one[1] == _JSONB)


def _write(
    connection: sa.Connection,
    rule: Rule,
    keys: Sequence[str],
    changes: list[dict[str, Any]],
    json: frozenset[str],
) -> None:
    sets = ", ".join(f"{column} = :new_{column}" for column in rule.becomes)
    where = " AND ".join(f"{key} = :key_{key}" for key in keys)
    statement = sa.text(f"UPDATE {quoted(rule.table)} SET {sets} WHERE {where}")  # noqa: S608 - our own words
    typed = [sa.bindparam(f"new_{column}", type_=JSONB) for column in rule.becomes if column in json]
    connection.execute(statement.bindparams(*typed), changes)


_FIXED: Final[Mapping[Fate, Any]] = {
    Fate.NOTHING: None,
    Fate.BLANK: "",
    Fate.DASH: "—",
    Fate.OBJECT: {},
    Fate.LIST: [],
}


def became(fate: Fate, value: Any, words: Words) -> Any:  # noqa: ANN401 - a value of any column
    """What a value becomes; nothing stays nothing."""
    if value is None or fate in _FIXED:
        return None if value is None else _FIXED[fate]
    ways = {Fate.CODES: cleaning.codes, Fate.WORDS: words.without, Fate.KEY: words.key, Fate.NUMBER: cleaning.number}
    return ways[fate](value)


def quoted(table: str) -> str:
    """A table with its schema as SQL names it."""
    schema, _, name = table.partition(".")
    return f'"{schema}"."{name}"'


def rows(connection: sa.Connection, rule: Rule, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The rows themselves as JSON has them, without bytes and vectors, by their keys."""
    query = f"SELECT to_jsonb(t) FROM {quoted(rule.table)} AS t WHERE {_where(rule)} ORDER BY {rule.key}"  # noqa: S608 - our own words
    yield from connection.execute(sa.text(query), {"ids": bigints(ids)}).scalars()
