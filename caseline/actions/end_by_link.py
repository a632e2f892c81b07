"""What an outsider sees and does by the link in a letter: one assignment, which ends once."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import assign, wiring
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Deed, Refused
from caseline.crm.timeline import Assignment, AssignmentState, NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.outbox import keys
from caseline.outbox.minting import LinkMint

LONGEST_REMARK: Final = 4_000
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Sight:
    """An assignment as whoever has its link may see it."""

    assignment: Assignment
    zone: str
    """In which its times are shown: as in the letter."""
    ended_now: bool = False
    too_long: bool = False
    """It was not ended, because the remark is longer than one may be."""

    @property
    def open(self) -> bool:
        """Whether it waits to be done."""
        return self.assignment.state is AssignmentState.OPEN


def offered(house: House) -> None:
    """Raise `NotOffered` where the system of record has no assignments of ours."""
    wiring.own_intake(house, "ending assignments by links")


def see(house: House, link: str) -> Sight | None:
    """The assignment of a link; None for what is no link of ours. Changes nothing: mail scanners open every link."""
    with house.engine.connect().execution_options(postgresql_readonly=True) as connection:
        return _sight(house, connection, link)


def finish(house: House, link: str, remark: str, *, now: datetime) -> Sight | None:
    """End the assignment of a link, its remark becoming a message of it; None for what is no link of ours.

    Of several at once one ends it. Who comes too late gets the assignment as it is, and nothing of theirs is kept; so
    does whoever writes more than a remark may hold.
    """
    text = _UNSEEN.sub("", remark.replace("\r\n", "\n")).strip()
    for _ in range(_TRIES):
        try:
            with house.engine.begin() as connection:
                # Held, so that a reply which ends it at this moment waits, or was first.
                found = _sight(house, connection, link, hold=True)
                if found is None or not found.open:
                    return found
                if len(text) > LONGEST_REMARK:
                    return replace(found, too_long=True)
                return _end(house, connection, found, text, now)
        except Refused:
            continue  # a reply, another press or a reminder has changed it at this moment
    return see(house, link)


def _sight(house: House, connection: sa.Connection, link: str, *, hold: bool = False) -> Sight | None:
    secrets = keys.known(connection)
    mint = LinkMint(secrets) if secrets else None
    number = mint.read(link) if mint else None
    if mint is None or number is None:
        return None
    one = connect.timelines(house.settings.crm).assignment(connection, number, hold=hold)
    if one is None or not one.external or not mint.fits(link, one.address or ""):
        return None
    return Sight(one, wiring.intake(house).clocks.zone(connection, None))


def _end(house: House, connection: sa.Connection, found: Sight, text: str, now: datetime) -> Sight:
    timelines, one = connect.timelines(house.settings.crm), found.assignment
    data = {}
    if text:
        new = NewMessage(
            record_id=one.record_id,
            kind=MessageKind.COMMENT,
            sent_at=now,
            text=text,
            sender=f"{one.contact} <{one.address}>" if one.address else one.contact,
            public=False,
            assignment_id=one.id,
        )
        data["message"] = timelines.append(connection, new, Deed(at=now))
    deed = Deed(at=now, data=data)
    done = assign.ended(connection, timelines, one, AssignmentState.DONE, deed, how="link")
    return Sight(done, found.zone, ended_now=True)
