"""The address of a mail server, as the setting says it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from caseline.files.address import is_here
from caseline.outbox.faults import CannotSend

SETTING: Final = "CASELINE_SMTP_URL"
_SHAPE: Final = (
    "must be smtps://user:password@host:465, smtp+starttls://… or, to this machine only, smtp://localhost:25"
)


class Security(StrEnum):
    """How the way to the server is kept secret; the value is the scheme of its address."""

    TLS = "smtps"
    STARTTLS = "smtp+starttls"
    NONE = "smtp"
    """To this machine only."""


PORTS: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over, as whom."""

    host: str
    port: int
    security: Security
    user: str | None
    password: SecretStr | None
    helo: str
    """Name by which we greet: the domain of own address."""
    ca: Path | None = None
    """File of certificates that are trusted beside those of the system."""

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self.host}:{self.port}"


def read(url: SecretStr, *, helo: str, ca: Path | None = None) -> Server:
    """The server that an address names; raises `CannotSend` without repeating what it says."""
    try:
        parts = urlsplit(url.get_secret_value())
        security, port = Security(parts.scheme), parts.port
    except ValueError:
        # Nothing of the address is repeated: it holds the password.
        raise CannotSend(f"{SETTING} {_SHAPE}") from None
    host = parts.hostname or ""
    if not host or (security is Security.NONE and not is_here(host)):
        raise CannotSend(f"{SETTING} {_SHAPE}")
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else SecretStr(unquote(parts.password))
    return Server(host, port or PORTS[security], security, user, password, helo, ca)
