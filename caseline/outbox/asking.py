"""Checks a letter that is asked for, so that whatever is kept can be sent."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from caseline.outbox import addresses, head
from caseline.outbox.faults import ImportedIsQuiet, OutboxFault
from caseline.outbox.inlining import inlined
from caseline.outbox.letters import Address, Attachment, Nature, NewLetter

MOST_RECIPIENTS: Final = 50
MOST_BYTES: Final = 25_000_000
"""Attachments of a letter; servers as a rule take a third less than they say, for base64 makes them longer."""
LONGEST_SUBJECT: Final = 500
LONGEST_TEXT: Final = 1_000_000
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_ANY: Final = "application/octet-stream"
_LONGEST_NAME: Final = 100
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def checked(new: NewLetter) -> NewLetter:
    """The letter in the form in which it is kept; raises `OutboxFault` for what can never be sent."""
    to, cc = _known_once(new.to, new.cc)
    _refuse(new, len(to), len(cc))
    return replace(
        new,
        to=to,
        cc=cc,
        subject=head.clean(new.subject)[:LONGEST_SUBJECT],
        text=_storable(new.text),
        html=None if new.html is None else inlined(_storable(new.html)),
        sender_name=head.clean(new.sender_name),
        attachments=tuple(map(_file, new.attachments)),
        secret_links=tuple(one for one in new.secret_links if one),
    )


def _refuse(new: NewLetter, to: int, cc: int) -> None:
    request = new.thread.record_id or "—"
    if new.imported:
        raise ImportedIsQuiet(
            "letter of request %(request)s: its event is imported, and importing writes to nobody: do not ask for it",
            request=request,
        )
    if not to:
        raise OutboxFault("letter of request %(request)s: it goes to nobody: give an address", request=request)
    if to + cc > MOST_RECIPIENTS:
        raise OutboxFault(
            "letter of request %(request)s: it has more than %(most)s recipients: write several letters",
            request=request,
            most=MOST_RECIPIENTS,
        )
    if new.nature is not Nature.PERSONAL and new.occasion is None:
        raise OutboxFault(
            "letter of request %(request)s: nobody wrote it, so it needs an occasion: else it would be written twice",
            request=request,
        )
    if len(new.text) > LONGEST_TEXT or len(new.html or "") > LONGEST_TEXT:
        raise OutboxFault(
            "letter of request %(request)s: longer than %(most)s characters: send the text as a file",
            request=request,
            most=f"{LONGEST_TEXT:,}",
        )
    if sum(len(one.content) for one in new.attachments) > MOST_BYTES:
        raise OutboxFault(
            "letter of request %(request)s: attachments of more than %(most)s bytes: leave some out, or send links",
            request=request,
            most=f"{MOST_BYTES:,}",
        )


def _known_once(to: Sequence[Address], cc: Sequence[Address]) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """Nobody gets a letter twice, and who is written to needs no copy."""
    seen: set[str] = set()

    def fresh(found: Sequence[Address]) -> tuple[Address, ...]:
        made = []
        for one in found:
            address = addresses.checked(one.address)
            if addresses.folded(address) not in seen:
                seen.add(addresses.folded(address))
                made.append(Address(address, head.clean(one.name)[:200]))
        return tuple(made)

    return fresh(to), fresh(cc)


def _file(one: Attachment) -> Attachment:
    stem, dot, ending = _NOT_IN_NAMES.sub("_", head.clean(one.name)).strip(". ").rpartition(".")
    tail = dot + ending if len(ending) <= 10 else ""  # noqa: PLR2004 - what is longer is no ending
    whole = stem if tail else stem + dot + ending
    kind = one.content_type.lower().partition(";")[0].strip()
    # A message inside a message must not be encoded, and ours are: it goes as a file like any other.
    fit = _TYPE.fullmatch(kind) and not kind.startswith(("message/", "multipart/"))
    name = (whole[: _LONGEST_NAME - len(tail)] + tail) or "file"
    return Attachment(name, kind if fit else _ANY, one.content, one.cid)


def _storable(text: str) -> str:
    """Without what PostgreSQL does not keep."""
    return text.replace("\0", "").encode(errors="replace").decode()
