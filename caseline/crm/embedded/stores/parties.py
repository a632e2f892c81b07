"""SQL of who has to do with a request by mail, and of the ids by which its mails are found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from caseline.crm import tables, timeline_tables
from caseline.crm.embedded.stores import forms
from caseline.crm.timeline import Held, Parties
from caseline.db.fixed import Fixed

_message, _trait = tables.message, timeline_tables.trait
_LONGEST: Final = 320
_QUOTED: Final = re.compile(r'"[^"]*"')
_BETWEEN: Final = re.compile(r'[\s<>;,"()\[\]:]+')
_PARTIES: Final = Fixed(
    sa.text("""
WITH RECURSIVE chain AS (
  SELECT record_id, into_id FROM crm.merge WHERE record_id = ANY (CAST(:ids AS bigint[]))
  UNION
  SELECT further.record_id, further.into_id FROM crm.merge AS further JOIN chain ON chain.into_id = further.record_id
), mine AS (
  SELECT coalesce(m.into_id, k.id) AS id
  FROM crm.contact AS k LEFT JOIN crm.contact_merge AS m ON m.gone_id = k.id
  WHERE lower(k.email) = ANY (CAST(:forms AS text[]))
), wanted AS (
  SELECT unnest(CAST(:ids AS bigint[])) AS id UNION SELECT into_id FROM chain
)
SELECT r.id, r.version, r.closed_at, chain.into_id, r.company_id, said.participant, said.headers, said.answered,
  r.contact_id IN (SELECT id FROM mine) AS requester,
  EXISTS (SELECT FROM mine JOIN crm.contact AS k USING (id) WHERE k.company_id = r.company_id) AS colleague,
  ARRAY (
    SELECT a.id FROM crm.assignment AS a WHERE a.record_id = r.id AND a.contact_id IN (SELECT id FROM mine)
  ) AS given
FROM wanted JOIN crm.record AS r USING (id)
LEFT JOIN chain ON chain.record_id = r.id
CROSS JOIN LATERAL (
  SELECT
    bool_or(
      m.sender_address = ANY (CAST(:forms AS text[])) OR m.told_addresses && CAST(:forms AS text[])
    ) AS participant,
    array_agg(DISTINCT t.assignment_id) FILTER (
      WHERE t.outsider AND m.sender_address = ANY (CAST(:forms AS text[]))
    ) AS answered,
    (array_agg(line.text) FILTER (
      WHERE m.told_addresses IS NULL
        AND (strpos(lower(line.text), CAST(:one AS text)) > 0 OR strpos(lower(line.text), CAST(:other AS text)) > 0)
    ))[1:100] AS headers
  FROM crm.message AS m LEFT JOIN crm.message_trait AS t ON t.message_id = m.id
  CROSS JOIN LATERAL (SELECT concat_ws(E'\\n', m.sender, m.recipients, m.copies) AS text) AS line
  WHERE m.record_id = r.id AND m.kind <> 'comment' AND t.unverified IS NOT TRUE AND t.automatic IS NULL
    AND (
      (r.contact_id IN (SELECT id FROM mine)) IS NOT TRUE
      OR EXISTS (SELECT FROM crm.assignment AS a WHERE a.record_id = r.id)
    )
) AS said
""")
)
"""`mine`: contacts of the sender's address, or those in which they go on.

Of a requester without assignments no message is read: a machine may write thousands into one request.

`answered`: assignments on which the sender wrote as their outsider. `headers`: of messages whose addresses nobody
has parsed, those in which he stands; `addresses` looks at them: `sam@x.example` stands in `adam.sam@x.example`, too."""


class _Found(NamedTuple):
    """A row of `_PARTIES`."""

    id: int
    version: int
    closed_at: datetime | None
    into_id: int | None
    company_id: int | None
    participant: bool | None
    headers: list[str] | None
    answered: list[int] | None
    requester: bool | None
    colleague: bool
    given: list[int]


def _bearing(*columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Messages in one of whose columns one of the keys stands, by the first of the columns, the newest first."""
    named = [
        sa.select(
            sa.literal_column(str(place)).label("place"),
            column.label("key"),
            _message.c.id,
            _message.c.record_id,
            _trait.c.assignment_id,
            _message.c.sent_at.label("at"),
            sa.func.coalesce(_trait.c.placed, sa.false()).label("placed"),
        )
        .outerjoin(_trait, _trait.c.message_id == _message.c.id)
        .where(column == sa.any_(sa.bindparam("keys", type_=sa.ARRAY(sa.Text))))
        for place, column in enumerate(columns)
    ]
    found = sa.union_all(*named).subquery()
    query = sa.select(found.c.key, found.c.record_id, found.c.assignment_id, found.c.at, found.c.placed)
    return query.order_by(found.c.place, found.c.at.desc(), found.c.id.desc())


_BY_ID: Final = Fixed(_bearing(_message.c.mail_id, _message.c.thread_id))
_BY_THREAD: Final = Fixed(_bearing(_message.c.thread_id))


def held(connection: sa.Connection, ids: Sequence[str]) -> list[Held]:
    """Messages with these Message-IDs; imported ones may have kept theirs in brackets, or that of a thread's first."""
    asked = {form: one for one in ids for form in (one, f"<{one}>")}
    return _held(connection, _BY_ID, asked)


def held_threads(connection: sa.Connection, keys: Sequence[str]) -> list[Held]:
    """Messages with these ids of threads."""
    return _held(connection, _BY_THREAD, {one: one for one in keys})


def _held(connection: sa.Connection, query: Fixed, asked: Mapping[str, str]) -> list[Held]:
    if not asked:
        return []
    return [Held(asked[key], *rest) for key, *rest in query.rows(connection, {"keys": list(asked)})]


def parties(connection: sa.Connection, ids: Sequence[int], sender: str | None = None) -> list[Parties]:
    """What somebody has to do with these records, and with those that they were merged into."""
    mine = forms.of_address(sender) if sender else []
    one, other = (mine[0], mine[-1]) if mine else (None, None)
    asked = {"ids": list(ids), "forms": mine, "one": one, "other": other}
    return [_read(_Found(*row), mine) for row in _PARTIES.rows(connection, asked)]


def _read(row: "_Found", mine: Sequence[str]) -> Parties:
    return Parties(
        record_id=row.id,
        version=row.version,
        closed_at=row.closed_at,
        merged_into=row.into_id,
        company_id=row.company_id,
        requester=bool(row.requester),
        colleague=row.colleague,
        participant=bool(row.participant) or any(not addresses(one).isdisjoint(mine) for one in row.headers or ()),
        works_on=frozenset([*row.given, *(row.answered or ())]),
    )


def addresses(headers: str) -> set[str]:
    """Mail addresses of header lines, in small letters; what stands in somebody's name is none.

    Every letter is looked at a few times, however long a line is.
    """
    found = {one for line in headers.splitlines() for one in _of_line(_QUOTED.sub(" ", line))}
    return found or set(_bare(headers))


def _of_line(line: str) -> Iterator[str]:
    *named, rest = line.split(">")
    yield from _bare(rest)
    for one in named:
        before, angle, address = one.rpartition("<")
        yield from _bare(address)
        if angle:  # the last before it is a name, whatever it looks like
            yield from _bare(before.replace(";", ",").rpartition(",")[0])


def _bare(text: str) -> Iterator[str]:
    for one in _BETWEEN.split(text):
        address = one.strip(".'").lower()
        local, _at, domain = address.partition("@")
        if local and domain and "@" not in domain and len(address) <= _LONGEST:
            yield address
