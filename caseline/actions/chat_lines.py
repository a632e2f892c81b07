"""Puts what a dialogue says into words and buttons, to be sent."""

from datetime import datetime

import sqlalchemy as sa

from caseline.chat import outgoing
from caseline.chat.gateway import Button, Message
from caseline.chat.outgoing import New
from caseline.feedback import chat_words, dialogue, dialogues
from caseline.feedback.dialogue import Dialogue, Line
from caseline.outbox.tags import Tag


def queue(
    connection: sa.Connection, kept: dialogues.Kept, heard: dialogue.Heard, *, first: bool, now: datetime
) -> None:
    """Keep the lines that a dialogue says."""
    script = chat_words.kept(kept.script)
    values = {Tag(name): value for name, value in kept.tags.items()}
    for number, line in enumerate(heard.lines):
        question = None if line.question is None else heard.dialogue.questions[line.question]
        text = script.said(line, question, kept.language, values)
        message = Message(text, _buttons(kept.id, line, heard.dialogue) if script.pressed(line) else ())
        new = New(
            message=message,
            key=f"dialogue {kept.id} {heard.dialogue.turn} {line.say}",
            dialogue_id=kept.id,
            opening=first and number == 0,
        )
        outgoing.queue(connection, kept.chat_id, new, now=now)


def read_button(code: str) -> tuple[int, int, int] | None:
    """The dialogue, question and value of a button of ours."""
    parts = code.split(":")
    fits = len(parts) == 3 and all(one.isascii() and one.isdigit() and len(one) < 18 for one in parts)  # noqa: PLR2004
    return (int(parts[0]), int(parts[1]), int(parts[2])) if fits else None


def _buttons(number: int, line: Line, dialogue_: Dialogue) -> tuple[Button, ...]:
    assert line.question is not None  # noqa: S101 - only questions have buttons
    values = dialogue_.questions[line.question].values
    return tuple(Button(str(value), f"{number}:{line.question}:{value}") for value in values)
