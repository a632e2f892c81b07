"""Marks of browsers in which somebody has signed in before: what strangers get wrong elsewhere does not lock them out.

A mark is made of what is kept of the password, which nobody outside has, so it need not be kept anywhere; it is good
for one name, and for nothing once the password is another one. It only says who may try: it stands for no password.
"""

import hashlib
import hmac
import secrets
from typing import Final

_NONCE_BYTES: Final = 12
_LONGEST: Final = 200


def mark(name: str, kept: str) -> str:
    """A fresh mark for a browser in which a login has signed in; `kept` is the hash of its password."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_proof(name, kept, nonce)}"


def counted(name: str, kept: str, given: str) -> str | None:
    """Under which name failures in the browser of a mark count, which no login can have; None: it is no mark."""
    nonce, _, proof = given[:_LONGEST].partition(".")
    right = _proof(name, kept, nonce)
    return f"{name} {nonce}" if nonce and hmac.compare_digest(proof.encode(errors="replace"), right.encode()) else None


def _proof(name: str, kept: str, nonce: str) -> str:
    key = hashlib.sha256(f"known browser {kept}".encode()).digest()
    return hmac.new(key, f"{name} {nonce}".encode(errors="replace"), hashlib.sha256).hexdigest()
