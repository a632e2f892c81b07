"""What the keyword dictionary has found out here: a category that the source does not name, and the group it brings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from staging.audit.comparison import Record
from staging.audit.expected import Said

_SORTED: Final = sa.text("""
SELECT r.origin, coalesce(g.origin, g.id::text) FROM crm.record AS r
JOIN crm.category AS c ON c.code = r.category
LEFT JOIN people."group" AS g ON g.id = c.group_id
WHERE r.source = :source AND r.origin = ANY (CAST(:keys AS text[])) AND r.category_by = 'keywords'
""")


def groups(connection: sa.Connection, source: str, keys: Sequence[str]) -> dict[str, str | None]:
    """Of those requests that the dictionary has sorted: the group that their category brings, as the CRM calls it."""
    found = connection.execute(_SORTED, {"source": source, "keys": list(keys)})
    return {row[0]: row[1] for row in found}


def allow(said: Said, keys: Sequence[str], records: Sequence[Record], brought: Mapping[str, str | None]) -> Said:
    """What the files say, with what the dictionary may add to it: where they say something it adds nothing."""
    if not brought:
        return said
    category, group = (list(said.core.get(name, [None] * said.size)) for name in ("category", "group"))
    for number, (key, record) in enumerate(zip(keys, records, strict=True)):
        if key not in brought or category[number] is not None:
            continue
        category[number] = record["category"]
        if group[number] is None and record["group"] == brought[key]:
            group[number] = record["group"]
    core: dict[str, list[Any]] = {**said.core, "category": category, "group": group}
    return Said(said.size, core, said.extra)
