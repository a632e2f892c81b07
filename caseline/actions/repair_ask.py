"""What somebody at the desk does about an ask that is stuck: try or send again, cancel, let its link last."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import campaign_ground, editing, show_asks, take_back
from caseline.actions.editing import Editor
from caseline.actions.wiring import House
from caseline.crm.refusals import Overtaken, Told
from caseline.feedback import asks, books, question_book, schedule
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import AddressRule, Campaign, Channel
from caseline.feedback.states import OPEN, State, may
from caseline.outbox import care
from caseline.outbox.addresses import checked
from caseline.outbox.faults import OutboxFault
from caseline.people.access import Viewer

SENT_AGAIN: Final = "sent again by hand"
BY_HAND: Final = "by hand"
LONGER: Final = timedelta(days=14)
"""For which a link is let last longer."""


class Repair(StrEnum):
    """What is done."""

    RETRY = "retry"
    """One that was skipped, or whose letter did not arrive, is made ready once more."""
    RESEND = "resend"
    """A new letter with a link of its own; the links of earlier ones go on working."""
    CANCEL = "cancel"
    EXTEND = "extend"
    """Its link lasts longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to be done about an ask, as it stood when he looked."""

    repair: Repair
    state: str
    state_at: str
    """As `stood` says it."""
    address: str = ""
    """Where the letter goes from now on; empty: where it went."""


def stood(ask: Ask) -> str:
    """When an ask took its last step, exactly, for `Wish.state_at`."""
    return ask.state_at.isoformat()


def offered(ask: Ask) -> tuple[Repair, ...]:
    """What can be done about an ask as it stands."""
    found = []
    if may(ask.state, State.DRAFT):
        found.append(Repair.RETRY)
    if ask.state in {State.SENT, State.VISITED} and ask.channel != Channel.WEB:
        found.append(Repair.RESEND)
    if ask.state in OPEN and ask.expires_at is not None:
        found.append(Repair.EXTEND)
    if may(ask.state, State.CANCELLED):
        found.append(Repair.CANCEL)
    return tuple(found)


def repair(house: House, viewer: Viewer, ask_id: int, wish: Wish, editor: Editor) -> None:
    """Do it, and write it into the audit log. Raises `Absent`, `Overtaken`, `Told`, and `OutboxFault`."""
    with house.engine.begin() as connection:
        ask = show_asks.seen(house, connection, viewer, ask_id, hold=True)
        if (wish.state, wish.state_at) != (ask.state.value, stood(ask)):
            raise Overtaken("ask %(ask)s: it has moved meanwhile: look at it again", ask=ask_id)
        if wish.repair not in offered(ask):
            raise Told("ask %(ask)s: this cannot be done about it as it stands: look at it again", ask=ask_id)
        kept = books.campaign(connection, ask.campaign_id)
        assert kept is not None  # noqa: S101 - the database keeps to it
        _DEEDS[wish.repair](_Work(house, connection, ask, kept.campaign, editor, wish))
        after = asks.one(connection, ask_id)
        assert after is not None  # noqa: S101 - it is held
        editing.note(connection, editor, "ask.changed", str(ask_id), _plain(ask), _plain(after))


@dataclass(frozen=True, slots=True)
class _Work:
    house: House
    connection: sa.Connection
    ask: Ask
    campaign: Campaign
    editor: Editor
    wish: Wish

    def step(self, ask: Ask, then: State, changes: Mapping[str, Any] | None = None) -> Ask:
        """Take a step of an ask that is held."""
        by = self.editor.login or ""
        asks.move(self.connection, ask, then, by=by, now=self.editor.at, changes=changes)
        found = asks.one(self.connection, ask.id)
        assert found is not None  # noqa: S101 - it is held
        return found


def _retry(work: _Work) -> None:
    _ready(work, work.ask)


def _resend(work: _Work) -> None:
    _ready(work, work.step(work.ask, State.FAILED, {"reason": SENT_AGAIN, "remind_at": None}))


def _ready(work: _Work, ask: Ask) -> None:
    """Make it ready once more: its letter is written anew, in the hours of the campaign."""
    address = _address(work) or ask.address
    zone, works = campaign_ground.hours_of(work.house, work.connection, ask.contact_id)
    plan = replace(work.campaign.schedule, delay=timedelta())
    due = schedule.send_at(plan, work.editor.at, zone, works)
    changes = {"reason": None, "letter_id": None, "due_at": due, "address": address}
    take_back.hush(work.connection, ask.id, SENT_AGAIN, now=work.editor.at)
    work.step(ask, State.DRAFT, changes)
    if work.campaign.address is not AddressRule.MANAGER or address:
        asks.forward(work.connection, [ask.id], now=work.editor.at)
        return
    question_book.drop(work.connection, ask.id)  # whoever chooses is asked anew, with all the time for it
    asks.await_addresses(work.connection, [ask.id], now=work.editor.at)


def _address(work: _Work) -> str | None:
    typed = work.wish.address.strip()
    if not typed:
        return None
    if work.ask.channel == Channel.CHAT:
        return typed
    return checked(typed)


def _cancel(work: _Work) -> None:
    if work.ask.letter_id is not None and work.ask.state is State.QUEUED:
        try:
            care.cancel(work.connection, work.ask.letter_id, now=work.editor.at)
        except OutboxFault as error:
            raise Told(
                "ask %(ask)s: its letter is leaving at this moment: cancel it in a minute", ask=work.ask.id
            ) from error
    work.step(work.ask, State.CANCELLED, {"reason": BY_HAND, "remind_at": None})
    take_back.hush(work.connection, work.ask.id, BY_HAND, now=work.editor.at)


def _extend(work: _Work) -> None:
    assert work.ask.expires_at is not None  # noqa: S101 - it is offered then only
    asks.extend(work.connection, work.ask.id, max(work.ask.expires_at, work.editor.at) + LONGER)


_DEEDS: Final[Mapping[Repair, Callable[[_Work], None]]] = {
    Repair.RETRY: _retry,
    Repair.RESEND: _resend,
    Repair.CANCEL: _cancel,
    Repair.EXTEND: _extend,
}


def _plain(ask: Ask) -> dict[str, Any]:
    ends: datetime | None = ask.expires_at
    return {
        "state": ask.state.value,
        "reason": ask.reason,
        "address": ask.address,
        "expires_at": ends.isoformat() if ends else None,
    }
