"""Somebody wants to be asked no more: by the link in a letter, or by the button that a mail program shows for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import open_ask
from caseline.actions.wiring import House
from caseline.db.fixed import together
from caseline.feedback import ask_links, asks, links, opt_outs
from caseline.feedback.asks import Ask
from caseline.feedback.links import Link
from caseline.feedback.states import State

_OUT: Final = frozenset({State.SENT, State.VISITED, State.ANSWERING})
"""Whoever has answered has answered; he is asked no more all the same."""
_REASON: Final = "wants to be asked no more"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Whom it is about, as far as the page tells."""

    language: str
    done: bool
    """He is asked no more."""


def see(house: House, tail: str) -> Refusal | None:
    """What the page of a link, by its last part, shows; None for what is no link of ours.

    Changes nothing: scanners open every link.
    """
    with house.engine.connect() as connection:
        ask = _of(connection, tail)
        if ask is None:
            return None
        return Refusal(ask.language, opt_outs.holds(connection, address=ask.address, contact_id=ask.contact_id))


def opt_out(house: House, tail: str, *, now: datetime) -> Refusal | None:
    """Ask him no more, by any channel; None for what is no link of ours. Said again it changes nothing."""
    with house.engine.begin() as connection:
        ask = _of(connection, tail)
        if ask is None:
            return None
        opt_outs.add(connection, address=ask.address, contact_id=ask.contact_id, by="client", now=now)
        if ask.state in _OUT:
            asks.move(connection, ask, State.OPTED_OUT, by="client", now=now, changes={"reason": _REASON})
        return Refusal(ask.language, done=True)


def _of(connection: sa.Connection, tail: str) -> Ask | None:
    """The ask of which both parts are: the link names neither form nor service, so those of the ask are taken."""
    shown = links.read("none", "none", tail) or open_ask.NOBODYS
    ask, form = together(connection, asks.shown(shown.id), ask_links.form_code(shown.id))
    link = Link(form, ask.service if ask else "", shown.id, shown.secret)
    found = open_ask.belongs(connection, link)
    return found if found is not None and found.state is not State.DRAFT else None
