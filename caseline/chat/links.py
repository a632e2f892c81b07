"""Links of web chats: `/c/{id}.{secret}`. The id finds the chat, the secret is kept as a digest alone."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_LINK: Final = re.compile(r"([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{43})")
_NOBODYS: Final = hashlib.sha256(secrets.token_bytes(32)).digest()
"""With what the secret of an unknown chat is compared, so that it takes as long as that of a known one."""


@dataclass(frozen=True, slots=True)
class Link:
    """The parts of a link."""

    id: str
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/c/{self.id}.{self.secret}"


def mint(chat: str | None = None) -> Link:
    """A link with a new secret, to a new chat unless one is named."""
    return Link(chat or secrets.token_urlsafe(9), secrets.token_urlsafe(32))


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def read(tail: str) -> Link | None:
    """The link of the last part of a path; None for what cannot be one."""
    found = _LINK.fullmatch(tail)
    return None if found is None else Link(found[1], found[2])


def fits(link: Link, digests: Sequence[bytes]) -> bool:
    """Whether the secret is one of a chat; those of an unknown one are none."""
    shown = digest(link.secret)
    right = [hmac.compare_digest(shown, one) for one in digests or (_NOBODYS,)]
    return any(right) and bool(digests)
