"""Reads and writes catalogues as CSV: one column for each level, or the columns id, parent and name."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from caseline.crm.catalogue import DEEPEST, LONGEST_NAME, Tree, tidy
from caseline.text_files import csv_table, decoding
from caseline.text_files.faults import FileFault

MOST_ROWS: Final = 100_000
_ID: Final = {"id": "id", "код": "id", "code": "id"}
_PARENT: Final = {"parent": "parent", "parent_id": "parent", "родитель": "parent", "код родителя": "parent"}
_NAME: Final = {"name": "name", "название": "name", "наименование": "name"}
_ACTIVE: Final = {"active": "active", "in use": "active", "в работе": "active", "используется": "active"}
_BY_IDS: Final = _ID | _PARENT | _NAME | _ACTIVE
_YES: Final = {"", "yes", "true", "1", "да", "y", "+"}
_NO: Final = {"no", "false", "0", "нет", "n", "-"}
_OWN: Final = re.compile(r"#([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row; it is left out."""

    line: int
    text: str
    """In English, with `value` filled in."""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A product of a file."""

    line: int
    name: str
    key: str | None = None
    """Its id in the file; None where rows name their paths."""
    parent: str | None = None
    path: tuple[str, ...] = ()
    """Names from the uppermost level down to it, where rows name their paths."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says."""

    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]
    by_ids: bool


NO_GAP: Final = "a level is empty though one below it is not: fill it"
NO_NAME: Final = "no name: give one"
TOO_LONG: Final = "a name is longer than %(value)s letters: shorten it"
TWICE: Final = "the id %(value)s stands in an earlier row, too: give each product its own"
NO_ID: Final = "no id: give one"
ODD_ACTIVE: Final = "%(value)s is neither yes nor no: write one of them"
NO_PARENT: Final = "the parent %(value)s stands neither in the file nor in the catalogue: mend it"
CIRCLE: Final = "%(value)s stands below itself: mend the parents"
SAME_NAME: Final = "%(value)s stands there already under another id: give another name"
TOO_DEEP: Final = "deeper than %(value)s levels: put it further up"
NOT_OURS: Final = "the catalogue has no product %(value)s: leave the id empty of #, or mend it"


def read(content: bytes, name: str) -> Sheet:
    """The rows of a file; raises `FileFault` where it is no table, or longer than 100,000 rows.

    With the headings id, parent and name each row is a product and names the one above it. Otherwise every column is a
    level, from left to right, whatever its heading; a column that says whether a product is in use is none of them.
    """
    text = decoding.decoded(content, name)
    headings = _headings(text)
    if {"id", "name"} <= {_BY_IDS.get(one, "") for one in headings}:
        return _by_ids(csv_table.rows(text, name, _BY_IDS, ["id", "name"], MOST_ROWS))
    levels = [one for one in headings if one and one not in _ACTIVE]
    if not levels or len(set(levels)) != len(levels) or len(levels) > DEEPEST:
        raise FileFault(name, 1, "name each level once in the first line, or give the columns id, parent, name")
    columns = {one: f"level {number}" for number, one in enumerate(levels)} | _ACTIVE
    return _by_paths(csv_table.rows(text, name, columns, (), MOST_ROWS), len(levels))


def _headings(text: str) -> list[str]:
    header = text.partition("\n")[0]
    cells = next(csv.reader(io.StringIO(header), delimiter=max(",;\t", key=header.count)), [])
    return [cell.strip().casefold() for cell in cells]


def _by_paths(rows: Iterator[tuple[int, dict[str, str]]], depth: int) -> Sheet:
    found, faults = [], []
    for line, cells in rows:
        names = [tidy(cells[f"level {number}"]) for number in range(depth)]
        while names and not names[-1]:
            names.pop()
        fault = _fault(line, names, cells["active"])
        if fault:
            faults.append(fault)
        else:
            found.append(Row(line, names[-1], path=tuple(names), active=_active(cells)))
    return Sheet(tuple(found), tuple(faults), by_ids=False)


def _fault(line: int, names: list[str], active: str) -> RowFault | None:
    if not names:
        return RowFault(line, NO_NAME)
    if not all(names):
        return RowFault(line, NO_GAP)
    if any(len(one) > LONGEST_NAME for one in names):
        return RowFault(line, TOO_LONG, str(LONGEST_NAME))
    if active.strip().casefold() not in _YES | _NO:
        return RowFault(line, ODD_ACTIVE, active[:40])
    return None


def _active(cells: Mapping[str, str]) -> bool:
    return cells["active"].strip().casefold() not in _NO


def _by_ids(rows: Iterator[tuple[int, dict[str, str]]]) -> Sheet:
    found: dict[str, Row] = {}
    faults = []
    for line, cells in rows:
        key, name = cells["id"].strip(), tidy(cells["name"])
        fault = _fault(line, [name] if name else [], cells["active"])
        if not key:
            fault = RowFault(line, NO_ID)
        elif key in found:
            fault = RowFault(line, TWICE, key[:40])
        if fault:
            faults.append(fault)
        else:
            found[key] = Row(line, name, key, cells["parent"].strip() or None, active=_active(cells))
    return Sheet(tuple(found.values()), tuple(faults), by_ids=True)


def own_id(key: str) -> int | None:
    """Our own id that a file of ours names as `#12`."""
    found = _OWN.fullmatch(key)
    return int(found[1]) if found else None


def written(tree: Tree, *, by_ids: bool = False) -> str:
    """The whole catalogue as a file that `read` takes back without change."""
    if by_ids:
        keys = {one.id: one.origin or f"#{one.id}" for one in tree.branch(None)}
        return csv_table.written(
            ("id", "parent", "name", "active"),
            (
                (keys[one.id], keys[one.parent_id] if one.parent_id is not None else "", one.name, _word(one.active))
                for one in tree.branch(None)
            ),
        )
    depth = max(tree.depth, 1)
    lines = []
    for one in tree.branch(None):
        names = [each.name for each in tree.path(one.id)]
        lines.append((*names, *[""] * (depth - len(names)), _word(one.active)))
    return csv_table.written((*(f"level {number}" for number in range(1, depth + 1)), "active"), lines)


def _word(active: bool) -> str:  # noqa: FBT001 - the one thing that it words
    return "yes" if active else "no"
