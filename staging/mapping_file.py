"""Reads mapping files (YAML); every fault names file, line and key."""

import hashlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from staging import agreement
from staging.mapping import Mapping

Marks = dict[tuple[str | int, ...], int]


class MappingFault(Exception):
    """A mapping file cannot be used; one line a fault: `file:line: key: what and remedy`."""


def shipped() -> list[str]:
    """Names of the mappings that come with caseline."""
    return sorted(
        item.name.removesuffix(".yaml")
        for item in (resources.files("staging") / "mappings").iterdir()
        if item.name.endswith(".yaml")
    )


def load(name_or_path: str) -> Mapping:
    """Mapping by the name of a shipped one or by the path of a YAML file; raises `MappingFault`."""
    return parse(*_text(name_or_path))


def _text(name_or_path: str) -> tuple[str, str]:
    """(YAML text, what faults call it)."""
    path = Path(name_or_path)
    if path.suffix in {".yaml", ".yml"}:
        try:
            return path.read_text(encoding="utf-8"), str(path)
        except (OSError, UnicodeDecodeError) as error:
            raise MappingFault(f"{path}: cannot be read ({error}); give a readable UTF-8 YAML file") from error
    if name_or_path not in shipped():
        known = ", ".join(shipped())
        raise MappingFault(f"{name_or_path}: no such mapping; use one of {known}, or the path of a .yaml file")
    file = resources.files("staging") / "mappings" / f"{name_or_path}.yaml"
    return file.read_text(encoding="utf-8"), f"{name_or_path}.yaml"


def parse(text: str, name: str) -> Mapping:
    """Mapping from YAML text; `name` is what the faults call the file."""
    data, marks = _read(text, name)
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        raise MappingFault("\n".join(_line(name, marks, e["loc"], _said(e)) for e in error.errors())) from error
    faults = [_line(name, marks, place, message) for place, message in agreement.faults(mapping)]
    if faults:
        raise MappingFault("\n".join(faults))
    return mapping


def _said(error: ErrorDetails) -> str:
    if error["type"] != "extra_forbidden":
        return error["msg"]
    model: type[BaseModel] = Mapping
    place = iter(error["loc"][:-1])
    for name in place:
        found = (field for own, field in model.model_fields.items() if name in {own, field.alias})
        field = next(found, None)
        inner = None if field is None else next(_models(field.annotation), None)
        if field is None or inner is None:
            continue  # a place in a list
        model = inner
        if get_origin(field.annotation) is dict:
            next(place, None)  # the name of a part or a field, which may be called like a word
    words = sorted(field.alias or own for own, field in model.model_fields.items())
    return f"there is no such word here; there are: {', '.join(words)}"


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _read(text: str, name: str, above: tuple[str, ...] = ()) -> tuple[Any, Marks]:
    """(data, lines) of a document, laid over the mapping that it extends."""
    try:
        marks = _marks(yaml.compose(text, Loader=yaml.SafeLoader))
        # BaseLoader makes strings only: `no` and `0012` stay text.
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds no objects
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingFault(f"{name}:{line}: {error.problem}: not YAML; mend the line") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise MappingFault(f"{name}:{line}: {error.reason}: not YAML; remove the character") from error
    base = data.pop("extends", None) if isinstance(data, dict) else None
    if base is None:
        return data, marks
    line = marks["extends",]
    if base in above:
        raise MappingFault(f"{name}:{line}: extends: {base} extends this one again; remove one of the two")
    below, _ = _read(*_text(str(base)), (*above, str(base)))
    return _laid_over(below, data), marks


def _laid_over(below: Any, above: Any) -> Any:  # noqa: ANN401 - a YAML document
    """Keys of `above` win; what is no mapping of keys is replaced as a whole."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: _laid_over(below.get(key), value) for key, value in above.items()}}


def name_of(mapping: Mapping) -> str | None:
    """Name of the shipped mapping that says the same; None for one that somebody wrote or changed."""
    # Compared as models: JSON that was stored has its keys in another order.
    return next((name for name in shipped() if load(name) == mapping), None)


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
            if (*place, key.value) in marks:
                raise yaml.MarkedYAMLError(problem=f"key {key.value!r} stands twice", problem_mark=key.start_mark)
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
    key = ".".join(map(str, place)) or "document"
    return f"{name}:{marks.get(known, 1)}: {key}: {message.removeprefix('Value error, ')}"
