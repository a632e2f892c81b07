"""Passwords: which are good enough, how they are kept, whether one is right (Argon2id)."""

import re
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST: Final = 10
LONGEST: Final = 200

_HASHER: Final = PasswordHasher()
_FIRST_GUESSES: Final = frozenset(
    {"password", "passw0rd", "qwertyuiop", "qwerty", "letmein", "welcome", "iloveyou", "administrator", "admin"}
    | {"пароль", "йцукен", "йцукенгшщз", "администратор", "qazwsxedc", "abcdefghij", "caseline"}
)
"""What is tried first, with digits and marks at the ends taken off."""
_ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Weak(Exception):
    """A password that is no good; `code` names the rule, for a page to say it in words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(password: str, name: str) -> None:
    """Raise `Weak` when a password would be guessed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Weak("length", f"the password has {len(password)} characters: give one of {SHORTEST} to {LONGEST}")
    if _ENDS.sub("", password.casefold()) in _FIRST_GUESSES or len(set(password)) < SHORTEST // 2:
        raise Weak("guessed", "the password is among the first that are guessed: take several words, or a sentence")
    if name and name.casefold() in password.casefold():
        raise Weak("name", "the password holds the name of the login: take another one")


def hashed(password: str) -> str:
    """What is kept of a password: Argon2id with its parameters and salt; about 50 ms and 64 MB."""
    return _HASHER.hash(password)


def right(password: str, kept: str) -> bool:
    """Whether a password is the one of which `kept` was kept."""
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether what is kept was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(kept)


NOBODYS: Final = hashed("nobody has this one")
"""Compared with where a login does not exist, so that the answer takes as long."""
