"""Prepares the lines of a timeline for its page: who, when, what is new and what is folded, files, marks."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from caseline.crm.timeline import Attached, Line, Message
from caseline.crm.vocabulary import MessageKind
from caseline.mail import quotes, verdicts
from caseline.mail.html_body import Html
from caseline.mail.quotes import Passage
from caseline.outbox.care import Standing
from caseline.outbox.letters import State
from caseline.web.desk import event_words, history_words
from caseline.web.desk.event_words import Names, Said
from caseline.web.language import Texts, later

SAFE_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that a browser shows without running anything."""
_LONGEST_FOLDED: Final = 200_000
"""Characters of a text in which quotes are looked for; what is longer is shown as it is."""
_SHOWN: Final = 6_000
"""Characters of a passage that are shown at once."""
_CID: Final = re.compile(r'(<img\b[^<>]*?\s)src="cid:([^"]*)"', re.IGNORECASE)
LETTER_STATES: Final = {
    State.QUEUED: later("waits to be sent"),
    State.HELD: later("held back"),
    State.SENDING: later("is being sent"),
    State.FAILED: later("could not be sent"),
    State.CANCELLED: later("withdrawn"),
}
"""What is said of a letter that has not arrived at its server."""
WITHDRAWN: Final = frozenset({State.QUEUED, State.HELD, State.FAILED})
"""In these states a letter can still be withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line as the page shows it."""

    anchor: str
    at: datetime
    kind: str
    """Of messages `mail_in`, `mail_out`, `comment`; `event` otherwise."""
    who: str
    said: Said | None = None
    message: Message | None = None
    passages: tuple[Passage, ...] = ()
    files: tuple[Attached, ...] = ()
    marks: tuple[str, ...] = ()
    doubt: str = ""
    """Why its sender is not believed."""
    assignment: str | None = None
    """Title of the assignment that it belongs to."""
    letter: Standing | None = None
    """Where it is a letter that has not left."""


@dataclass(frozen=True, slots=True)
class Around:
    """What lines are told with."""

    messages: Mapping[int, Message]
    letters: Mapping[int, Standing]
    names: Names


def entries(texts: Texts, lines: Sequence[Line], around: Around) -> list[Entry]:
    """Lines in their order; messages that somebody has taken away meanwhile are left out, and repetitions."""
    made = []
    repeated = history_words.repeated(lines)
    for line in lines:
        if (line.origin, line.id) in repeated:
            continue
        if line.origin != "message":
            said = event_words.said(texts, line, around.names)
            who = line.by or str(line.data.get("login") or "")
            made.append(Entry(anchor=f"{line.origin[0]}{line.id}", at=line.at, kind="event", who=who, said=said))
        elif (message := around.messages.get(line.id)) is not None:
            made.append(_message(texts, message, around))
    return made


def _message(texts: Texts, one: Message, around: Around) -> Entry:
    letter = around.letters.get(one.id)
    name = around.names.assignments.get(one.assignment_id, str(one.assignment_id)) if one.assignment_id else None
    return Entry(
        anchor=f"m{one.id}",
        at=one.sent_at,
        kind=one.kind.value,
        who=one.author or one.sender or "",
        message=one,
        passages=_passages(one),
        files=one.attachments,
        marks=tuple(_marks(texts, one)),
        doubt=_doubt(texts, one),
        assignment=name,
        letter=letter if letter is not None and letter.state is not State.SENT else None,
    )


def _passages(one: Message) -> tuple[Passage, ...]:
    text = one.text.strip("\n")
    if len(text) > _LONGEST_FOLDED or one.kind is MessageKind.COMMENT:
        return _cut([Passage(text, folded=False)])
    return _cut([passage for passage in quotes.passages(text) if passage.text.strip()])


def _cut(found: Sequence[Passage]) -> tuple[Passage, ...]:
    """What is very long begins to be seen, and its rest is folded."""
    made: list[Passage] = []
    for one in found:
        if one.folded or len(one.text) <= _SHOWN:
            made.append(one)
        else:
            made += [Passage(one.text[:_SHOWN], folded=False), Passage(one.text[_SHOWN:], folded=True)]
    return tuple(made)


def _marks(texts: Texts, one: Message) -> list[str]:
    marks = []
    if one.kind is MessageKind.COMMENT:
        marks.append(texts.say("for the client, too") if one.public else texts.say("internal"))
    if one.automatic:
        marks.append(texts.say("automatic"))
    if one.imported:
        marks.append(texts.say("imported"))
    return marks


def _doubt(texts: Texts, one: Message) -> str:
    if one.unproven:
        return verdicts.not_proven(one.unproven, texts.language)
    return texts.say("sender not verified") if one.unverified else ""


def picture(one: Attached) -> bool:
    """Whether a page may show a file as a picture."""
    return one.sha256 is not None and one.content_type.lower() in SAFE_PICTURES


def formatted(one: Message) -> Markup:
    """The HTML of a message, safe; pictures of the mail itself come from here, all others are blocked."""
    found = {file.content_id: file for file in one.attachments if file.content_id and picture(file)}

    def own(match: re.Match[str]) -> str:
        file = found.get(html.unescape(match[2]).strip("<>"))
        return f'{match[1]}src="/requests/{one.record_id}/files/{file.id}?inline=1"' if file else match[1].rstrip()

    # What `safe` makes holds quotes in attributes only as entities, so no value can be taken for an attribute here.
    return Markup(_CID.sub(own, Html(one.html or "").safe()))  # noqa: S704 - made safe
