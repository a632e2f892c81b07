"""Converts rows of earlier runs once more, by a mapping that was corrected; says where a mapping has changed since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from staging import erased, heads, landing, load, tables
from staging import mapping as model
from staging.faults import ImportFault, RunBusy

OPTION: Final = "reconvert"
"""Among the options of a run: names of the parts whose rows it converts once more."""
_ABOUT_FILES: Final = frozenset({"files", "optional", "ignore"})
"""What a part says that changes nothing in a row."""
_ON_READING: Final = frozenset({"entity", "key", "skip", "inline"})
"""What a part says that counts when its rows are read, and never again."""
_EVERYWHERE: Final = ("zone", "dates", "nulls", "decimal", "thousands", "true", "false")
"""What a mapping says of all values."""
Said = dict[str, Any]
"""What is said of parts, by their names."""


def plan(connection: sa.Connection, mapping: model.Mapping, part_ids: Sequence[int]) -> None:
    """Make rows of these parts that are SUCCESS wait for a batch; they keep their CRM ids.

    Raises `ImportFault` where what landed of JSON lines cannot be read by the mapping.
    """
    row = tables.row
    # Else an erasure could come between what is asked of it and the rows that it has emptied.
    load.alone(connection)
    settled = sa.and_(row.c.status == tables.SUCCESS, row.c.duplicate_of.is_(None))
    there = sa.and_(row.c.payload.is_not(None), row.c.key.is_not(None))
    gone = erased.parts(connection, part_ids)
    for part_id in part_ids:
        _refuse_torn(connection, mapping, part_id)
        mine = sa.and_(row.c.part_id == part_id, settled, there)
        if part_id in gone:
            mine = sa.and_(mine, sa.not_(erased.row_is(row, part_id)))
        connection.execute(sa.update(row).values(status=tables.NEW).where(mine))


def _refuse_torn(connection: sa.Connection, mapping: model.Mapping, part_id: int) -> None:
    if mapping.format != "jsonl":
        return
    query = sa.select(tables.row.c.layout_id).where(tables.row.c.part_id == part_id).distinct()
    for layout_id in connection.execute(query).scalars().all():
        header = landing.load(connection, layout_id).header
        for name in heads.used_columns(mapping):
            if heads.torn(name, header):
                raise ImportFault(
                    f"{name}: an earlier mapping has kept it in parts ({name}.…), and whole it stands in the file only:"
                    f" {ANEW}"
                )


ANEW: Final = "take the runs back with `caseline rollback`, give the mapping another `source`, and import again"
"""How what is read once is read anew."""


def refuse_other(run_id: int, began: Mapping[str, Any], wanted: Collection[str]) -> None:
    """An open run goes on with the parts that it has begun to convert once more; raises `RunBusy` for others."""
    others = [name for name in wanted if name not in (began.get(OPTION) or ())]
    if others:
        raise RunBusy(
            f"run {run_id} has not ended, and began without --reconvert of {', '.join(others)}: start it again as it"
            " was, and convert when it has ended"
        )


def waiting(connection: sa.Connection, run_id: int) -> sa.ColumnElement[bool]:
    """Rows that the run was asked to convert once more, and has not yet."""
    row, part, run = tables.row, tables.part, tables.run
    source, options = connection.execute(sa.select(run.c.source, run.c.options).where(run.c.id == run_id)).one()
    query = sa.select(part.c.id).where(part.c.source == source, part.c.name.in_(options.get(OPTION) or ()))
    ids = list(connection.execute(query).scalars())
    return sa.and_(row.c.part_id.in_(ids), row.c.status == tables.NEW, row.c.crm_id.is_not(None))


def left(connection: sa.Connection, run_id: int) -> int:
    """How many these are."""
    query = sa.select(sa.func.count()).select_from(tables.row).where(waiting(connection, run_id))
    return int(connection.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A mapping says something else than the one by which rows were made."""

    run_id: int
    """The newest run that has made such rows."""
    on_reading: bool
    """Of what counts when rows are read: converting them once more changes nothing."""


def mapped_otherwise(
    connection: sa.Connection, run_id: int, files: Mapping[tuple[str, str], Collection[str]]
) -> Otherwise | None:
    """The newest run that has made rows of these files by a mapping that says something else of them; None: no run has.

    `files`: by (name, sha256) the parts that are looked for in it. Such rows stay as they are: what is SUCCESS and has
    not changed in the source is not touched again, unless a run is asked to convert it once more. Who made what a run
    has loaded that was rolled back is not known here, so nothing is said of it.
    """
    run, file, part = tables.run, tables.file, tables.part
    source, own = connection.execute(sa.select(run.c.source, run.c.mapping).where(run.c.id == run_id)).one()
    names = sa.select(sa.func.array_agg(part.c.name)).where(part.c.id == sa.any_(file.c.parts)).scalar_subquery()
    query = sa.select(file.c.name, file.c.sha256, file.c.run_id, names).join(run, run.c.id == file.c.run_id)
    loaded = sa.and_(file.c.source == source, file.c.loaded_at.is_not(None), run.c.state != "rolled back")
    converted = _converters(connection, source, run_id)
    read_by, converted_by = dict[int, set[str]](), dict[int, set[str]]()
    for name, sha256, reader, parts in connection.execute(query.where(loaded, run.c.id < run_id)):
        wanted = files.get((name, sha256))
        if wanted is None:
            continue
        if not set(wanted) <= set(parts or ()):
            return Otherwise(reader, on_reading=True)
        read_by.setdefault(reader, set()).update(parts or ())
        for one in parts or ():
            converted_by.setdefault(max(reader, converted.get(one, 0)), set()).add(one)
    for on_reading, makers in ((True, read_by), (False, converted_by)):
        for maker in sorted(makers, reverse=True):
            its = connection.execute(sa.select(run.c.mapping).where(run.c.id == maker)).scalar_one()
            if _said(its, makers[maker], on_reading) != _said(own, makers[maker], on_reading):
                return Otherwise(maker, on_reading)
    return None


def _converters(connection: sa.Connection, source: str, before: int) -> dict[str, int]:
    """By part the newest run up to `before` that has converted all its rows once more."""
    run = tables.run
    query = sa.select(run.c.id, run.c.options).where(run.c.source == source, run.c.id <= before)
    query = query.where(sa.or_(run.c.id == before, run.c.state == "finished")).order_by(run.c.id)
    return {name: number for number, options in connection.execute(query) for name in options.get(OPTION) or ()}


def _said(kept: dict[str, Any], names: Collection[str], on_reading: bool) -> tuple[Said, Said]:  # noqa: FBT001 - of two
    """What a mapping says of the rows of these parts, whatever version of caseline has kept it."""
    said = model.Mapping.model_validate(kept).model_dump(mode="json", by_alias=True)
    parts: Said = {}
    for name in said["parts"].keys() & set(names):
        counted = {word: value for word, value in said["parts"][name].items() if word not in _ABOUT_FILES}
        parts[name] = {word: value for word, value in counted.items() if (word in _ON_READING) == on_reading}
    return parts, {} if on_reading else {word: said[word] for word in _EVERYWHERE}
