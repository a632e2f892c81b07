"""SQL of dialogues: begun for an ask in a chat, one at a time, and changed by each reply that counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from caseline.crm import tables as crm_tables
from caseline.crm.vocabulary import REQUEST
from caseline.feedback.chat_words import Script
from caseline.feedback.dialogue import Dialogue, Stage
from caseline.feedback.dialogue_tables import dialogue as _dialogue
from caseline.feedback.forms import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A dialogue as it is kept."""

    id: int
    ask_id: int
    chat_id: int
    language: str
    script: Mapping[str, Any]
    tags: Mapping[str, str]
    stage: Stage
    step: int
    turn: int
    since: int
    retried: bool
    opened: bool
    answers: Mapping[str, int]
    begun_at: datetime
    changed_at: datetime

    def asking(self, questions: tuple[Question, ...]) -> Dialogue:
        """The same for the rules."""
        return Dialogue(
            questions=questions,
            stage=self.stage,
            step=self.step,
            turn=self.turn,
            since=self.since,
            retried=self.retried,
            opened=self.opened,
            answers=self.answers,
        )


_COLUMNS = [_dialogue.c[name] for name in Kept.__dataclass_fields__]


def begin(
    connection: sa.Connection,
    dialogue: Dialogue,
    script: Script,
    *,
    of: tuple[int, int],
    told: tuple[str, Mapping[str, str]],
    now: datetime,
) -> int | None:
    """Keep a new dialogue `of` an ask in a chat, `told` in a language with values of tags.

    The dialogue that the ask has had before is begun once more. None where another one runs in that chat, or this one
    does already.
    """
    if running(connection, of[1]) is not None:
        return None
    values = {
        "ask_id": of[0],
        "chat_id": of[1],
        "language": told[0],
        "script": script.as_json(),
        "tags": dict(told[1]),
        "begun_at": now,
        **_values(dialogue, now),
    }
    put = insert(_dialogue).values(values)
    over = _dialogue.c.stage != Stage.ASKING.value
    put = put.on_conflict_do_update(index_elements=["ask_id"], set_=values, where=over)
    return connection.execute(put.returning(_dialogue.c.id)).scalar_one_or_none()


def running(connection: sa.Connection, chat_id: int) -> Kept | None:
    """The dialogue that asks in a chat; hold the chat, so that it stays."""
    return _one(connection, _dialogue.c.chat_id == chat_id, _dialogue.c.stage == Stage.ASKING.value)


def latest(connection: sa.Connection, chat_id: int) -> Kept | None:
    """The last dialogue of a chat."""
    return _one(connection, _dialogue.c.chat_id == chat_id)


def one(connection: sa.Connection, dialogue_id: int) -> Kept | None:
    """The dialogue of that id."""
    return _one(connection, _dialogue.c.id == dialogue_id)


def of_ask(connection: sa.Connection, ask_id: int) -> Kept | None:
    """The dialogue of an ask."""
    return _one(connection, _dialogue.c.ask_id == ask_id)


def every(connection: sa.Connection, most: int) -> list[Kept]:
    """Dialogues, those that changed last first."""
    query = sa.select(*_COLUMNS).order_by(_dialogue.c.changed_at.desc(), _dialogue.c.id.desc()).limit(most)
    return [_read(row) for row in connection.execute(query).mappings()]


def change(connection: sa.Connection, dialogue_id: int, dialogue: Dialogue, *, now: datetime) -> None:
    """Keep what a reply has made of a dialogue."""
    changed = sa.update(_dialogue).where(_dialogue.c.id == dialogue_id)
    connection.execute(changed.values(_values(dialogue, now)))


def end(connection: sa.Connection, dialogue_id: int, stage: Stage, *, now: datetime) -> bool:
    """End a dialogue that asks; False where it has ended already."""
    asking = (_dialogue.c.id == dialogue_id, _dialogue.c.stage == Stage.ASKING.value)
    ended = sa.update(_dialogue).where(*asking).values(stage=stage.value, changed_at=now)
    return bool(connection.execute(ended).rowcount)


def open_requests(connection: sa.Connection, contact_id: int, *, most: int) -> list[int]:
    """Open requests of a contact, the newest first."""
    record = crm_tables.record
    own = (record.c.contact_id == contact_id, record.c.kind == REQUEST, record.c.closed_at.is_(None))
    return list(
        connection.execute(sa.select(record.c.id).where(*own).order_by(record.c.id.desc()).limit(most)).scalars()
    )


def _values(dialogue: Dialogue, now: datetime) -> dict[str, Any]:
    return {
        "stage": dialogue.stage.value,
        "step": dialogue.step,
        "turn": dialogue.turn,
        "since": dialogue.since,
        "retried": dialogue.retried,
        "opened": dialogue.opened,
        "answers": dict(dialogue.answers),
        "changed_at": now,
    }


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Kept | None:
    query = sa.select(*_COLUMNS).where(*conditions).order_by(_dialogue.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _read(row)


def _read(row: sa.RowMapping) -> Kept:
    return Kept(**{**row, "stage": Stage(row["stage"])})
