"""Reminds the outsider of one assignment; what cannot be written is said on the assignment and tried again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import write_letter, write_outsider
from caseline.actions.wiring import House
from caseline.crm.cards import Card, Deed
from caseline.crm.timeline import Assignment, NewMessage
from caseline.crm.timeline_port import Timelines
from caseline.crm.vocabulary import MessageKind
from caseline.db import sqlstate
from caseline.outbox.letters import Nature

PUT_OFF: Final = timedelta(hours=1)
"""After which a reminder that could not be written is tried again."""
_LONGEST: Final = 300


def remind(
    house: House, connection: sa.Connection, timelines: Timelines, card: Card, one: Assignment, *, now: datetime
) -> str:
    """Write a reminder that is due, in the caller's transaction; answers why there is none, else nothing.

    Whoever reads that something is to be done by yesterday learns nothing: after its deadline none is written. Raises
    what the database breaks off because of somebody else.
    """
    why = "its request is closed" if card.stage.closed else ""
    if one.due_at is not None and one.due_at < now:
        why = "its deadline has passed"
    elif not why:
        try:
            with connection.begin_nested():
                draft = write_outsider.draft(house, connection, card, one, "assignment_reminder", now=now)
                occasion = f"assignment {one.id} reminder {one.due_at:%Y-%m-%dT%H:%M}"
                draft = replace(draft, nature=Nature.NOTICE, occasion=occasion, ordered=True)
                write_letter.write(house, connection, draft, now=now)
        except Exception as error:
            # The gate of reminders: one that fails keeps none back. But here the assignment is not at fault.
            if sqlstate.broken_off(error):
                raise
            why = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
            _put_off(connection, timelines, one, why, now)
            return why
    event = "assignment_not_reminded" if why else "assignment_reminded"
    deed = Deed(at=now, event=event, data={"why": why} if why else {})
    timelines.write_assignment(connection, one, {"remind_at": None}, deed)
    return why


def _put_off(connection: sa.Connection, timelines: Timelines, one: Assignment, why: str, now: datetime) -> None:
    """Try a reminder again later, and say once on the assignment why there is none."""
    text = f"No reminder was written: {why}"
    if all((said.assignment_id, said.text) != (one.id, text) for said in timelines.messages(connection, one.record_id)):
        new = NewMessage(
            record_id=one.record_id,
            kind=MessageKind.COMMENT,
            sent_at=now,
            text=text,
            public=False,
            assignment_id=one.id,
            automatic=Nature.NOTICE.value,
        )
        timelines.append(connection, new, Deed(at=now))
    later = Deed(at=now, event="assignment_reminder_put_off", data={"why": why})
    timelines.write_assignment(connection, one, {"remind_at": now + PUT_OFF}, later)
