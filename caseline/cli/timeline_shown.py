"""Shows the timeline of a request on the screen or as JSON: letters, comments, assignments."""

from typing import TYPE_CHECKING, Any, Final

from caseline.actions.counted import counted
from caseline.cli import screen, time_shown
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.show_request import Sight
    from caseline.crm.timeline import Assignment, Attached, Message
    from caseline.outbox.care import Standing

_SIGNS: Final = {"mail_in": "<-", "mail_out": "->", "comment": "##"}
_LEFT: Final = "sent"
_MOST_LINES: Final = 8
_LINKS: Final = {
    "maybe": "may belong to",
    "follows": "goes on where that was closed:",
    "split": "was split off",
    "also": "is named together with",
}


def timeline(found: "Sight", language: str) -> None:
    """What was written, the oldest first, with the assignments that some of it belongs to."""
    console = screen.out()
    for one, other, kind in found.links:
        console.print(f"Request {one} {_LINKS[kind]} request {other}")
    for work in found.assignments:
        console.print(assignment(work, found.zone), soft_wrap=True)
    for message in found.timeline:
        console.print()
        head = _head(message, found.zone, language, found.letters.get(message.id))
        console.print(head, style="bold", soft_wrap=True)
        console.print(_body(message), soft_wrap=True)


def assignment(one: "Assignment", zone: str) -> str:
    """An assignment in a line."""
    who = f"{one.contact} <{one.address or 'no address'}>" if one.external else one.assignee
    due = f", due {time_shown.moment(one.due_at, zone)}" if one.due_at else ""
    ended = f" {time_shown.moment(one.ended_at, zone)} by {one.ended_by}" if one.ended_at else ""
    return f"Assignment {one.id}: {one.title} - {who}: {one.state}{ended}{due}"


def as_dict(message: "Message", letter: "Standing | None" = None) -> dict[str, Any]:
    """A message as an object, with what has become of it as a letter; digests of files in hexadecimal digits."""
    made: dict[str, Any] = plain(message)
    made["letter"] = plain(letter)
    made["attachments"] = [
        {
            "name": one.name,
            "content_type": one.content_type,
            "size": one.size,
            "inline": one.inline,
            "sha256": one.sha256.hex() if one.sha256 else None,
        }
        for one in message.attachments
    ]
    return made


def unproven(message: "Message", language: str) -> str:
    """That its sender is not proven; empty when nothing speaks against him."""
    from caseline.mail import verdicts

    return verdicts.not_proven(message.unproven, language) if message.unproven else ""


def _head(message: "Message", zone: str, language: str, letter: "Standing | None" = None) -> str:
    marks = [
        "" if letter is None or letter.state == _LEFT else f"letter {letter.id} {letter.state}",
        f"assignment {message.assignment_id}" if message.assignment_id else "",
        f"automatic: {message.automatic}" if message.automatic else "",
        unproven(message, language) or ("UNVERIFIED SENDER" if message.unverified else ""),
        "imported" if message.imported else "",
        "" if message.public else "internal",
    ]
    who = message.author or message.sender or "?"
    to = f" to {message.recipients}" if message.recipients else ""
    told = ", ".join(mark for mark in marks if mark)
    at = time_shown.moment(message.sent_at, zone)
    subject = f": {message.subject}" if message.subject else ""
    return f"{_SIGNS[message.kind]} {at} [{message.id}] {who}{to}{subject}" + (f"  ({told})" if told else "")


def _body(message: "Message") -> str:
    new = message.new_text if message.new_text is not None else message.text
    lines = [line for line in new.strip().splitlines() if line.strip()] or ["(no text)"]
    shown = lines[:_MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"... {counted(len(lines) - len(shown), 'more line')}")
    if message.new_text is not None:
        shown.append("(quoted text is folded)")
    shown += [
        f"+ {one.name} ({one.content_type}, {one.size:,} bytes){_missing(message, one)}" for one in message.attachments
    ]
    return "\n".join(f"   {line}" for line in shown)


def _missing(message: "Message", one: "Attached") -> str:
    if one.sha256 is not None:
        return ""
    return f": too large to be kept, it lies in the raw mail: `caseline mail raw {message.mail_ref}`"
