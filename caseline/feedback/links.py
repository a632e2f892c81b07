"""Links of asks: `/f/{form}/{service}/{id}.{secret}`, of which all four parts must belong together.

The id is drawn by lot and finds the ask; the secret has 256 bits and is kept as a digest alone, which is enough for
what nobody can guess. Nothing in a link tells of a person. A link may be used until it ends, also after the answer:
people correct themselves, and scanners would use up what could be used once.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_ID_BYTES, _ID_LETTERS, _SECRET_BYTES = 9, 12, 32
_ID: Final = re.compile(rf"[A-Za-z0-9_-]{{{_ID_LETTERS}}}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 40
_NOBODYS: Final = hashlib.sha256(secrets.token_bytes(_SECRET_BYTES)).digest()
"""With what the secret of an unknown ask is compared, so that it takes as long as that of a known one."""
BLANK: Final = "…"
"""What stands for a secret wherever a link is shown or kept."""


@dataclass(frozen=True, slots=True)
class Link:
    """The parts of a link that somebody shows."""

    form: str
    service: str
    id: str
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/f/{self.form}/{self.service}/{self.id}.{self.secret}"

    @property
    def blanked(self) -> str:
        """The path without the secret, for logs and whatever is kept."""
        return f"/f/{self.form}/{self.service}/{self.id}.{BLANK}"


@dataclass(frozen=True, slots=True)
class Known:
    """What an ask knows of its links."""

    form: str
    service: str
    digests: Sequence[bytes] = field(repr=False)
    """Of all secrets that were sent for it and have not ended."""


def mint_id() -> str:
    """A new id: not guessable, and no secret."""
    return secrets.token_urlsafe(_ID_BYTES)


def mint_ids(count: int) -> list[str]:
    """So many new ids, drawn at once: nine bytes are twelve letters, whatever stands beside them."""
    drawn = base64.urlsafe_b64encode(secrets.token_bytes(_ID_BYTES * count)).decode()
    return [drawn[begin : begin + _ID_LETTERS] for begin in range(0, len(drawn), _ID_LETTERS)]


def mint_secret() -> str:
    """A new secret; only its digest is kept."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def digest(secret: str) -> bytes:
    """What is kept of a secret: SHA-256, plain, since nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode()).digest()


def slug(word: str) -> bool:
    """Whether a word may stand in a link: Latin letters, digits and dashes."""
    return len(word) <= _LONGEST_SLUG and _SLUG.fullmatch(word) is not None


def read(form: str, service: str, tail: str) -> Link | None:
    """The link of these parts of a path; None for what cannot be one."""
    number, dot, secret = tail.partition(".")
    if not (dot and slug(form) and slug(service) and _ID.fullmatch(number) and _SECRET.fullmatch(secret)):
        return None
    return Link(form, service, number, secret)


def fits(link: Link, known: Known | None) -> bool:
    """Whether a link is one of an ask, or of none (`known` is None).

    All parts are compared whatever comes of the first, so that nobody learns by the clock which one was wrong.
    """
    shown = digest(link.secret)
    kept = known.digests if known is not None and known.digests else (_NOBODYS,)
    right = [hmac.compare_digest(shown, one) for one in kept]
    form = hmac.compare_digest(link.form.encode(), (known.form if known else "").encode())
    service = hmac.compare_digest(link.service.encode(), (known.service if known else "").encode())
    return any(right) and form and service
