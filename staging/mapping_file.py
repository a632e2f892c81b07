"""Reads mapping files (YAML); every fault names file, line and key."""

import hashlib
from importlib import resources
from pathlib import Path

import yaml
from pydantic import ValidationError

from staging import agreement
from staging.mapping import Mapping

Marks = dict[tuple[str | int, ...], int]


class MappingFault(Exception):
    """A mapping file cannot be used; one line a fault: `file:line: key: what and remedy`."""


def shipped() -> list[str]:
    """Names of the mappings that come with caseline."""
    return sorted(item.name.removesuffix(".yaml") for item in (resources.files("staging") / "mappings").iterdir() if item.name.endswith(".yaml"))


def load(name_or_path: str) -> Mapping:
    """Mapping by the name of a shipped one or by the path of a YAML file; raises `MappingFault`."""
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"}:
        try:
            return parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            message = f"{path}: cannot be read ({error}); give a readable UTF-8 YAML file"
            raise MappingFault(message) from error
    if name_or_path not in shipped():
        message = f"{name_or_path}: no such mapping; use one of {', '.join(shipped())}, or the path of a .yaml file"
        raise MappingFault(message)
    return parse((resources.files("staging") / "mappings" / f"{name_or_path}.yaml").read_text(encoding="utf-8"), f"{name_or_path}.yaml")


def parse(text: str, name: str) -> Mapping:
    """Mapping from YAML text; `name` is what the faults call the file."""
    try:
        marks = _marks(yaml.compose(text, Loader=yaml.SafeLoader))
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings only: `no` and `0012` stay text
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"{name}:{line}: {error.problem}: not YAML; mend the line"
        raise MappingFault(message) from error
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        raise MappingFault("\n".join(_line(name, marks, e["loc"], e["msg"]) for e in error.errors())) from error
    faults = [_line(name, marks, place, message) for place, message in agreement.faults(mapping)]
    if faults:
        raise MappingFault("\n".join(faults))
    return mapping


def fingerprint(mapping: Mapping) -> str:
    """SHA-256 of what the mapping says, whatever its layout and comments."""
    return hashlib.sha256(mapping.model_dump_json(by_alias=True).encode()).hexdigest()


def _marks(node: yaml.Node | None, place: tuple[str | int, ...] = ()) -> Marks:
    """Line (from 1) of every key path of the document."""
    if node is None:
        return {}
    marks: Marks = {place: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            marks |= _marks(value, (*place, key.value))
            marks[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            marks |= _marks(value, (*place, index))
    return marks


def _line(name: str, marks: Marks, place: tuple[str | int, ...], message: str) -> str:
    known = place
    while known not in marks and known:
        known = known[:-1]
    return f"{name}:{marks.get(known, 1)}: {'.'.join(map(str, place)) or 'document'}: {message.removeprefix('Value error, ')}"
