"""The local application of a portal: calls with the token of whoever looks at a page, and tokens of its own."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken

from caseline.crm.bitrix24.address import Secret
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.options import Options
from caseline.crm.port import TryLater

_PATIENCE_S: Final = 10.0
"""How long somebody waits for a page."""
_INSTALL: Final = "open the application in the portal and install it once more"


class _Root:
    """The address of a portal's REST for calls that bring a token; it is no secret."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def get_secret_value(self) -> str:
        return f"{self._origin}/rest/"


def origin(webhook: Secret) -> str:
    """Scheme and host of the portal whose webhook this is."""
    parts = urlsplit(webhook.get_secret_value())
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Renewed:
    """Tokens as the authorisation server gives them."""

    access: str
    refresh: str


class Application:
    """Calls methods of one portal with tokens. No message and no repr holds any of them."""

    def __init__(self, webhook: Secret, engine: sa.Engine, options: Options) -> None:
        """`options`: those of the portal, whose pace the pages share with everything else from here."""
        self.origin = origin(webhook)
        hasty = replace(options, patience=_PATIENCE_S, ceiling=_PATIENCE_S, doubts=2)
        self._portal = Portal(_Root(self.origin), engine, hasty)

    def __repr__(self) -> str:
        return f"Application({self.origin})"

    @property
    def key(self) -> str:
        """The portal's name in the database."""
        return self._portal.key

    def call(self, token: str, method: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - whatever it answers
        """The answer to a method. Raises `PortalRefused`, `PortalStopped` (of a wrong token too) and `TryLater`."""
        return self._portal.read(method, {**(params or {}), "auth": token}).value

    def close(self) -> None:
        """End all connections."""
        self._portal.close()


def renew(server: str, client: tuple[str, Secret], refresh: str) -> Renewed:
    """New tokens for a refresh token, which is used up by that.

    Raises `PortalStopped` when somebody has to install the application again, `TryLater` when the server is silent.
    """
    client_id, secret = client
    asked = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": refresh}
    try:
        answer = httpx.get(server, params={**asked, "client_secret": secret.get_secret_value()}, timeout=_PATIENCE_S)
        found = answer.json()
    except httpx.HTTPError as error:
        raise TryLater(f"the authorisation server does not answer ({type(error).__name__})") from None
    except ValueError:
        raise TryLater("the authorisation server answers no JSON") from None
    if isinstance(found, dict) and found.get("access_token") and found.get("refresh_token"):
        return Renewed(str(found["access_token"]), str(found["refresh_token"]))
    code = str(found.get("error", "")) if isinstance(found, dict) else ""
    raise PortalStopped(f"the authorisation server gives the application no token ({code[:50]}): {_INSTALL}", code=code)


def lock(secret: Secret, token: str) -> bytes:
    """A token as it is kept: only who has the secret of the application can read it."""
    return _cipher(secret).encrypt(token.encode())


def unlock(secret: Secret, kept: bytes) -> str:
    """The token; raises `PortalStopped` when it was kept under another secret."""
    try:
        return _cipher(secret).decrypt(kept).decode()
    except InvalidToken:
        raise PortalStopped(
            f"the secret of the application is another than when it was installed: {_INSTALL}"
        ) from None


def _cipher(secret: Secret) -> Fernet:
    # The secret is long and made by chance, so one hash is enough for a key.
    made = hashlib.blake2b(secret.get_secret_value().encode(), digest_size=32, person=b"caseline refresh")
    return Fernet(base64.urlsafe_b64encode(made.digest()))
