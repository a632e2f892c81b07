"""Reads what a setting says of mailboxes: where they are, how they are opened, what becomes of mails that were fetched.

No message of this file repeats what it has read: a line holds a password.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from caseline.files.address import is_here

SHAPE: Final = "imaps://USER:PASSWORD@HOST/FOLDER?folder=OTHER"
_ENCODE: Final = "in user and password write @ as %40, : as %3A, / as %2F, % as %25, # as %23"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Security(StrEnum):
    """How the connection is kept from others."""

    TLS = "imaps"
    STARTTLS = "imap+starttls"
    NONE = "imap"
    """Nothing is encrypted: on this machine only."""


PORTS: Final = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox that is fetched from."""

    security: Security
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folders: tuple[str, ...] = ("INBOX",)

    @property
    def name(self) -> str:
        """What tables and messages call it: without the password, the same whatever its folders."""
        usual = self.port == PORTS[self.security]
        return f"{self.user} on {self.host}" + ("" if usual else f":{self.port}")


def read(address: str) -> Mailbox:
    """The mailbox of an address; raises `ValueError` with the remedy, without a part of the address."""
    try:
        parts = urlsplit(address.strip())
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(f"is no address: write {SHAPE}; {_ENCODE}") from None
    if parts.scheme not in set(Security):
        raise ValueError(f"must begin with imaps:// or imap+starttls://, as in {SHAPE}")
    if not host or not parts.username or not parts.password or parts.fragment:
        raise ValueError(f"must name user, password and host: {SHAPE}; {_ENCODE}")
    security = Security(parts.scheme)
    if security is Security.NONE and not is_here(host):
        raise ValueError(
            "would send the password unencrypted: write imaps:// or imap+starttls:// (imap:// is for this machine only)"
        )
    user, password = unquote(parts.username), unquote(parts.password)
    folders = _folders(parts)
    if any(_CONTROL.search(text) for text in (user, password, *folders)):
        raise ValueError(f"has a control character in user, password or folder: {SHAPE}; {_ENCODE}")
    return Mailbox(security, host, port or PORTS[security], user, password, folders)


def _folders(parts: SplitResult) -> tuple[str, ...]:
    """The folder of the path, then those of the query, each once."""
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if any(name != "folder" or not value for name, value in asked):
        raise ValueError(f"may ask for nothing but folder=NAME after the question mark: {SHAPE}")
    named = [unquote(parts.path.strip("/")), *(value for _name, value in asked)]
    folders = [name for name in named if name]
    return tuple(dict.fromkeys("INBOX" if name.upper() == "INBOX" else name for name in folders)) or ("INBOX",)


def read_lines(text: str) -> list[Mailbox]:
    """Mailboxes of a text with an address in each line, and comments in lines that begin with `#`."""
    found: dict[str, Mailbox] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            mailbox = read(line)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
        if mailbox.name in found:
            raise ValueError(f"line {number}: names {mailbox.name} again; write its folders into one line")
        found[mailbox.name] = mailbox
    return list(found.values())


class Deed(StrEnum):
    """What a server is told of a mail that was stored."""

    KEEP = "keep"
    """Nothing: the folder is opened for reading only."""
    SEEN = "seen"
    KEYWORD = "keyword"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class After:
    """What becomes of a mail on its server once it is stored here."""

    deed: Deed = Deed.KEEP
    name: str = ""
    """The keyword, or the folder to move to."""


def read_after(text: str) -> After:
    """`keep`, `seen`, `keyword:NAME` or `move:FOLDER`; raises `ValueError`."""
    word, colon, name = text.strip().partition(":")
    named = word in {Deed.KEYWORD, Deed.MOVE}
    if word not in set(Deed) or named != bool(name.strip()) or (colon and not named):
        raise ValueError("must be keep, seen, keyword:NAME or move:FOLDER")
    if word == Deed.KEYWORD and not re.fullmatch(r"[A-Za-z0-9$_.-]{1,64}", name):
        raise ValueError("must name a keyword of letters, digits, $, _, . and - only")
    return After(Deed(word), name.strip())
