"""SQL of requests that the keyword dictionary sorts in sets.

What the dictionary finds out raises no version: nobody has edited the record, so a newer export may still change it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.crm.cards import Text

_QUIET: Final = "SELECT set_config('caseline.sorting', :on, true)"
_UNSORTED: Final = """
SELECT r.id, r.version, coalesce(r.number, r.id::text), coalesce(r.subject, ''), coalesce(r.description, ''), r.category
FROM crm.record AS r
WHERE r.kind = 'request' AND r.id BETWEEN :first AND :last AND r.category IS NULL
  AND NOT EXISTS (SELECT FROM keywords.scored AS s WHERE s.record_id = r.id AND s.version = :version)
ORDER BY r.id
"""
_SORTED: Final = """
SELECT r.id, r.version, coalesce(r.number, r.id::text), coalesce(r.subject, ''), coalesce(r.description, ''), r.category
FROM crm.record AS r
WHERE r.kind = 'request' AND r.category_by = 'keywords' AND r.id > :after
  AND r.created_at >= :since AND r.created_at < coalesce(CAST(:until AS timestamptz), 'infinity')
ORDER BY r.id LIMIT :most
"""
_RANGES: Final = """
SELECT min(id), max(id), count(*) FROM (
  SELECT r.id, (row_number() OVER (ORDER BY r.id) - 1) / :size AS part
  FROM crm.record AS r
  WHERE r.kind = 'request' AND r.category IS NULL
    AND NOT EXISTS (SELECT FROM keywords.scored AS s WHERE s.record_id = r.id AND s.version = :version)
) AS numbered
GROUP BY part ORDER BY part
"""
_SORT: Final = """
WITH held AS MATERIALIZED (
  -- In the order of ids, as an import takes them, so that neither waits for the other in a circle.
  SELECT r.id FROM crm.record AS r WHERE r.id = ANY(CAST(:ids AS bigint[])) ORDER BY r.id FOR NO KEY UPDATE
), done AS (
  UPDATE crm.record AS r SET category = c.code, category_by = 'keywords', category_set_at = :at,
    category_first_set_at = CASE WHEN r.source IS NULL THEN :at ELSE r.created_at END,
    group_id = coalesce(r.group_id, c.group_id)
  FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS n (id, code)
  JOIN crm.category AS c ON c.code = n.code AND c.active
  JOIN held ON held.id = n.id
  WHERE r.id = n.id AND r.category IS NULL
  RETURNING r.id, r.category, r.source, c.group_id AS category_group
)
INSERT INTO crm.event (entity, record_id, type, at, imported, data)
SELECT 'request', id, 'category_set', :at, source IS NOT NULL,
  jsonb_build_object('old', NULL, 'new', category, 'set_by', 'keywords', 'category_group', category_group)
FROM done ORDER BY id
RETURNING record_id
"""
_GROUPS: Final = """
UPDATE crm.record AS r SET group_id = c.group_id FROM crm.category AS c
WHERE c.code = r.category AND r.category_by = 'keywords' AND r.group_id IS NULL AND c.group_id IS NOT NULL
  AND r.source IS NOT NULL
"""

# By the group that the category had when it was given: it may have another one by now. A category that has none leaves
# the group of the one before.
_CHOSEN: Final = """
SELECT r.id, r.group_id
FROM crm.record AS r
JOIN crm.category AS c ON c.code = r.category
LEFT JOIN (
  SELECT DISTINCT ON (record_id) record_id, CAST(data ->> 'category_group' AS bigint) AS group_id
  FROM crm.event
  WHERE entity = 'request' AND record_id = ANY(CAST(:ids AS bigint[])) AND data ->> 'category_group' IS NOT NULL
  ORDER BY record_id, id DESC
) AS given ON given.record_id = r.id
WHERE r.id = ANY(CAST(:ids AS bigint[])) AND r.group_id IS NOT NULL
  AND r.group_id IS DISTINCT FROM coalesce(given.group_id, c.group_id)
"""


def ranges(connection: sa.Connection, version: int, size: int) -> list[tuple[int, int, int]]:
    """(first id, last id, number) of requests without category that this version has not looked at, in parts."""
    found = connection.execute(sa.text(_RANGES), {"version": version, "size": size})
    return [(first, last, number) for first, last, number in found]


def unsorted(connection: sa.Connection, part: tuple[int, int], version: int) -> list[Text]:
    """Such requests between two ids."""
    values = {"first": part[0], "last": part[1], "version": version}
    return [Text(*row) for row in connection.execute(sa.text(_UNSORTED), values)]


def sorted_within(
    connection: sa.Connection, since: datetime, until: datetime | None, after: int, most: int
) -> list[Text]:
    """The next requests by id that the dictionary has sorted, created since a moment and before another, if any."""
    values = {"since": since, "until": until, "after": after, "most": most}
    return [Text(*row) for row in connection.execute(sa.text(_SORTED), values)]


def sort(connection: sa.Connection, found: Mapping[int, str], *, at: datetime) -> list[int]:
    """Give requests their first category, with its group where they have none; answers those that got one.

    One that has a category by now, or whose category is not in use, is left alone.
    """
    if not found:
        return []
    _quiet(connection, on=True)
    values = {"ids": list(found), "codes": list(found.values()), "at": at}
    done: Sequence[int] = connection.execute(sa.text(_SORT), values).scalars().all()
    _quiet(connection, on=False)
    return list(done)


def give_groups(connection: sa.Connection) -> None:
    """Imported requests that have no group (any more) get that of the category that the dictionary has given them."""
    _quiet(connection, on=True)
    connection.execute(sa.text(_GROUPS))
    _quiet(connection, on=False)


def chosen_groups(connection: sa.Connection, ids: Sequence[int]) -> dict[int, int]:
    """The groups of those of these requests whose group is none that their category has brought."""
    return {row.id: row.group_id for row in connection.execute(sa.text(_CHOSEN), {"ids": list(ids)})}


def unedited(connection: sa.Connection) -> None:
    """Updates of records raise no version from here to the end of the transaction."""
    _quiet(connection, on=True)


def _quiet(connection: sa.Connection, *, on: bool) -> None:
    connection.execute(sa.text(_QUIET), {"on": "on" if on else "off"})
