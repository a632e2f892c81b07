"""Reads the ids by which mails name one another: Message-ID, In-Reply-To, References, Thread-Index."""

import binascii
import re
from typing import Final

from caseline.mail import encoded_words
from caseline.mail.headers import Headers

LONGEST: Final = 998
"""Bytes: the longest line that RFC 5322 §2.1.1 allows."""
_FIRST, _LAST = 20, 180
_IN_BRACKETS: Final = re.compile(r"<([^<>]*)>")
_BETWEEN: Final = re.compile(r"[\s<>,;\"()]+")
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_LETTER: Final = re.compile(r"[^\W_]")
_SHORTEST_BARE: Final = 8
"""An id without @ must have so many characters to be worth a comparison with others."""
_ROOT: Final = 22
"""Bytes of a Thread-Index that are the conversation's: one reserved, five of time, sixteen of a GUID."""


def message_id(headers: Headers) -> str | None:
    """The mail's own id without brackets; None when it is missing or nonsense."""
    found = ids(headers.values("message-id"))
    return found[0] if found else None


def ids(values: list[str]) -> tuple[str, ...]:
    """The ids in header values, each once, in order; of more than 200 the first 20 and the last 180.

    Every `<...>` is one, else every word with an @. Blanks inside are left out: they are those of folded lines
    (cpython#134812). Letters keep their case.
    """
    found = dict.fromkeys(each for value in values for each in _in(value) if _means_something(each))
    kept = list(found)
    return tuple(kept if len(kept) <= _FIRST + _LAST else kept[:_FIRST] + kept[-_LAST:])


def thread_index(headers: Headers) -> bytes | None:
    """Outlook's Thread-Index, when it is long enough to name a conversation."""
    value = _BLANK.sub("", headers.value("thread-index"))
    if not value or len(value) > LONGEST:
        return None
    try:
        found = binascii.a2b_base64(value.encode("latin-1", "replace") + b"===")
    except ValueError:
        return None
    return found if len(found) >= _ROOT and any(found[:_ROOT]) else None


def _in(value: str) -> list[str]:
    value = encoded_words.plain(value)
    bracketed = [_BLANK.sub("", each) for each in _IN_BRACKETS.findall(value)]
    if any(bracketed):
        return bracketed
    return [_BLANK.sub("", word) for word in _BETWEEN.split(value) if "@" in word.strip("@")]


def _means_something(found: str) -> bool:
    if len(found.encode(errors="replace")) > LONGEST or not _LETTER.search(found):
        return False
    return "@" in found or len(found) >= _SHORTEST_BARE
