"""Landing tables: source text as it came, one table for each header, filled by COPY."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import JSONB, insert

from staging import formats, heads, tables, values
from staging.mapping import Mapping


@dataclass(frozen=True)
class Layout:
    """A header of a source and the table in which its rows land; column n of the header is `c<n>`."""

    id: int
    header: tuple[str, ...]

    @cached_property
    def table(self) -> sa.Table:
        """`landing.t<id>`: names of source columns may be longer than PostgreSQL allows, hence numbers."""
        texts = [sa.Column(f"c{n}", sa.Text) for n in range(1, len(self.header) + 1)]
        return sa.Table(
            f"t{self.id}",
            sa.MetaData(),
            sa.Column("id", sa.BigInteger, sa.Identity(always=False)),
            *texts,
            sa.PrimaryKeyConstraint("id", name=f"pk_t{self.id}"),
            schema=tables.LANDING,
        )

    def columns(self, mapping: Mapping, source: sa.FromClause | None = None) -> values.Columns:
        """The columns by source name, of the landing table or of what has its columns.

        What a mapping has come to name after JSON lines landed is found in what they hold beside the named, or in an
        object that was named as a whole.
        """
        table = self.table if source is None else source
        texts: dict[str, Any] = {name: table.c[f"c{n}"] for n, name in enumerate(self.header, 1)}
        if mapping.format == "jsonl" and heads.REST in texts:
            later = [name for name in heads.used_columns(mapping) if name not in texts]
            texts |= {name: _later(name, texts) for name in later if not heads.torn(name, self.header)}
        return values.Columns(texts, tuple(mapping.nulls))

    def between(self, first: sa.ScalarSelect[int], last: sa.ScalarSelect[int]) -> sa.FromClause:
        """The rows of a range of ids, read in one go and not by a look-up each (OFFSET 0 is a fence)."""
        return sa.select(self.table).where(self.table.c.id.between(first, last)).offset(0).subquery("landed")


def ensure(connection: sa.Connection, source: str, header: Sequence[str]) -> Layout:
    """The layout of a header, its landing table made if it is new."""
    digest = hashlib.sha256(json.dumps(list(header)).encode()).hexdigest()
    layout = tables.layout
    made = (
        insert(layout)
        .values(source=source, header=list(header), digest=digest)
        .on_conflict_do_nothing()
        .returning(layout.c.id)
    )
    new = connection.execute(made).scalar_one_or_none()
    if new is None:
        query = sa.select(layout.c.id).where(layout.c.source == source, layout.c.digest == digest)
        return Layout(connection.execute(query).scalar_one(), tuple(header))
    found = Layout(new, tuple(header))
    found.table.create(connection)
    return found


def load(connection: sa.Connection, layout_id: int) -> Layout:
    """A layout by its id."""
    header = connection.execute(sa.select(tables.layout.c.header).where(tables.layout.c.id == layout_id)).scalar_one()
    return Layout(layout_id, tuple(header))


def _later(name: str, texts: dict[str, Any]) -> Any:  # noqa: ANN401 - an SQL expression
    """The text of a path that has no column of its own: from the nearest object that has one, or from the rest."""
    steps = name.split(".")
    for length in range(len(steps) - 1, 0, -1):
        whole = texts.get(".".join(steps[:length]))
        if whole is not None:
            # It may be a text in one line, and an object in another.
            document = sa.case((sa.func.pg_input_is_valid(whole, "jsonb"), sa.cast(whole, JSONB)), else_=sa.null())
            return sa.func.nullif(document[steps[length:]].astext, "")
    return sa.func.nullif(sa.cast(texts[heads.REST], JSONB)[steps].astext, "")


class Refused(Exception):
    """The server does not take a block; `lines` says which records of it and why, as far as it tells (lines from 1)."""

    def __init__(self, message: str, lines: dict[int, str], code: str = "REFUSED") -> None:
        super().__init__(message)
        self.lines = lines
        self.code = code


def copy(connection: sa.Connection, layout: Layout, data: bytes, *, mapping: Mapping, encoding: str) -> int:
    """Copy CSV records into the landing table and answer the id of the first; `Refused` leaves nothing behind."""
    schema = _schema(connection, tables.LANDING)
    names = sql.SQL(", ").join(sql.Identifier(f"c{n}") for n in range(1, len(layout.header) + 1))
    command = sql.SQL(
        "COPY {table} ({names}) FROM STDIN"
        " WITH (FORMAT csv, DELIMITER {delimiter}, FORCE_NULL ({names}), ENCODING {encoding})"
    ).format(
        table=sql.Identifier(schema, f"t{layout.id}"),
        names=names,
        delimiter=sql.Literal(mapping.delimiter),
        encoding=sql.Literal(formats.SERVER_ENCODINGS[encoding]),
    )
    return _copied(connection, command, data)


def last_id(connection: sa.Connection, layout: Layout) -> int:
    """The id that the newest row of the layout has; whoever copies holds the layout's lock."""
    name = f'"{_schema(connection, tables.LANDING)}".t{layout.id}_id_seq'
    return int(connection.execute(sa.select(sa.func.currval(name))).scalar_one())


DELIMITER, QUOTE = b"\x01", b"\x02"
"""Signs that no JSON line may hold, so that every line is one field for COPY."""


def spool(connection: sa.Connection, data: bytes, *, encoding: str) -> int:
    """Copy lines (JSON, without those signs) into the temporary table `spool(n, doc)`; answers how many."""
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE IF NOT EXISTS spool (n integer GENERATED ALWAYS AS IDENTITY, doc text)"
        " ON COMMIT DELETE ROWS"
    )
    connection.exec_driver_sql("ALTER TABLE spool ALTER n RESTART")
    signs = {"delimiter": sql.Literal(DELIMITER.decode()), "quote": sql.Literal(QUOTE.decode())}
    text = "COPY spool (doc) FROM STDIN WITH (FORMAT csv, DELIMITER {delimiter}, QUOTE {quote}, ENCODING {encoding})"
    command = sql.SQL(text).format(**signs, encoding=sql.Literal(formats.SERVER_ENCODINGS[encoding]))
    return _copied(connection, command, data)


def _copied(connection: sa.Connection, command: sql.Composable, data: bytes) -> int:
    driver: Any = connection.connection.driver_connection
    try:
        with connection.begin_nested(), driver.cursor() as cursor:
            with cursor.copy(command) as stream:
                stream.write(data)
            return int(cursor.rowcount)
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        reason = str(error.diag.message_primary)
        line = _line(error.diag.context)
        raise Refused(
            reason, {} if line is None else {line: f"the database refuses the record ({reason}): correct it"}
        ) from error
    except (psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError) as error:
        # COPY goes past SQLAlchemy, in whose words workers know a lost connection.
        raise sa.exc.OperationalError(command.as_string(), None, error) from error


def _line(context: str | None) -> int | None:
    words = (context or "").replace(",", " ").replace(":", " ").split()
    return int(words[words.index("line") + 1]) if "line" in words else None


def _schema(connection: sa.Connection, name: str) -> str:
    """The schema that stands for `name` on this connection (a dry run works in schemas of its own)."""
    translated = connection.get_execution_options().get("schema_translate_map") or {}
    return str(translated.get(name, name))
