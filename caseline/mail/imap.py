"""Asks an IMAP server for mails by UID; believes none of its answers before it was checked."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from caseline.mail.faults import Gone, NoFolder, Unreachable, Unreadable
from caseline.mail.imap_line import PATIENT, PIECE, Line, Patience, opened
from caseline.mail.mailboxes import After, Deed, Mailbox

_LARGEST_UID: Final = 2**32 - 1
_WINDOW: Final = 20_000
"""Mails whose UIDs are asked for at once; a line of an answer may have a million bytes."""
_MANY: Final = 200
"""Mails that one command names."""
_SLACK: Final = 16 * PIECE
"""How much longer than it says a server may let a mail be: many count line ends otherwise."""


@dataclass(frozen=True, slots=True)
class Selected:
    """An open folder."""

    folder: str
    uidvalidity: int
    exists: int


@dataclass(frozen=True, slots=True)
class Described:
    """What a server says of a mail beside its bytes."""

    uid: int
    size: int
    """0: it does not say."""
    internal_date: datetime | None


class Imap:
    """A mailbox that is open; UIDs are of the folder that was selected last."""

    def __init__(self, line: Line) -> None:
        self._line, self._client = line, line.client

    def select(self, folder: str, *, write: bool = False) -> Selected:
        """Open a folder, for reading only unless said; raises `NoFolder`."""
        with self._line.asking(f"folder {folder}", NoFolder):
            said = self._client.select_folder(folder, readonly=not write)
            uidvalidity, exists = said.get(b"UIDVALIDITY"), said.get(b"EXISTS")
        if not isinstance(uidvalidity, int) or not 0 < uidvalidity <= _LARGEST_UID:
            raise NoFolder(f"folder {folder}: the server keeps no UIDs, so mails could not be told apart")
        return Selected(folder, uidvalidity, exists if isinstance(exists, int) else 0)

    def uids(self, exists: int) -> list[int]:
        """All mails of the folder, the oldest first."""
        if exists <= _WINDOW:
            return self._search("ALL")
        found: set[int] = set()
        for first in range(1, exists + 1, _WINDOW):
            last = first + _WINDOW - 1
            part = self._search(f"{first}:{last if last < exists else '*'}")
            if not part:
                break  # there are fewer than it has said
            found.update(part)
        return sorted(found)

    def describe(self, uids: Sequence[int]) -> Iterator[Described]:
        """Size and date of these mails, in their order; those that are gone are left out."""
        for first in range(0, len(uids), _MANY):
            asked = uids[first : first + _MANY]
            said = self._fetch(asked, Unreachable, "RFC822.SIZE", "INTERNALDATE")
            for uid in asked:
                if uid in said:
                    size, date = said[uid].get(b"RFC822.SIZE"), said[uid].get(b"INTERNALDATE")
                    aware = date if isinstance(date, datetime) and date.tzinfo is not None else None
                    yield Described(uid, size if isinstance(size, int) and size > 0 else 0, aware)

    def pieces(self, uid: int, size: int) -> Iterator[bytes]:
        """The bytes of a mail, a megabyte at most at once; raises `Gone` and `Unreadable`.

        `size` is what the server says, which need not be true: a mail ends where the server gives nothing more.
        """
        at = 0
        while True:
            piece = self._piece(uid, at)
            if not piece:
                self._check_end(uid, at, size)
                return
            if len(piece) > PIECE or at + len(piece) > 2 * size + _SLACK:
                raise Unreadable(f"the server says {size:,} bytes, and gives more and more")
            yield piece
            at += len(piece)
            if len(piece) < PIECE and at >= size > 0:
                return

    def tell(self, uids: Sequence[int], after: After) -> None:
        """Mark or move mails that were stored. May be repeated; what is gone meanwhile is left out by the server."""
        for first in range(0, len(uids), _MANY):
            part = list(uids[first : first + _MANY])
            with self._line.asking(after.deed, NoFolder):
                if after.deed is Deed.MOVE:
                    self._move(part, after.name)
                else:
                    flag = r"\Seen" if after.deed is Deed.SEEN else after.name
                    self._client.add_flags(part, [flag], silent=True)

    def _move(self, uids: list[int], folder: str) -> None:
        client = self._client
        if not client.folder_exists(folder):
            client.create_folder(folder)
        if client.has_capability("MOVE"):
            client.move(uids, folder)
        elif client.has_capability("UIDPLUS"):
            client.copy(uids, folder)
            client.add_flags(uids, [r"\Deleted"], silent=True)
            client.uid_expunge(uids)
        else:
            raise NoFolder("the server can move nothing: set CASELINE_MAIL_AFTER=seen or keep")

    def _search(self, criteria: str) -> list[int]:
        with self._line.asking("SEARCH"):
            found = self._client.search(criteria)
        return sorted({uid for uid in found if isinstance(uid, int) and 0 < uid <= _LARGEST_UID})

    def _fetch(self, uids: Sequence[int], no: type[Exception], *items: str) -> dict[int, dict[bytes, Any]]:
        with self._line.asking("FETCH", no):
            self._client.normalise_times = False
            found = self._client.fetch(uids, list(items))
        return {uid: found[uid] for uid in uids if uid in found}

    def _piece(self, uid: int, at: int) -> bytes:
        said = self._fetch([uid], Unreadable, f"BODY.PEEK[]<{at}.{PIECE}>").get(uid)
        if said is None:
            raise Gone
        found = next((value for name, value in said.items() if name.startswith(b"BODY[]")), None)
        if found is not None and not isinstance(found, bytes):
            raise Unreadable(f"the server gives {type(found).__name__} for the text of a mail")
        return found or b""

    def _check_end(self, uid: int, at: int, size: int) -> None:
        """Nothing more came: the mail was deleted, its size is not what was said, or it cannot be had."""
        if at >= size > 0:
            return
        if not self._search(f"UID {uid}"):
            raise Gone
        if at == 0:
            raise Unreadable(f"the server says {size:,} bytes, and gives none")


@contextmanager
def open_mailbox(mailbox: Mailbox, ca: Path | None = None, patience: Patience = PATIENT) -> Iterator[Imap]:
    """Connect and log in; raises `Refused` and `Unreachable`."""
    with opened(mailbox, ca, patience) as line:
        yield Imap(line)
