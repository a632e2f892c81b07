"""Reads and writes calendars as YAML files; every fault names file, line and key."""

from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml

from caseline.text_files import decoding
from caseline.text_files.faults import FileFault
from caseline.timing import document
from caseline.timing.calendars import Calendar
from caseline.timing.document import Place
from caseline.timing.faults import TimingFault

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIX: Final = ".yaml"
_DEEPEST: Final = 20
_LIST: Final = "tag:yaml.org,2002:seq"


class _Dumper(yaml.SafeDumper):
    """Lists in one line; dates without quotation marks, as people write them."""


_Dumper.add_representer(list, lambda dumper, items: dumper.represent_sequence(_LIST, items, flow_style=True))
_Dumper.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for sign, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def shipped() -> list[str]:
    """Ids of the calendars that come with caseline."""
    files = (resources.files("caseline.timing") / "shipped").iterdir()
    return sorted(file.name.removesuffix(_SUFFIX) for file in files if file.name.endswith(_SUFFIX))


def load(id_or_path: str) -> Calendar:
    """A shipped calendar by its id, or one from a YAML file by its path; raises `FileFault`, `TimingFault`."""
    if id_or_path in shipped():
        file = resources.files("caseline.timing") / "shipped" / f"{id_or_path}{_SUFFIX}"
        return parse(file.read_text(encoding="utf-8"), file.name)
    path = Path(id_or_path)
    if path.suffix not in {_SUFFIX, ".yml"}:
        known = ", ".join(shipped())
        raise TimingFault(f"{id_or_path}: no such calendar: use {known}, or the path of a {_SUFFIX} file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileFault(id_or_path, 1, f"cannot be read ({error.strerror}): give a readable file") from error
    except ValueError as error:
        raise TimingFault(f"{id_or_path!r} is no path of a file ({error}): correct it") from error
    return parse(decoding.decoded(content, path.name), path.name)


def parse(text: str, name: str) -> Calendar:
    """The calendar of a YAML text; `name` is what faults call the file."""
    try:
        _check(text, name)
        root = yaml.compose(text, Loader=_LOADER)
        marks: dict[Place, int] = {}
        data = _plain(root, (), marks) if root else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileFault(name, line, f"{error.problem}: mend the line") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise FileFault(name, line, f"{error.reason}: remove the character") from error
    found = document.faults(data)
    if found:
        raise _file_fault(name, marks, found)
    return document.calendar(data)


def _check(text: str, name: str) -> None:
    """Refuse what a calendar has no use for, and what could make it endless: aliases, lists within lists."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise FileFault(name, line, f"alias *{event.anchor} is not read: write out what it stands for")
        if depth > _DEEPEST:
            raise FileFault(name, line, f"lists within lists, deeper than {_DEEPEST}: no key of a calendar has them")


def render(calendar: Calendar) -> str:
    """The YAML text of a calendar; `parse` reads it back as the same."""
    return yaml.dump(document.plain(calendar), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def _plain(node: yaml.Node, place: Place, marks: dict[Place, int]) -> Any:  # noqa: ANN401 - a YAML document
    """Strings, lists and dicts of a node, and the line of every place; nothing is guessed: `09:00` stays a text."""
    marks.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, marks)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, number), marks) for number, item in enumerate(node.value)]
    return None if node.tag.endswith(":null") else node.value


def _mapping(node: yaml.MappingNode, place: Place, marks: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key that is no word", problem_mark=key.start_mark)
        if key.value in found:
            raise yaml.MarkedYAMLError(problem=f"key {key.value!r} stands twice", problem_mark=key.start_mark)
        marks[(*place, key.value)] = key.start_mark.line + 1
        found[key.value] = _plain(value, (*place, key.value), marks)
    return found


def _file_fault(name: str, marks: dict[Place, int], found: list[tuple[Place, str]]) -> FileFault:
    lines = []
    for place, text in found:
        known = place
        while known not in marks and known:
            known = known[:-1]
        key = ".".join(map(str, place)) or "document"
        lines.append((marks.get(known, 1), f"{key}: {text}"))
    (first, text), *others = sorted(lines)
    return FileFault(name, first, "\n".join([text, *(f"{name}:{line}: {other}" for line, other in others)]))
