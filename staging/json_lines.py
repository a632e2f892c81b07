"""Lands JSON lines: PostgreSQL parses them, the paths of the layout become its columns."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from staging import landing
from staging.heads import REST
from staging.landing import Layout, Refused


def land(connection: sa.Connection, layout: Layout, data: bytes, *, encoding: str) -> int:
    """Land one JSON object a line; `Refused` names every line that is none."""
    impossible = _impossible(data)
    if impossible:
        raise Refused(f"{len(impossible)} lines are no JSON objects", impossible, "BAD_JSON")
    count = landing.spool(connection, data, encoding=encoding)
    spool = sa.table("spool", sa.column("n", sa.Integer), sa.column("doc", sa.Text))
    unfit = connection.execute(sa.select(spool.c.n, _reason(spool.c.doc)).where(_unfit(spool.c.doc))).all()
    if unfit:
        raise Refused(
            f"{len(unfit)} lines are no JSON objects",
            {n: f"no JSON object ({reason}): mend the line" for n, reason in unfit},
            "BAD_JSON",
        )
    document = sa.cast(spool.c.doc, JSONB)
    paths = {name: name.split(".") for name in layout.header if name != REST}
    # An empty text is nothing, as it is in CSV.
    texts: dict[str, Any] = {name: sa.func.nullif(document[path].astext, "") for name, path in paths.items()}
    texts[REST] = sa.func.staging.rest(document, sa.literal(list(paths), sa.ARRAY(sa.Text)))
    table = layout.table
    chosen = sa.select(*(texts[name] for name in layout.header)).order_by(spool.c.n)
    connection.execute(sa.insert(table).from_select([f"c{n}" for n in range(1, len(layout.header) + 1)], chosen))
    return count


def _impossible(data: bytes) -> dict[int, str]:
    """Lines that are no JSON whatever stands around them, and that would lead COPY astray."""
    if not any(sign in data for sign in (landing.DELIMITER, landing.QUOTE, b"\\.")):
        return {}
    lines = enumerate(data.split(b"\n"), 1)
    reason = "no JSON object (a control character outside \\u escapes, or the sign that ends a COPY): mend the line"
    return {
        n: reason
        for n, line in lines
        if landing.DELIMITER in line or landing.QUOTE in line or line.rstrip(b"\r") == b"\\."
    }


def _unfit(doc: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    valid = sa.func.pg_input_is_valid(doc, "jsonb")
    kind = sa.func.jsonb_typeof(sa.case((valid, sa.cast(doc, JSONB)), else_=sa.null()))
    return sa.or_(doc.is_(None), sa.not_(valid), kind.is_distinct_from("object"))


def _reason(doc: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """What the server says about a line that is no JSON object."""
    found = (
        sa.func.pg_input_error_info(doc, "jsonb")
        .table_valued(sa.column("message", sa.Text), sa.column("detail", sa.Text))
        .lateral()
    )
    return sa.select(sa.func.concat_ws("; ", found.c.message, found.c.detail)).scalar_subquery()
