"""Headers of a letter: encoded, folded, and never more lines than they should be."""

import unicodedata
from collections.abc import Sequence
from email.header import Header
from typing import Final

from caseline.outbox.letters import Address

WIDTH: Final = 76
MOST_REFERENCES: Final = 200
KEPT_FIRST: Final = 20
LONGEST_ID: Final = 900
"""A line must not be longer than 998 signs (RFC 5322, 2.1.1), and an id cannot be folded."""
ROOM: Final = 12_000
"""Characters of References altogether: servers refuse letters with endless headers."""
_LONGEST_WORD: Final = 60
_CONTROL: Final = {"Cc", "Cs", "Zl", "Zp"}
_SPECIAL: Final = set('()<>@,:;.\\"[]')


def clean(text: str) -> str:
    """A value in one line: what ends lines, and every other control sign, becomes a blank."""
    return " ".join("".join(" " if unicodedata.category(sign) in _CONTROL else sign for sign in text).split())


def line(name: str, value: str) -> str:
    """A header whose value is made of signs that need no encoding."""
    if not value.replace("\r\n ", "").isprintable():
        raise ValueError(f"{name}: control signs in a header")
    return f"{name}: {value}\r\n"


def words(name: str, text: str) -> str:
    """A header of words for people."""
    return line(name, _encoded(clean(text), name))


def addresses(name: str, found: Sequence[Address]) -> str:
    """A header of addresses with names, one to a line."""
    return line(name, ",\r\n ".join(_address(one, name) for one in found))


def ids(name: str, found: Sequence[str]) -> str:
    """A header of Message-IDs, one to a line: mailers cut none that stands alone."""
    return line(name, "\r\n ".join(found))


def usable(message_id: str) -> bool:
    """Whether an id of somebody else can stand in a header of ours as it is."""
    inner = message_id[1:-1]
    framed = message_id.startswith("<") and message_id.endswith(">") and inner and len(message_id) <= LONGEST_ID
    return bool(framed) and inner.isascii() and inner.isprintable() and not set(inner) & set("<> ")


def chain(parent: str, references: Sequence[str]) -> tuple[str, ...]:
    """What References of an answer says: all that its parent says, and the parent; bounded, the middle goes first."""
    every = [one for one in dict.fromkeys(references) if usable(one) and one != parent]
    every += [parent] if usable(parent) else []
    first, last = every[:KEPT_FIRST], every[KEPT_FIRST:]
    last = last[-(MOST_REFERENCES - KEPT_FIRST) :]
    while sum(map(len, first + last)) > ROOM and len(first + last) > 1:
        del (last if len(last) > 1 else first)[0]
    return tuple(first + last)


def _address(one: Address, header: str) -> str:
    name = clean(one.name)
    if not name or name.lower() == one.address.lower():
        return one.address
    shown = _encoded(name, header)
    if shown == name and set(name) & _SPECIAL:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        shown = f'"{quoted}"'
    last = len(shown.rpartition("\r\n")[2]) + len(header) + 2
    return f"{shown} <{one.address}>" if last + len(one.address) < WIDTH else f"{shown}\r\n <{one.address}>"


def _encoded(text: str, header: str) -> str:
    """Plain where it is plain; what looks like an encoded word is encoded, so that it arrives as it was written."""
    plain = text.isascii() and "=?" not in text and all(len(word) <= _LONGEST_WORD for word in text.split(" "))
    made = Header(text, "us-ascii" if plain else "utf-8", maxlinelen=WIDTH, header_name=header)
    return made.encode(linesep="\r\n")
