"""One-time codes of an authenticator (RFC 6238: SHA-1, six digits, half a minute), and codes for emergencies."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
AROUND: Final = (-1, 0, 1)
"""A clock may be half a minute wrong, and a code takes time to type."""
ISSUER: Final = "caseline"
EMERGENCIES: Final = 10
_KEY_BYTES: Final = 20
_KEY: Final = re.compile(r"[A-Z2-7]{32}")
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is easily taken for something else."""
_EMERGENCY: Final = 12
_PARTS: Final = 4


def fresh_key() -> str:
    """A new key: 160 random bits, in base 32 as authenticators take it."""
    return base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode()


def usable(key: str) -> bool:
    """Whether a text is a key as we make them."""
    return _KEY.fullmatch(key) is not None


def step(at: datetime) -> int:
    """The half minute of a moment."""
    return int(at.timestamp()) // STEP_S


def code(key: str, number: int, digits: int = DIGITS) -> str:
    """The code of a half minute."""
    digest = hmac.new(base64.b32decode(key), number.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    value = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(value % 10**digits).zfill(digits)


def match(key: str, typed: str, at: datetime, used: int | None) -> int | None:
    """The half minute whose code was typed; None: it is wrong, or was used already."""
    given = "".join(typed.split())
    found = None
    for number in (step(at) + around for around in AROUND):
        fits = hmac.compare_digest(code(key, number).encode(), given.encode())
        if fits and number > (-1 if used is None else used):
            found = number
    return found


def address(key: str, login: str) -> str:
    """What an authenticator reads: the key, with the name that it shows."""
    label = quote(f"{ISSUER}:{login}")
    return f"otpauth://totp/{label}?secret={key}&issuer={ISSUER}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"


def spaced(key: str) -> str:
    """The key as somebody types it."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def emergency_codes() -> list[str]:
    """New codes for when the authenticator is lost; about 59 random bits each."""
    return [_emergency() for _ in range(EMERGENCIES)]


def _emergency() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_EMERGENCY))
    return "-".join(text[start : start + _PARTS] for start in range(0, _EMERGENCY, _PARTS))


def digest(emergency: str) -> bytes:
    """What is kept of a code for emergencies: it is random, so one pass of SHA-256 is enough."""
    plain = re.sub(r"[\s-]", "", emergency).lower()
    return hashlib.sha256(plain.encode()).digest()
