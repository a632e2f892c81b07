"""Who a request comes from: a webhook by its address, an application by its token."""

import secrets
from http import HTTPStatus
from typing import Final

from caseline.portal_sandbox import php
from caseline.portal_sandbox.call import Caller
from caseline.portal_sandbox.options import SCOPES, Webhook
from caseline.portal_sandbox.php import Params
from caseline.portal_sandbox.portal import Portal
from caseline.portal_sandbox.refusals import Refusal

_UNAUTHORIZED: Final = HTTPStatus.UNAUTHORIZED


def _wrong() -> Refusal:
    return Refusal("NO_AUTH_FOUND", "Wrong authorization data", _UNAUTHORIZED)


class Access:
    """Webhooks, and one local application with its tokens."""

    def __init__(self, portal: Portal) -> None:
        options = portal.options
        first = Webhook(portal.code, scopes=frozenset(options.scopes))
        self._portal = portal
        self._webhooks = {(str(hook.user), hook.code): hook for hook in (first, *options.webhooks)}
        self.application: Params = portal.store.noted("application") or self._new_application()

    def _new_application(self) -> Params:
        made: Params = {
            "client_id": f"local.{secrets.token_hex(7)}.{secrets.randbelow(10**8):08}",
            "client_secret": secrets.token_urlsafe(36),
            "member_id": secrets.token_hex(16),
            "application_token": self._portal.options.application_token or secrets.token_hex(16),
        }
        self._portal.store.note("application", made | self._tokens())
        return made | self._tokens_kept

    def _tokens(self) -> Params:
        self._tokens_kept: Params = {
            "access_token": secrets.token_hex(35),
            "expires": int(self._portal.clock() + self._portal.options.token_life),
            "refresh_token": secrets.token_hex(35),
        }
        return self._tokens_kept

    def webhook(self, user: str, code: str) -> Caller:
        """The caller of a webhook's address."""
        if (hook := self._webhooks.get((user, code))) is None:
            raise Refusal("INVALID_CREDENTIALS", "Invalid request credentials", _UNAUTHORIZED)
        return Caller(hook.code, hook.user, self._portal.options.administrator, hook.scopes)

    def token(self, params: Params) -> Caller:
        """The caller who shows an access token."""
        shown = php.text(params.pop("auth", None) or params.pop("access_token", None))
        if not shown or shown != self.application["access_token"]:
            raise _wrong()
        if self._portal.clock() >= self.application["expires"]:
            raise Refusal("expired_token", "The access token provided has expired.", _UNAUTHORIZED)
        scopes = frozenset(SCOPES)
        return Caller("application", 1, self._portal.options.administrator, scopes, application=True)

    def refresh(self, params: Params, address: str) -> Params:
        """New tokens for a refresh token, which is replaced too."""
        known = self.application
        if php.text(params.get("grant_type")) != "refresh_token":
            raise Refusal("invalid_request", "Unknown grant type")
        if (params.get("client_id"), params.get("client_secret")) != (known["client_id"], known["client_secret"]):
            raise Refusal("invalid_client", "Invalid client credentials", _UNAUTHORIZED)
        if params.get("refresh_token") != known["refresh_token"]:
            raise Refusal("invalid_grant", "Invalid refresh token")
        known.update(self._tokens())
        self._portal.store.note("application", known)
        return {
            "access_token": known["access_token"],
            "client_endpoint": f"{address}/rest/",
            "domain": address.partition("://")[2],
            "expires": known["expires"],
            "expires_in": int(self._portal.options.token_life),
            "member_id": known["member_id"],
            "refresh_token": known["refresh_token"],
            "scope": ",".join(SCOPES),
            "server_endpoint": f"{address}/rest/",
            "status": "L",
            "user_id": 1,
        }
