"""The portal's error codes: which of them are safe to repeat, which leave us in doubt, which end the run and why."""

from typing import Final

QUERY_LIMIT: Final = "QUERY_LIMIT_EXCEEDED"
OPERATION_LIMIT: Final = "OPERATION_TIME_LIMIT"

SAFE: Final = frozenset({QUERY_LIMIT, OPERATION_LIMIT, "ERROR_BATCH_LENGTH_EXCEEDED"})
"""Nothing was executed."""

DOUBTFUL: Final = frozenset({"INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER"})
"""It broke somewhere, perhaps after the record was written."""

RIGHTS: Final = frozenset({"ACCESS_DENIED", "USER_ACCESS_ERROR"})
"""Of a single record when other calls of the same method were taken, and of the whole webhook when none was."""

_WEBHOOK: Final = (
    "the webhook is not accepted: make a new inbound webhook on the portal and put its address into"
    " CASELINE_BITRIX24_URL"
)
_PERSON: Final = "let an administrator of the portal make the webhook, with the scope crm"

REMEDIES: Final = {
    "NO_AUTH_FOUND": _WEBHOOK,
    "EXPIRED_TOKEN": _WEBHOOK,
    "INVALID_TOKEN": _WEBHOOK,
    "INVALID_CREDENTIALS": _WEBHOOK,
    "WRONG_AUTH_TYPE": "this method is not open to webhooks: only an application may call it",
    "INSUFFICIENT_SCOPE": "the webhook lacks a scope: tick crm among the rights of the webhook on the portal",
    "ACCESS_DENIED": f"the webhook may not do this: {_PERSON}; REST also needs a commercial plan",
    "USER_ACCESS_ERROR": f"the webhook's owner has no access: {_PERSON}",
    "ALLOWED_ONLY_INTRANET_USER": f"the webhook's owner is no employee: {_PERSON}",
    "PAYMENT_REQUIRED": "the portal's plan does not include REST or has run out: renew it, then start again",
    "PORTAL_DELETED": "the portal does not exist any more: check CASELINE_BITRIX24_URL",
    "OVERLOAD_LIMIT": "the portal has blocked REST because of overload: ask Bitrix24 support, then start again",
    "ERROR_METHOD_NOT_FOUND": "the portal does not know this method: update the portal, or check the webhook's scopes",
    "ERROR_MANIFEST_IS_NOT_AVAILABLE": "the portal does not offer this method: check the webhook's scopes",
}
"""Codes that end a run, and what somebody has to do then."""

BY_STATUS: Final = {
    401: _WEBHOOK,
    402: REMEDIES["PAYMENT_REQUIRED"],
    403: REMEDIES["ACCESS_DENIED"],
    404: "there is no REST at this address: check CASELINE_BITRIX24_URL",
    410: REMEDIES["PORTAL_DELETED"],
}
"""What ends a run when the answer names no code that says more."""

HTTPS: Final = "the portal answers to https:// only: correct CASELINE_BITRIX24_URL"
