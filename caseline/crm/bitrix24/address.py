"""The address of an inbound webhook, which is a secret: who knows it may do all that its owner may."""

import hashlib
import re
from typing import Final, Protocol
from urllib.parse import urlsplit

_HIDDEN: Final = "…"
_SHOWN: Final = 500
"""Letters of a portal's text that are kept."""


class Secret(Protocol):
    """What pydantic's SecretStr is."""

    def get_secret_value(self) -> str:
        """The secret itself."""


class Address:
    """`https://PORTAL/rest/USER/CODE/`; neither its repr nor its keys tell the code."""

    __slots__ = ("_secrets", "_url", "home", "host", "key", "webhook")

    def __init__(self, url: Secret) -> None:
        self._url = url.get_secret_value().strip().rstrip("/") + "/"
        parts = urlsplit(self._url)
        words = [word for word in parts.path.split("/") if word]
        self.host = parts.netloc.rpartition("@")[2].lower()
        self.home = f"{parts.scheme}://{self.host}/"
        """Where people look at the portal; no secret."""
        self.key = _digest(self.host)
        """Names the portal in the database."""
        self.webhook = _digest(f"{self.host}/{'/'.join(words[:-1])}")
        """Names the webhook's owner on the portal, for limits that each owner has of his own."""
        path = parts.path.rstrip("/")
        secrets = (self._url, self._url.rstrip("/"), path, path.replace("/", "\\/"), *words[-1:])
        self._secrets = re.compile("|".join(map(re.escape, filter(None, secrets))), re.IGNORECASE)

    def __repr__(self) -> str:
        return f"Address({self.host})"

    def of(self, method: str) -> str:
        """Where a method is called; keep it out of everything that is shown or kept."""
        return self._url + method

    def without_secrets(self, text: str) -> str:
        """The beginning of a text that came from outside, fit to be kept, in case that it repeats the address."""
        # Hidden first and cut then: a part of the code is told by no text.
        text = self._secrets.sub(_HIDDEN, text)[:_SHOWN].replace("\0", "")
        return text.encode(errors="replace").decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
