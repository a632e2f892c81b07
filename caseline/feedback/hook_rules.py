"""How other systems are told: where that may be, how what is sent is signed, and when it is tried again."""

import hashlib
import hmac
import ipaddress
import re
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 1_000
"""Letters of an address."""
_CODE: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_PAUSES: Final = (1, 5, 30, 120)
"""Minutes after which a failure is tried again; afterwards `_LAST_PAUSE`."""
_LAST_PAUSE: Final = 360
MOST_ATTEMPTS: Final = 60
"""About two weeks: then nobody tries any more until somebody says so."""
_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}


class HookUnfit(ValueError):
    """A webhook cannot be used as it is; the message names the part and the remedy."""


def checked(code: str, url: str) -> str:
    """The address as it is kept. Raises `HookUnfit`."""
    if len(code) > 40 or not _CODE.fullmatch(code):  # noqa: PLR2004 - it stands in campaigns
        raise HookUnfit(f"code: {code!r} is none; take small Latin letters, digits, - and _")
    url = url.strip()
    if len(url) > LONGEST or _UNSEEN.search(url):
        raise HookUnfit(f"url: it has blanks or more than {LONGEST} characters; copy it from the other system")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise HookUnfit("url: it is no address; copy it from the other system") from error
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise HookUnfit("url: it names no host, or a user, or a part of a page; write https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise HookUnfit("url: it must begin with https://; http:// goes to this machine alone")
    return url


def near(address: str) -> bool:
    """Whether an IP address lies in a private network, on this machine, or in no network at all."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or found.is_multicast


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`, as the header `X-Caseline-Signature` has it."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def pause(attempts: int) -> timedelta | None:
    """How long to wait after so many failures; None: nobody tries any more."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return timedelta(minutes=_PAUSES[attempts - 1] if attempts <= len(_PAUSES) else _LAST_PAUSE)
