"""SQL of everything that happened to a request, in one order, and of a file of it."""

from typing import Final

import sqlalchemy as sa

from caseline.crm import tables, timeline_tables
from caseline.crm.timeline import Attached, Line, Origin

_attachment, _message = timeline_tables.attachment, tables.message
# An id that is no number names nobody: older events, and those of other tools, may hold anything.
_LINES: Final = sa.text("""
SELECT at, place, id, type, data, by, person, group_name FROM (
  SELECT sent_at AS at, 'message' AS place, id, kind AS type, CAST(NULL AS jsonb) AS data, CAST(NULL AS text) AS by,
    CAST(NULL AS text) AS person, CAST(NULL AS text) AS group_name
  FROM crm.message WHERE record_id = :id
  UNION ALL
  SELECT e.at, 'event', e.id, e.type, e.data, doer.name, told.name, named.name
  FROM crm.event AS e
  LEFT JOIN people.person AS doer ON doer.id = CASE WHEN jsonb_typeof(e.data -> 'by') = 'number'
    THEN CAST(e.data ->> 'by' AS bigint) END
  LEFT JOIN people.person AS told ON told.id = CASE WHEN jsonb_typeof(e.data -> 'assignee_id') = 'number'
    THEN CAST(e.data ->> 'assignee_id' AS bigint) END
  LEFT JOIN people.group AS named ON named.id = CASE WHEN jsonb_typeof(e.data -> 'group_id') = 'number'
    THEN CAST(e.data ->> 'group_id' AS bigint) END
  WHERE e.entity = 'request' AND e.record_id = :id AND NOT e.imported AND e.type <> 'message_added'
  UNION ALL
  SELECT h.at, 'history', h.id, h.field, jsonb_build_object('old', h.old, 'new', h.new), author.name, NULL, NULL
  FROM crm.history AS h LEFT JOIN people.person AS author ON author.id = h.author_id
  WHERE h.record_id = :id
) AS happened ORDER BY at, place, id
""")


def lines(connection: sa.Connection, record_id: int) -> list[Line]:
    """Everything that happened to a record, the oldest first; messages by their ids only."""
    return [
        Line(
            at=row.at,
            origin=Origin(row.place),
            id=row.id,
            type=row.type,
            data=row.data or {},
            by=row.by,
            person=row.person,
            group=row.group_name,
        )
        for row in connection.execute(_LINES, {"id": record_id})
    ]


def attachment(connection: sa.Connection, record_id: int, attachment_id: int) -> Attached | None:
    """The file of that id, if it belongs to a message of this record."""
    columns = [column for column in _attachment.c if column.name != "message_id"]
    query = (
        sa.select(*columns)
        .join(_message, _message.c.id == _attachment.c.message_id)
        .where(_attachment.c.id == attachment_id, _message.c.record_id == record_id)
    )
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else Attached(**found)
