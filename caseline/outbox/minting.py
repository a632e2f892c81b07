"""The one place where Message-IDs, reply addresses and the secrets of links are minted and checked.

All carry ids and a keyed digest of them, nothing else. Whoever shows one has seen a letter of that thread; nobody can
make one up.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

LONGEST_LOCAL: Final = 64
"""Octets of the part before the @ (RFC 5321, 4.5.3.1.1)."""
LONGEST: Final = 254
SHORTEST_SECRET: Final = 16
_LARGEST_ID: Final = 2**63 - 1
_TOKEN_BYTES: Final = 10
_TOKEN: Final = rf"[a-z2-7]{{{_TOKEN_BYTES * 8 // 5}}}"
_ID: Final = "[1-9][0-9]{0,18}"
_MESSAGE_ID: Final = re.compile(rf"<?({_ID})\.(0|{_ID})\.({_ID})\.({_TOKEN})@[^@<>\s]+>?")
_TAIL: Final = re.compile(rf"({_ID})(?:\.({_ID}))?\.({_TOKEN})")
_LINK_BYTES: Final = 20
"""Nobody but time limits how often a link is guessed at: it bears twice what a mail bears."""
_MARK_BYTES: Final = 5
_MARK: Final = rf"[a-z2-7]{{{_MARK_BYTES * 8 // 5}}}"
_LINK: Final = re.compile(rf"({_ID})\.({_MARK})([a-z2-7]{{{_LINK_BYTES * 8 // 5}}})")
_LINKS: Final = re.compile(rf"(?<![0-9]){_LINK.pattern}(?![a-z2-7])")
_NO_LINK: Final = ("0", "", "")


@dataclass(frozen=True, slots=True)
class Thread:
    """To what a letter belongs: a request, or an assignment of it, whose letters never mix; or to nothing."""

    record_id: int | None
    """None: a letter about what is no request; what answers it is a new mail."""
    assignment_id: int | None = None

    def __post_init__(self) -> None:
        ids = [one for one in (self.record_id, self.assignment_id) if one is not None]
        if not all(0 < number <= _LARGEST_ID for number in ids):
            raise ValueError(f"{self}: ids are whole numbers from 1 on")
        if self.record_id is None and self.assignment_id is not None:
            raise ValueError(f"{self}: an assignment belongs to a request")


@dataclass(frozen=True, slots=True)
class Mint:
    """Mints with the first of the secrets and knows again what any of them has minted."""

    secrets: Sequence[bytes] = field(repr=False)
    """Newest first."""
    domain: str
    """What stands behind the @ of a Message-ID, in ASCII."""
    address: str
    """Own address; reply addresses are made of it by a plus and a tail."""
    name: str = ""
    """What stands beside own address in letters that name no sender."""

    def __post_init__(self) -> None:
        _check(self.secrets)

    def message_id(self, thread: Thread, n: int) -> str:
        """The Message-ID, with its angle brackets, of letter `n` of a thread."""
        ids = f"{thread.record_id or 0}.{thread.assignment_id or 0}.{n}"
        return f"<{ids}.{self._token('id', ids)}@{self.domain}>"

    def reply_address(self, thread: Thread) -> str:
        """Where answers to letters of the thread go: own address, where it belongs to nothing.

        `ValueError` when own address leaves no room for a tail.
        """
        if thread.record_id is None:
            return self.address
        ids = _joined(thread)
        local, _, host = self.address.rpartition("@")
        made = f"{local}+{ids}.{self._token('address', ids)}"
        if len(made.encode()) > LONGEST_LOCAL or len(f"{made}@{host}".encode()) > LONGEST:
            raise ValueError(f"{self.address}: too long for reply addresses; choose one that is shorter before the @")
        return f"{made}@{host}"

    def read_id(self, text: str) -> Thread | None:
        """The thread of a Message-ID of ours; None for any other text, and for one that was changed or has none."""
        found = _MESSAGE_ID.fullmatch(text.strip())
        if found is None:
            return None
        record, assignment, number, token = found.groups()
        fair = self._fair("id", f"{record}.{assignment}.{number}", token)
        return _thread(record, assignment) if fair else None

    def read_address(self, text: str) -> Thread | None:
        """The thread of a reply address of ours, whatever servers made of its letter case and of its host."""
        local, _, _host = text.strip().strip("<>").rpartition("@")
        found = _TAIL.fullmatch(local.rpartition("+")[2].lower()) if "+" in local else None
        if found is None:
            return None
        record, assignment, token = found.groups()
        ids = record if assignment is None else f"{record}.{assignment}"
        return _thread(record, assignment) if self._fair("address", ids, token) else None

    def mark(self) -> str:
        """By what a mail is known as one that has left this house: the first word of its header X-Caseline."""
        return self._token("mark", "")

    def read_mark(self, text: str) -> bool:
        """Whether a header X-Caseline is our own."""
        return self._fair("mark", "", text.partition(";")[0].strip().lower())

    def _token(self, purpose: str, ids: str) -> str:
        return _token(self.secrets[0], purpose, ids)

    def _fair(self, purpose: str, ids: str, token: str) -> bool:
        return _fair(self.secrets, purpose, ids, token)


@dataclass(frozen=True, slots=True)
class LinkMint:
    """Mints what stands in the link to an assignment, with the first of the secrets, and knows again that of any."""

    secrets: Sequence[bytes] = field(repr=False)
    """Newest first."""

    def __post_init__(self) -> None:
        _check(self.secrets)

    def link(self, assignment_id: int, address: str) -> str:
        """The last part of the link that goes to this mail address: `12.…`; all of it is secret."""
        mark = _token(self.secrets[0], "link to", _given(assignment_id, address), _MARK_BYTES)
        return f"{assignment_id}.{mark}{_token(self.secrets[0], 'link', f'{assignment_id}.{mark}', _LINK_BYTES)}"

    def read(self, text: str) -> int | None:
        """The assignment of a link; None, after the same work, for whatever was not minted here."""
        found = _LINK.fullmatch(text)
        number, mark, token = found.groups() if found else _NO_LINK
        fair = _fair(self.secrets, "link", f"{number}.{mark}", token, _LINK_BYTES)
        return int(number) if fair and int(number) <= _LARGEST_ID else None

    def fits(self, text: str, address: str) -> bool:
        """Whether a link that was read went to this mail address, and not to one that was corrected since."""
        found = _LINK.fullmatch(text)
        number, mark, _ = found.groups() if found else _NO_LINK
        return _fair(self.secrets, "link to", _given(int(number), address), mark, _MARK_BYTES)

    def blanked(self, text: str, blank: str) -> str:
        """The text with every link that was minted here blanked, whoever it went to."""
        return _LINKS.sub(lambda found: found[0] if self.read(found[0]) is None else blank, text)


def may_hold_links(text: str) -> bool:
    """Whether something in the text has the form of a link's secret."""
    return _LINKS.search(text) is not None


def _check(secrets: Sequence[bytes]) -> None:
    if not secrets or any(len(secret) < SHORTEST_SECRET for secret in secrets):
        raise ValueError(f"a mint needs secrets of at least {SHORTEST_SECRET} bytes")


def _fair(secrets: Sequence[bytes], purpose: str, ids: str, token: str, size: int = _TOKEN_BYTES) -> bool:
    shown = token.encode()
    # Each secret is tried to its end: the time that this takes says nothing about any of them.
    tried = [hmac.compare_digest(_token(secret, purpose, ids, size).encode(), shown) for secret in secrets]
    return any(tried)


def _token(secret: bytes, purpose: str, ids: str, size: int = _TOKEN_BYTES) -> str:
    digest = hmac.new(secret, f"{purpose}:{ids}".encode(), sha256).digest()
    return b32encode(digest[:size]).decode().lower()


def _given(assignment_id: int, address: str) -> str:
    return f"{assignment_id}:{address.strip().lower()}"


def _joined(thread: Thread) -> str:
    return f"{thread.record_id}" if thread.assignment_id is None else f"{thread.record_id}.{thread.assignment_id}"


def _thread(record: str, assignment: str | None) -> Thread | None:
    numbers = int(record), int(assignment or 0)
    return Thread(numbers[0], numbers[1] or None) if max(numbers) <= _LARGEST_ID else None
