"""Fetches mail: what the folders of all mailboxes have and the register has not.

May be killed at any point and run by several at once. The cursor is the table of arrivals itself: each time all that a
folder has is compared with it. A raw mail, where it lay and that it waits are written in one transaction; servers are
told afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions.fetch_mailbox import Turn, Watch, unwatched
from caseline.actions.wiring import House, Post
from caseline.mail import trouble_store
from caseline.mail.imap_idle import wait_for_mail
from caseline.mail.trouble_store import Spot, Trouble

Clock = Callable[[], datetime]
_COUNTED: Final = ("fetched", "again", "large", "gone", "told")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a round over the mailboxes came to."""

    at: datetime
    mailboxes: int = 0
    fetched: int = 0
    """Mails that are new."""
    again: int = 0
    """Mails whose bytes had arrived elsewhere, or before the server counted anew."""
    known: int = 0
    """Mails that lay there before."""
    large: int = 0
    """Of the new ones those of which only the head will be read."""
    gone: int = 0
    """Mails that were deleted or moved while they were to be fetched."""
    told: int = 0
    """Mails that were marked or moved on their server."""
    waiting: int = 0
    """Mails for the next round."""
    opened: tuple[str, ...] = ()
    """Mailboxes that could be opened."""
    paused: tuple[Trouble, ...] = ()
    """What was not tried, because it did not work the last time."""
    troubles: tuple[Trouble, ...] = ()
    """What did not work this time."""

    def then(self, more: "Fetched") -> "Fetched":
        """The sum of this round and the next one."""
        sums = {name: getattr(self, name) + getattr(more, name) for name in _COUNTED}
        troubles = {(one.mailbox, one.folder, one.uid): one for one in (*self.troubles, *more.troubles)}
        return Fetched(
            at=self.at,
            mailboxes=self.mailboxes,
            known=self.known,
            waiting=more.waiting,
            opened=more.opened,
            paused=self.paused,
            troubles=tuple(troubles.values()),
            **sums,
        )

    @property
    def came(self) -> int:
        """Mails that have moved the work on."""
        return self.fetched + self.again + self.gone


def fetch(house: House, post: Post, *, clock: Clock, now_too: bool = False, watch: Watch = unwatched) -> Fetched:
    """Fetch from each mailbox in turn, a limited number of mails. `now_too`: also what pauses after a trouble.

    Troubles with servers are noted and told, and raise nothing; faults of the database do.
    """
    at = clock()
    turns, paused = [], []
    with house.engine.connect() as connection:
        known = _known_troubles(connection, post)
        for mailbox in post.mailboxes:
            mine = [one for one in known if one.mailbox == mailbox.name]
            pausing = [] if now_too else [one for one in mine if one.not_before > at]
            paused += pausing
            aside = {one.spot for one in pausing}
            if Spot(mailbox.name) not in aside:
                turn = Turn(connection, post, mailbox, clock, watch, aside=aside, noted={one.spot for one in mine})
                turn.take()
                turns.append(turn)
    sums = {name: sum(getattr(turn, name) for turn in turns) for name in (*_COUNTED, "known", "waiting")}
    return Fetched(
        at=at,
        mailboxes=len(post.mailboxes),
        opened=tuple(turn.mailbox.name for turn in turns if turn.opened),
        paused=tuple(paused),
        troubles=tuple(trouble for turn in turns for trouble in turn.troubles),
        **sums,
    )


def _known_troubles(connection: sa.Connection, post: Post) -> list[Trouble]:
    """What did not work the last time; what is fetched from no more is forgotten."""
    folders = {mailbox.name: {"", *mailbox.folders} for mailbox in post.mailboxes}
    kept = []
    with connection.begin():
        for trouble in trouble_store.all_of(connection):
            if trouble.folder in folders.get(trouble.mailbox, ()):
                kept.append(trouble)
            else:
                trouble_store.clear(connection, trouble.spot)
    return kept


def fetch_all(house: House, post: Post, *, clock: Clock, now_too: bool = False, watch: Watch = unwatched) -> Fetched:
    """Fetch round after round, until nothing waits or nothing more comes; answers the sum."""
    done = more = fetch(house, post, clock=clock, now_too=now_too, watch=watch)
    while more.waiting and more.came:
        more = fetch(house, post, clock=clock, watch=watch)
        done = done.then(more)
    return done


def wait(post: Post, last: Fetched, seconds: float) -> bool:
    """Wait by IDLE, where servers offer it, until one tells of something; mailboxes in trouble are left alone."""
    in_trouble = {one.mailbox for one in (*last.paused, *last.troubles)}
    ready = [box for box in post.mailboxes if box.name in last.opened and box.name not in in_trouble]
    return wait_for_mail(ready, seconds, ca=post.ca)
