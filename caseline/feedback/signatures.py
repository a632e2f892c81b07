"""Signatures of sites under their calls: over method, path, time and body, so that no part can be changed or kept."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

WITHIN: Final = timedelta(minutes=5)
"""So far the clock of a site may be from ours."""
KEY_BYTES: Final = 32
_TIME: Final = re.compile(r"[0-9]{1,12}")
_NOBODYS: Final = secrets.token_bytes(KEY_BYTES)
"""With what a call of an unknown site is checked, so that it takes as long as that of a known one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A call as it came."""

    method: str
    path: str
    """Below the public address, as it was sent."""
    time: str
    """Seconds since 1970, in digits."""
    body: bytes
    signature: str
    """In hexadecimal digits."""


def sign(key: bytes, method: str, path: str, time: str, body: bytes) -> str:
    """The signature of a call."""
    said = "\n".join(("caseline 1", method.upper(), path, time, sha256(body).hexdigest()))
    return hmac.new(key, said.encode(), sha256).hexdigest()


def fits(key: bytes | None, call: Signed, now: datetime) -> bool:
    """Whether a call was signed with this key just now; `key` is None for a site that there is not."""
    made = sign(key or _NOBODYS, call.method, call.path, call.time, call.body)
    right = hmac.compare_digest(made.encode(), call.signature.encode())
    fresh = _TIME.fullmatch(call.time) is not None and abs(now.timestamp() - int(call.time)) <= WITHIN.total_seconds()
    return right and fresh and key is not None
