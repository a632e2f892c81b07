"""Decides whose mailbox a mail lies in, and adds the lines that a server adds when it delivers."""

from collections.abc import Iterable
from typing import Final

SUPPORT: Final = "support"
OTHERS: Final = "others"
USERS: Final = (SUPPORT, OTHERS)


def user_of(address: str) -> str:
    """The mailbox of a recipient: support@ whatever the domain, with or without +DETAIL; all others share one."""
    local = address.rpartition("@")[0].partition("+")[0]
    return SUPPORT if local.lower() == SUPPORT else OTHERS


def deliveries(recipients: Iterable[str]) -> dict[str, list[str]]:
    """Recipients by mailbox: a mail lies in each mailbox once."""
    found: dict[str, list[str]] = {}
    for recipient in recipients:
        found.setdefault(user_of(recipient), []).append(recipient)
    return found


def delivered(content: bytes, sender: str | None, recipients: Iterable[str]) -> bytes:
    """The mail with the envelope written before its headers, line by line, and CRLF at every end of a line."""
    lines = [f"Return-Path: <{sender or ''}>", *(f"Delivered-To: {recipient}" for recipient in recipients)]
    head = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
    return head + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
