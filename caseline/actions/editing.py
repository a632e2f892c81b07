"""What every edit of reference data shares: faults at fields, whether somebody was faster, a line in the audit log."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.people import logins

Plain = Mapping[str, Any]
"""A thing as plain values (texts, numbers, yes or no, lists of them) by the names of its fields."""
_MARK: Final = 24


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a field, and what helps; an empty `field` means the thing as a whole."""

    field: str
    english: str
    russian: str

    def said(self, language: str) -> str:
        """In the language of a page."""
        return self.russian if language == "ru" else self.english


class Faulty(Exception):
    """An edit that cannot be saved: nothing was changed. Its text names each field and the remedy."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{one.field}: {one.english}" if one.field else one.english for one in faults))
        self.faults: Sequence[Fault] = faults


class Overtaken(Exception):
    """Somebody else has changed the thing since the editor looked at it: nothing was changed."""


class Unsure(Exception):
    """An edit with consequences that somebody has to agree to: nothing was changed. Each fault tells one."""

    def __init__(self, *consequences: Fault) -> None:
        super().__init__("; ".join(one.english for one in consequences))
        self.consequences: Sequence[Fault] = consequences


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, and when."""

    login: str | None
    """None: somebody at the command line."""
    at: datetime


def mark(now: Plain) -> str:
    """A short mark of how a thing is, another one whenever one of its values is another."""
    text = json.dumps(now, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK]


def check(seen: str | None, now: Plain) -> None:
    """Raise `Overtaken` unless the thing is as it was when the editor looked; None: whoever edits does not mind."""
    if seen is not None and seen != mark(now):
        raise Overtaken


def note(
    connection: sa.Connection, editor: Editor, action: str, subject: str, before: Plain | None, after: Plain | None
) -> bool:
    """Write what differs into the audit log, in the transaction of the change; False, and no line: nothing differs.

    `action` is `<kind>.added`, `<kind>.changed` or `<kind>.removed`; None: it was not there before, or is not after.
    """
    old, new = before or {}, after or {}
    if before is not None and after is not None:
        names = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
        if not names:
            return False
        old, new = {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
    told = json.loads(json.dumps({"before": old, "after": new}, default=str))
    logins.note(connection, editor.login, action, subject, told, now=editor.at)
    return True
