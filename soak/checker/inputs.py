"""Reads what was put into the house: the ledger of the run, the files of the import, the mails of the post office."""

import csv
import email
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from functools import cached_property
from pathlib import Path
from typing import Any, Final

Fact = dict[str, Any]
"""A line of the ledger."""
_ENVELOPE: Final = re.compile(rb"\A(?:Return-Path|Delivered-To): [^\r\n]*\r\n", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """A mail that the post office has taken, as it lies in a mailbox."""

    file: Path
    raw: bytes = field(repr=False)

    @cached_property
    def message(self) -> Message:
        """What it says of itself."""
        return email.message_from_bytes(self.raw)

    @property
    def id(self) -> str:
        """Its Message-ID, without brackets."""
        return bare(str(self.message["Message-ID"] or ""))

    @property
    def reader(self) -> str:
        """In whose mailbox it lies."""
        return str(self.message["Delivered-To"] or "").lower()

    @property
    def at(self) -> datetime:
        """When it was taken."""
        return datetime.fromtimestamp(self.file.stat().st_mtime, UTC)

    @property
    def content(self) -> bytes:
        """It without what the post office has written before it."""
        head, tail = b"", self.raw
        while (found := _ENVELOPE.match(tail)) is not None:
            head, tail = head + found[0], tail[found.end() :]
        return tail

    @cached_property
    def text(self) -> str:
        """All its texts, plain and HTML."""
        parts = (part for part in self.message.walk() if part.get_content_maintype() == "text")
        return "\n".join(_decoded(part) for part in parts)


@dataclass(frozen=True)
class Inputs:
    """All of it, in the folder of a run."""

    folder: Path

    @cached_property
    def facts(self) -> list[Fact]:
        """The ledger, line by line."""
        lines = (self.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def of(self, *kinds: str) -> list[Fact]:
        """Lines of some kinds, in their order."""
        return [fact for fact in self.facts if fact["kind"] in kinds]

    @cached_property
    def house(self) -> Fact:
        """How the house was furnished."""
        return self.of("house")[0]

    @cached_property
    def arrived(self) -> list[Mail]:
        """What lies in our own mailbox."""
        return self._mails("support")

    @cached_property
    def letters(self) -> list[Mail]:
        """What people outside have got."""
        return self._mails("others")

    def truths(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """(totals, rows that must not succeed) of the files."""
        file = self.folder / "truth.jsonl"
        if not file.exists():
            return {}, []
        first, *rest = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        return first["totals"], rest

    def records(self, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Records of a file with the line on which each begins; bytes that are no UTF-8 are lone surrogates."""
        with (self.folder / "export" / name).open("rb") as file:
            reader = csv.reader(line.decode("utf-8", "surrogateescape") for line in file)
            header, line = next(reader), reader.line_num + 1
            for fields in reader:
                yield line, dict(zip(header, fields, strict=False))
                line = reader.line_num + 1

    def lives(self) -> Iterator[tuple[str, list[tuple[str, int, int | None, int | None]]]]:
        """(case, its visits as (stage, entered, left, seconds)) that the files tell of; times since 1970."""
        file = self.folder / "truth.stages.jsonl"
        if not file.exists():
            return
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                yield told["key"], [(row[0], _since(row[1]) or 0, _since(row[2]), row[3]) for row in told["rows"]]

    def _mails(self, user: str) -> list[Mail]:
        files = sorted((self.folder / "home" / "post").glob(f"*.{user}.eml"))
        return [Mail(file, file.read_bytes()) for file in files]


def bare(message_id: str) -> str:
    """A Message-ID without brackets."""
    return message_id.strip().strip("<>")


def whole(at: datetime) -> int:
    """Seconds since 1970, rounded down."""
    return int(at.timestamp() // 1)


def _since(text: str | None) -> int | None:
    return None if text is None else whole(datetime.fromisoformat(text).replace(tzinfo=UTC))


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
