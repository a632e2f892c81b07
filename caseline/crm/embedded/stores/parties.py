"""SQL of who has to do with a request by mail, and of the ids by which its mails are found."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from caseline.crm import tables, timeline_tables
from caseline.crm.timeline import Held, Parties

_message, _trait = tables.message, timeline_tables.trait
_ADDRESS: Final = re.compile(r"[^\s<>;,\"'()\[\]:]+@[^\s<>;,\"'()\[\]:]+")
_PARTIES: Final = sa.text("""
WITH RECURSIVE chain AS (
  SELECT record_id, into_id FROM crm.merge WHERE record_id = ANY (CAST(:ids AS bigint[]))
  UNION
  SELECT further.record_id, further.into_id FROM crm.merge AS further JOIN chain ON chain.into_id = further.record_id
), wanted AS (
  SELECT unnest(CAST(:ids AS bigint[])) AS id UNION SELECT into_id FROM chain
)
SELECT r.id, r.closed_at, chain.into_id, r.company_id, lower(c.email) AS email,
  EXISTS (
    SELECT FROM crm.contact AS k WHERE k.company_id = r.company_id AND lower(k.email) = CAST(:sender AS text)
  ) AS colleague,
  coalesce((
    SELECT jsonb_object_agg(a.id, lower(outsider.email))
    FROM crm.assignment AS a JOIN crm.contact AS outsider ON outsider.id = a.contact_id WHERE a.record_id = r.id
  ), '{}') AS outsiders,
  coalesce((
    SELECT jsonb_agg(DISTINCT jsonb_build_array(t.assignment_id, m.sender, m.recipients, m.copies))
    FROM crm.message AS m LEFT JOIN crm.message_trait AS t ON t.message_id = m.id
    WHERE m.record_id = r.id AND m.kind <> 'comment' AND t.unverified IS NOT TRUE
  ), '[]') AS told
FROM wanted JOIN crm.record AS r USING (id)
LEFT JOIN chain ON chain.record_id = r.id LEFT JOIN crm.contact AS c ON c.id = r.contact_id
""")


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
        )
        .outerjoin(_trait, _trait.c.message_id == _message.c.id)
        .where(column == sa.any_(sa.bindparam("keys", type_=sa.ARRAY(sa.Text))))
        for place, column in enumerate(columns)
    ]
    found = sa.union_all(*named).subquery()
    query = sa.select(found.c.key, found.c.record_id, found.c.assignment_id, found.c.at)
    return query.order_by(found.c.place, found.c.at.desc(), found.c.id.desc())


_BY_ID: Final = _bearing(_message.c.mail_id, _message.c.thread_id)
_BY_THREAD: Final = _bearing(_message.c.thread_id)


def held(connection: sa.Connection, ids: Sequence[str]) -> list[Held]:
    """Messages with these Message-IDs; imported ones may have kept theirs in brackets, or that of a thread's first."""
    asked = {form: one for one in ids for form in (one, f"<{one}>")}
    return _held(connection, _BY_ID, asked)


def held_threads(connection: sa.Connection, keys: Sequence[str]) -> list[Held]:
    """Messages with these ids of threads."""
    return _held(connection, _BY_THREAD, {one: one for one in keys})


def _held(connection: sa.Connection, query: sa.Select[Any], asked: Mapping[str, str]) -> list[Held]:
    if not asked:
        return []
    return [Held(asked[key], *rest) for key, *rest in connection.execute(query, {"keys": list(asked)})]


def parties(connection: sa.Connection, ids: Sequence[int], sender: str | None = None) -> list[Parties]:
    """Who has to do with these records, those that they were merged into included."""
    return [_read(row) for row in connection.execute(_PARTIES, {"ids": list(ids), "sender": sender})]


def _read(row: Any) -> Parties:  # noqa: ANN401 - a row of the query
    told: dict[int | None, set[str]] = {}
    for assignment_id, *headers in row.told:
        said = told.setdefault(assignment_id, set())
        said.update(address for header in headers for address in addresses(header))
    return Parties(
        record_id=row.id,
        closed_at=row.closed_at,
        merged_into=row.into_id,
        requester=frozenset([row.email] if row.email else []),
        company_id=row.company_id,
        colleague=row.colleague,
        participants=frozenset(told.get(None, ())),
        outsiders={
            int(number): frozenset({address} - {None} | told.get(int(number), set()))
            for number, address in row.outsiders.items()
        },
    )


def addresses(header: str | None) -> set[str]:
    """Mail addresses of a header, in small letters."""
    return {found.strip(".").lower() for found in _ADDRESS.findall(header or "")}
