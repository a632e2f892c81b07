"""Files in fields of requests: what a field holds of them, and what somebody gives who adds some and leaves some out.

A field keeps of each file its name, size, type and digest as JSON; the content lies with all other contents.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from caseline.crm.field_faults import Code, Misread

MOST_FILES: Final = 20
"""In one field."""
MOST_BYTES: Final = 25_000_000
"""Of all files that are added to one field at once."""
_MEGABYTE: Final = 1_000_000
_MARK: Final = 12
"""Digits of a digest that tell files of one name apart."""
_PARTING: Final = re.compile(r"[;\s]+")


@dataclass(frozen=True, slots=True)
class FieldFile:
    """A file that a field holds."""

    name: str
    size: int
    """In bytes."""
    content_type: str
    sha256: str
    """In hexadecimal digits."""

    @property
    def token(self) -> str:
        """How a control names it: its name with the beginning of its digest; no semicolon stands in it."""
        return f"{_PARTING.sub(' ', self.name).strip()} [{self.sha256[:_MARK]}]"

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"name": self.name, "size": self.size, "content_type": self.content_type, "sha256": self.sha256}


@dataclass(frozen=True)
class Upload:
    """A file that is sent to a field."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    @cached_property
    def file(self) -> FieldFile:
        """What the field will hold of it."""
        digest = hashlib.sha256(self.content).hexdigest()
        return FieldFile(self.name, len(self.content), self.content_type, digest)


@dataclass(frozen=True, slots=True)
class Files:
    """What is given to a field of files."""

    added: tuple[Upload, ...] = ()
    stay: tuple[str, ...] | None = None
    """Those that it keeps, by token; None: all."""


def held(value: object) -> tuple[FieldFile, ...]:
    """The files of a value; whatever else stands there is none."""
    found = value if isinstance(value, list) else ()
    return tuple(
        FieldFile(one["name"], one["size"], str(one.get("content_type", "")), one["sha256"])
        for one in found
        if isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and isinstance(one.get("sha256"), str)
        and type(one.get("size")) is int
    )


def names(value: object) -> list[str]:
    """The names of the files of a value."""
    return [one.name for one in held(value)]


def text(files: Iterable[FieldFile]) -> str:
    """Files for a control."""
    return ";".join(one.token for one in files)


def given(what: "str | Sequence[str] | Files", value: object) -> Files:
    """What is given to a field that holds a value, with the files told that stay."""
    if isinstance(what, Files):
        return what if what.stay is not None else Files(what.added, tuple(one.token for one in held(value)))
    parts = what.split(";") if isinstance(what, str) else what
    return Files(stay=tuple(part.strip() for part in parts if part.strip()))


def read(what: Files, value: object) -> list[dict[str, Any]] | None:
    """The new value; raises `Misread`. Only files that the field holds can stay: a digest opens nobody else's."""
    known = {one.token: one for one in held(value)}
    for token in what.stay or ():
        if token not in known:
            raise Misread(Code.UNKNOWN_FILE, value=token)
    size = sum(len(one.content) for one in what.added)
    if size > MOST_BYTES:
        raise Misread(Code.FILES_TOO_LARGE, count=f"{size / _MEGABYTE:.1f}", most=MOST_BYTES // _MEGABYTE)
    stay = [known[token] for token in what.stay or ()]
    found = {one.token: one for one in (*stay, *(each.file for each in what.added))}
    if len(found) > MOST_FILES:
        raise Misread(Code.TOO_MANY_FILES, count=len(found), most=MOST_FILES)
    return [one.plain for one in found.values()] or None
