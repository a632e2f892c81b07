"""Reads `--field KEY=VALUE`; `KEY=@PATH` attaches a file to a field of files."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caseline.actions.wiring import House
    from caseline.crm.field_files import Upload
    from caseline.crm.field_values import Given


def pairs(given: "Iterable[str] | None") -> list[tuple[str, str]]:
    """Keys with their values; what has no `=` is wrong usage."""
    found = []
    for one in given or ():
        key, mark, value = one.partition("=")
        if not (mark and key.strip()):
            raise typer.BadParameter(f"{one!r}: write KEY=VALUE, such as extra.City=Perm; an empty value empties it")
        found.append((key.strip(), value))
    return found


def values(house: "House", given: "Iterable[tuple[str, str]]") -> "dict[str, Given]":
    """Values by key; of a field of files every `@PATH` is attached, and what it holds stays."""
    from caseline.actions import keep_fields
    from caseline.crm.field_files import Files
    from caseline.crm.vocabulary import Type

    told = list(given)
    holders: set[str] = set()
    if any(value.startswith("@") for _key, value in told):
        holders = {one.key for one in keep_fields.fields(house) if one.type is Type.FILE}
    found: dict[str, Given] = {}
    for key, value in told:
        if key in holders and value.startswith("@"):
            before = found.get(key)
            files = before if isinstance(before, Files) else Files(stay=None if before is None else ())
            found[key] = Files((*files.added, _upload(value.removeprefix("@"))), files.stay)
        else:
            found[key] = value
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What the extra fields of a request hold."""

    lines: tuple[str, ...]
    """For people: a line for each field that is not empty."""
    fields: dict[str, str]
    """For programs: values by key, as `--field` takes them."""
    files: tuple[str, ...]
    """For programs: the lines of fields that hold files."""


def held(house: "House", record_id: int, language: str) -> Held:
    """What the extra fields of a request hold; those that are empty are left out."""
    from caseline.actions import request_form, save_request
    from caseline.crm.field_values import Reader

    viewer = save_request.at_command_line(None)
    form = request_form.form(house, viewer, record_id, reader=Reader(language=language))
    controls = [one for part in form.sections for one in part.controls if one.field.extra and one.shown]
    lines = {one.key: f"{one.label(language)}: {one.shown}" for one in controls}
    values = {one.key: one.drawn for one in controls if not one.files}
    return Held(tuple(lines.values()), values, tuple(lines[one.key] for one in controls if one.files))


def _upload(path: str) -> "Upload":
    from mimetypes import guess_type

    from caseline.crm.field_files import Upload
    from caseline.mail import file_names

    try:
        content = Path(path).expanduser().read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror or error}: name a file that can be read") from error
    kind = guess_type(path)[0] or "application/octet-stream"
    return Upload(file_names.safe(Path(path).name) or "file", kind, content)
