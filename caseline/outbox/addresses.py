"""Mail addresses as letters need them: checked, with the domain in ASCII."""

import re
from typing import Final

import idna

from caseline.outbox.faults import OutboxFault

LONGEST_LOCAL: Final = 64
LONGEST: Final = 254
DETAIL: Final = r"(.)\+[^@]*@"
"""What stands between a name and the @, read alike by Python and by PostgreSQL."""
_LOCAL: Final = re.compile(r'[^\s\x00-\x20\x7f-\x9f"(),:;<>@\[\\\]]+')


def checked(address: str) -> str:
    """The address with its domain in ASCII; `OutboxFault` when no letter can go there."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or ".." in f".{local}.":
        raise _bad(address)
    try:
        host = in_ascii(domain)
    except UnicodeError as error:
        raise _bad(address) from error
    made = f"{local}@{host}"
    if "." not in host or len(local.encode()) > LONGEST_LOCAL or len(made.encode()) > LONGEST:
        raise _bad(address)
    return made


def in_ascii(domain: str) -> str:
    """A domain by IDNA 2008, in which straße.example is no strasse.example; `UnicodeError` for what is no domain."""
    return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()


def folded(address: str) -> str:
    """The form by which letters to one address are counted."""
    return address.lower()


def plain(address: str) -> str:
    """The form by which automatic letters are counted: without +detail, which its owner makes up at will."""
    return re.sub(DETAIL, r"\1@", folded(address), count=1)


def needs_utf8(address: str) -> bool:
    """Whether only a server that offers SMTPUTF8 can take it."""
    return not address.isascii()


def _bad(address: str) -> OutboxFault:
    return OutboxFault("%(address)r is no mail address: correct it (name@example.org)", address=address[:100])
