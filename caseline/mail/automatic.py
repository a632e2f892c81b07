"""Tells mails that no person wrote: they are never answered and never get a category."""

import re
from enum import StrEnum
from typing import Final

from caseline.mail.addresses import Address
from caseline.mail.headers import Headers

OWN_HEADER: Final = "x-caseline"
"""What letters of this program carry. Whether one is of this house only its mint can tell."""


class Reason(StrEnum):
    """Why a mail is automatic; the first that fits, in this order."""

    RECEIPT = "receipt"
    """A notice that a letter was shown or deleted."""
    BOUNCE = "bounce"
    """A report of delivery, failed, late or done."""
    LOOP = "loop"
    """Marked with X-Loop and no report; or one of our own letters that came back, whatever else it is."""
    OUT_OF_OFFICE = "out-of-office"
    AUTO_SUBMITTED = "auto-submitted"
    LIST = "list"
    BULK = "bulk"
    MACHINE = "machine"
    """Marked by its sender's program as an answer or a notice of a machine."""
    NO_SENDER = "no-sender"
    """An empty Return-Path: nobody wants an answer."""
    NO_REPLY = "no-reply"
    """The sender's address says so."""


_AWAY_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-mail-autoreply", "x-autoreply-from", "x-auto-reply-from")
_MACHINE_HEADERS: Final = ("x-fc-machinegenerated", "x-auto-generated")
_SUPPRESSED: Final = re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE)
_AWAY_SUBJECT: Final = re.compile(
    r"(?:автоответ(?:чик)?|автоматический ответ|automatic reply|auto(?:matic)?[- ]?(?:reply|response)"
    r"|out of (?:the )?office(?: auto-?reply)?|вне офиса|отсутств[а-яё]+ на рабочем месте|нет на рабочем месте"
    r"|(?:я )?в отпуске|on (?:vacation|leave))\b(?P<colon>\s*:)?",
    re.IGNORECASE,
)
_NO_REPLY: Final = re.compile(
    r"(?:do[-_.]?)?not?[-_.]?reply|donotreply|bounces?(?:[+=-].*)?|auto[-_.]?reply", re.IGNORECASE
)
_DAEMON: Final = re.compile(r"\b(?:mailer-daemon|postmaster)\b", re.IGNORECASE)
_EMPTY: Final = re.compile(r"\s*<\s*>\s*")


def reason(headers: Headers, senders: tuple[Address, ...], *, report: str, subject: str) -> Reason | None:
    """Why a mail is automatic, or None; `report` is the kind of its multipart/report, else empty.

    Rules: RFC 3834 (Auto-Submitted), RFC 3464 and 8098 (reports), RFC 2919 (List-Id), and the headers of mailers.
    """
    if report == "disposition-notification":
        return Reason.RECEIPT
    if report or is_from_daemon(headers, senders):
        # Before X-Loop: some servers put it into their reports, and what did not arrive must not go unseen.
        return Reason.BOUNCE
    if "x-loop" in headers:
        return Reason.LOOP
    return _by_markers(headers, subject) or _by_sender(headers, senders)


def own_loop(headers: Headers) -> str | None:
    """By what a letter of this program is marked; None for any other mail."""
    return headers.value(OWN_HEADER) if OWN_HEADER in headers else None


def is_from_daemon(headers: Headers, senders: tuple[Address, ...]) -> bool:
    """Whether a mail server wrote it."""
    local_parts = [sender.address.rpartition("@")[0] for sender in senders] or [headers.value("from")]
    return any(_DAEMON.search(each) for each in local_parts) or "x-failed-recipients" in headers


def _by_markers(headers: Headers, subject: str) -> Reason | None:
    submitted = headers.word("auto-submitted") not in ("", "no")
    precedence = headers.word("precedence")
    if _is_away(headers, subject):
        return Reason.OUT_OF_OFFICE
    if submitted:
        return Reason.AUTO_SUBMITTED
    if "list-id" in headers or precedence == "list":
        return Reason.LIST
    if precedence in ("bulk", "junk"):
        return Reason.BULK
    if _is_suppressed(headers) or any(_means_yes(headers, name) for name in _MACHINE_HEADERS):
        return Reason.MACHINE
    return None


def _is_away(headers: Headers, subject: str) -> bool:
    """Whether a mailer answers for somebody.

    Headers say so; a subject alone does where it begins with the words that mailers put before another subject.
    """
    if headers.word("auto-submitted") == "auto-replied" or headers.word("precedence") in ("auto_reply", "auto"):
        return True
    if any(_means_yes(headers, name) for name in _AWAY_HEADERS):
        return True
    told = _AWAY_SUBJECT.match(subject)
    if told is None or "list-id" in headers:
        return False
    marked = headers.word("auto-submitted") not in ("", "no") or headers.word("precedence") in ("bulk", "junk")
    return bool(told["colon"]) or marked or _is_suppressed(headers) or has_empty_path(headers)


def _is_suppressed(headers: Headers) -> bool:
    """Whether no program shall answer: [MS-OXCMAIL] lets the header also name receipts alone, which says nothing."""
    return bool(_SUPPRESSED.search(headers.value("x-auto-response-suppress")))


def _by_sender(headers: Headers, senders: tuple[Address, ...]) -> Reason | None:
    if has_empty_path(headers):
        return Reason.NO_SENDER
    if any(is_no_reply(sender) for sender in senders):
        return Reason.NO_REPLY
    return None


def is_no_reply(sender: Address) -> bool:
    """Whether an address says that it takes no answers."""
    return _NO_REPLY.fullmatch(sender.address.rpartition("@")[0]) is not None


def has_empty_path(headers: Headers) -> bool:
    """Whether the mail was sent with the empty envelope sender."""
    return any(_EMPTY.fullmatch(value) for value in headers.values("return-path"))


def _means_yes(headers: Headers, name: str) -> bool:
    return name in headers and headers.word(name) not in ("no", "false", "0")
