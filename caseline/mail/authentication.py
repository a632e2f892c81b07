"""Reads what our own mail server found out about the sender (Authentication-Results, RFC 8601)."""

import re
from typing import Final

_LONGEST: Final = 8_000
_COMMENT: Final = re.compile(r"\([^()]*\)")
_SERVER: Final = re.compile(r"\s*\"?([^\s;\"]+)")
_DMARC: Final = re.compile(r";\s*dmarc\s*=\s*([a-z]+)", re.IGNORECASE)
_KNOWN: Final = {"pass": True, "bestguesspass": True, "fail": False}  # nosec B105 - words of a verdict


def dmarc(values: tuple[str, ...], authserv_id: str) -> bool | None:
    """Whether DMARC passed or failed; None when our server (`authserv_id`) does not say so.

    Headers of other servers count for nothing: anybody can write them. Our server must remove those that bear its
    name when a mail comes in (RFC 8601 §5); as it writes its own above, the first counts.
    """
    for value in values:
        bare = _COMMENT.sub(" ", _COMMENT.sub(" ", value[:_LONGEST]))
        server = _SERVER.match(bare)
        if server is None or server[1].lower() != authserv_id.lower():
            continue
        found = _DMARC.search(bare)
        if found:
            return _KNOWN.get(found[1].lower())
    return None
