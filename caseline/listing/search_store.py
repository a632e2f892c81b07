"""SQL of the full-text search: from what was typed to the requests that have it.

Never one free join: statistics know the commonest words only, so for a rare word the server would walk over all
requests by date. Up to `CAP` hits are fetched as ids, which any filter and any order may follow; more hits than that,
and words that the statistics know to be common, are looked for while walking by date, which fills a page soon.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from caseline.crm import vocabulary
from caseline.crm.search_tables import search
from caseline.crm.tables import record
from caseline.listing import snippets, typed
from caseline.listing.hits import CAP, Hits, Narrow, Outcome, Shown
from caseline.listing.search_marks import BREAK, END, START
from caseline.listing.typed import Either, Every, Node, Query, Token, Without, Words

COMMON: Final = 0.01
"""Share of all requests from which a query is common, if the statistics say so; of words that they do not know they
guess half of that at most."""
_NUMBERS: Final = 200
"""Requests whose number begins as typed, at most."""

_UNDERSTAND: Final = (
    "SELECT CAST(q AS text), querytree(q), (SELECT ready FROM crm.search_state) FROM (SELECT {} AS q) AS t"
)
_GUESS: Final = "EXPLAIN (FORMAT JSON) SELECT FROM crm.search AS s WHERE s.tsv @@ CAST(:query AS tsquery)"
_ALL: Final = "SELECT reltuples FROM pg_class WHERE oid = 'crm.search'::regclass"
_HITS: Final = """
SELECT s.record_id FROM crm.search AS s WHERE s.tsv @@ CAST(:query AS tsquery) LIMIT :most
"""
# The sources are few: they are found by jumping from one to the next in the index of (source, origin).
_EXACT: Final = """
WITH RECURSIVE sources AS (
  SELECT min(source) AS source FROM crm.record
  UNION ALL
  SELECT (SELECT min(r.source) FROM crm.record AS r WHERE r.source > s.source) FROM sources AS s
  WHERE s.source IS NOT NULL
)
SELECT r.id FROM crm.record AS r WHERE r.number = ANY (CAST(:exact AS text[])) AND r.kind = 'request'
UNION
SELECT r.id FROM sources AS s JOIN crm.record AS r ON r.source = s.source AND r.origin = ANY (CAST(:exact AS text[]))
WHERE r.kind = 'request'
LIMIT :most
"""
_BEGINS: Final = """
SELECT r.id FROM crm.record AS r WHERE r.kind = 'request' AND (r.number LIKE :typed OR r.number LIKE :large)
LIMIT :most
"""
_MARKS: Final = (
    f'StartSel="{START}", StopSel="{END}", MaxFragments=2, MaxWords=22, MinWords=8, FragmentDelimiter="{BREAK}"'
)
_PASSAGES: Final = """
SELECT id, description, ts_headline('russian', subject, q, :whole), ts_headline('russian', description, q, :marks)
FROM (
  SELECT r.id, CAST(:query AS tsquery) AS q, translate(r.subject, :signs, '') AS subject,
    translate(left(coalesce(r.description, ''), 20000), :signs, '') AS description
  FROM crm.record AS r WHERE r.id = ANY (CAST(:ids AS bigint[]))
) AS plain
"""
_FOLD: Final = str.maketrans("ёЁ", "еЕ")


def find(connection: sa.Connection, text: str, narrow: Narrow | None = None) -> Hits:
    """Look for what was typed. Nothing that is typed raises; only the time limit of the connection may."""
    asked = typed.read(text)
    exact = _by_number(connection, asked.number, begins=False)
    if exact:
        return Hits(outcome=Outcome.FOUND, ids=exact, by_number=len(exact), codes=asked.codes, cut=asked.cut)
    first = _by_number(connection, asked.number, begins=True)
    by_words = _by_words(connection, asked, narrow or Narrow())
    if not first:
        return by_words
    others = tuple(number for number in by_words.ids if number not in set(first))
    outcome = Outcome.MANY if by_words.outcome is Outcome.MANY else Outcome.FOUND
    return Hits(
        outcome=outcome,
        ids=first + others,
        by_number=len(first),
        query=by_words.query,
        codes=by_words.codes,
        cut=asked.cut,
    )


def clause(hits: Hits) -> sa.ColumnElement[bool]:
    """The hits as a condition on `crm.record`, for any list. Many hits want to be walked through by date."""
    listed = record.c.id == sa.any_(sa.literal(list(hits.ids), sa.ARRAY(sa.BigInteger)))
    if hits.outcome is not Outcome.MANY:
        return listed
    has = search.c.tsv.bool_op("@@")(sa.cast(sa.literal(hits.query), TSQUERY))
    # OFFSET 0 keeps the server from turning it into a join: it is asked of each request of the walk.
    among = sa.exists(sa.select(sa.literal(1)).where(search.c.record_id == record.c.id, has).offset(0))
    return sa.or_(listed, among) if hits.ids else among


def newest(connection: sa.Connection, hits: Hits, most: int) -> list[int]:
    """The newest of the hits, those found by their number first."""
    if hits.outcome is Outcome.MANY or not hits.by_number:
        return list(connection.execute(in_order(hits, most)).scalars())
    first = replace(hits, ids=hits.ids[: hits.by_number])
    found = list(connection.execute(in_order(first, most)).scalars())
    others = replace(hits, ids=hits.ids[hits.by_number :])
    return found + list(connection.execute(in_order(others, most - len(found))).scalars())


def in_order(hits: Hits, most: int) -> sa.Select[int]:
    """The statement for the newest of them."""
    asked = sa.select(record.c.id).where(record.c.kind == vocabulary.REQUEST, clause(hits))
    return asked.order_by(record.c.created_at.desc(), record.c.id.desc()).limit(most)


def _by_number(connection: sa.Connection, number: str | None, *, begins: bool) -> tuple[int, ...]:
    if number is None:
        return ()
    if not begins:
        values: dict[str, Any] = {"exact": list({number, number.upper()}), "most": _NUMBERS}
        return tuple(connection.execute(sa.text(_EXACT), values).scalars())
    plain = number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    values = {"typed": plain, "large": plain.upper(), "most": _NUMBERS}
    return tuple(connection.execute(sa.text(_BEGINS), values).scalars())


def _by_words(connection: sa.Connection, asked: Query, narrow: Narrow) -> Hits:
    if asked.tree is None:
        return Hits(outcome=Outcome.NOTHING, cut=asked.cut)
    query, tree, ready = _understood(connection, asked.tree)
    if tree in {"", "T"}:
        return Hits(outcome=Outcome.NOTHING, codes=asked.codes, cut=asked.cut)
    if not ready:
        return Hits(outcome=Outcome.NOT_READY, query=query, codes=asked.codes, cut=asked.cut)
    groups = _groups(narrow)
    full = _understood(connection, typed.narrowed(asked.tree, groups))[0] if groups else query
    many = Hits(outcome=Outcome.MANY, query=query, codes=asked.codes, cut=asked.cut)
    if _common(connection, full):
        return many
    ids = tuple(connection.execute(sa.text(_HITS), {"query": full, "most": CAP + 1}).scalars())
    if len(ids) > CAP:
        return many
    return replace(many, outcome=Outcome.FOUND, ids=ids)


def _understood(connection: sa.Connection, tree: Node) -> tuple[str, str, bool]:
    """(the query as the server writes it, what of it an index can answer, whether there is an index)."""
    values: dict[str, str] = {}
    row = connection.execute(sa.text(_UNDERSTAND.format(_sql(tree, values))), values).one()
    return row[0], row[1], bool(row[2])


def _sql(node: Node, values: dict[str, str]) -> str:
    """The tree as an expression; whatever was typed is a parameter."""
    if isinstance(node, Every | Either):
        between = " && " if isinstance(node, Every) else " || "
        return f"({between.join(_sql(inner, values) for inner in node.nodes)})"
    if isinstance(node, Without):
        return f"(!! {_sql(node.node, values)})"
    name = f"typed_{len(values)}"
    if isinstance(node, Token):
        quoted = node.text.replace("\\", "\\\\").replace("'", "''")
        values[name] = f"'{quoted}'" + (":*" if node.begins else "")
        return f"CAST(:{name} AS tsquery)"
    values[name] = node.text.translate(_FOLD)
    if isinstance(node, Words):
        values[name] = f'"{values[name]}"' if node.row else values[name]
        return f"websearch_to_tsquery('russian', :{name})"
    values[name] += ":*"
    # As it is, and without its ending: «насосами*» finds «насос», «при*» is no word without meaning.
    return f"(to_tsquery('simple', :{name}) || to_tsquery('russian', :{name}))"


def _common(connection: sa.Connection, query: str) -> bool:
    """Whether the statistics know these words to be common; a guess about rare ones never says so."""
    plan = connection.execute(sa.text(_GUESS), {"query": query}).scalar_one()
    hits = float(plan[0]["Plan"]["Plan Rows"])
    return hits > CAP and hits >= COMMON * float(connection.execute(sa.text(_ALL)).scalar_one())


def _groups(narrow: Narrow) -> tuple[tuple[str, ...], ...]:
    """The tokens of which each request of the narrow choice has one of each group."""
    companies = tuple(map(typed.company, narrow.companies))
    period: tuple[str, ...] = ()
    if narrow.since is not None and narrow.until is not None:
        period = typed.period(narrow.since.astimezone(UTC).date(), narrow.until.astimezone(UTC).date())
    return tuple(group for group in (companies, period) if group)


def shown(connection: sa.Connection, hits: Hits, ids: Sequence[int]) -> dict[int, Shown]:
    """What to show of these requests; to be asked for a page of hits, not for all."""
    marks = {"signs": START + END + BREAK, "marks": _MARKS, "whole": f"{_MARKS}, HighlightAll=true"}
    rows = connection.execute(sa.text(_PASSAGES), {"ids": list(ids), "query": hits.query, **marks})
    return {
        number: Shown(
            sum(snippets.passages(marked_subject, hits.codes), ()),
            snippets.passages(marked, hits.codes, whole=description),
        )
        for number, description, marked_subject, marked in rows
    }
