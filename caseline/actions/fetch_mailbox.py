"""Fetches one mailbox: opens it, looks through its folders, stores what is new, then tells the server."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions.wiring import Post
from caseline.files.faults import StoreTrouble
from caseline.files.spool import spooled
from caseline.mail import arrival_store, raw_store, trouble_store
from caseline.mail.arrival_store import Place
from caseline.mail.faults import Gone, NoFolder, Refused, Unreachable, Unreadable
from caseline.mail.imap import Described, Imap, open_mailbox
from caseline.mail.mailboxes import Deed, Mailbox
from caseline.mail.trouble_store import Spot, Trouble

Watch = Callable[[str, str, int], None]
"""Told of each step: its name, the folder, and the UID or how many mails."""

MOST: Final = 500
"""Mails that a mailbox gives before the next has its turn."""
TURN_S: Final = 300.0
"""And for how long; what is left waits for the next turn."""
_LINES: Final = 10
"""Connections that a turn may lose before the mailbox waits for the next one."""
_REFUSED: Final = (timedelta(minutes=5), timedelta(hours=6))
_DOWN: Final = (timedelta(seconds=30), timedelta(minutes=10))
_FOLDER: Final = (timedelta(0), timedelta(0))
"""First and longest pause: servers lock out who knocks too often; asking for a folder costs nobody anything."""


def unwatched(_step: str, _folder: str, _number: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Turn:
    """A mailbox has its turn; the numbers say what it came to, see `caseline.actions.fetch_mail.Fetched`."""

    connection: sa.Connection
    post: Post
    mailbox: Mailbox
    clock: Callable[[], datetime]
    watch: Watch
    aside: set[Spot]
    """What is not tried in this turn."""
    noted: set[Spot]
    """What was in trouble before."""
    fetched: int = 0
    again: int = 0
    known: int = 0
    large: int = 0
    gone: int = 0
    told: int = 0
    waiting: int = 0
    opened: bool = False
    troubles: list[Trouble] = field(default_factory=list)
    _left: int = MOST
    _folder: str = ""
    _uid: int = 0
    """At what the line would be lost now; 0 and nothing: while nothing was asked yet."""
    _ends: float = field(default_factory=lambda: time.monotonic() + TURN_S)

    def take(self) -> None:
        """Fetch the folders; a lost line is opened again, and whatever it was lost at is left to the next turn."""
        for _ in range(_LINES):
            self._folder, self._uid = "", 0
            try:
                self._folders()
            except Refused as fault:
                self._note(Spot(self.mailbox.name), fault, _REFUSED)
                return
            except Unreachable as fault:
                spot = Spot(self.mailbox.name, self._folder, self._uid)
                self._note(spot, fault, _DOWN)
                if not self._folder:
                    return
                self.aside.add(spot)
            else:
                return

    def _folders(self) -> None:
        with open_mailbox(self.mailbox, self.post.ca) as imap:
            self.opened = True
            self._well(Spot(self.mailbox.name))
            for folder in self.mailbox.folders:
                spot = Spot(self.mailbox.name, folder)
                if spot in self.aside:
                    continue
                self._folder, self._uid = folder, 0
                try:
                    self._fetch(imap, folder)
                except NoFolder as fault:
                    self._note(spot, fault, _FOLDER)
                else:
                    self._well(spot)
                self.aside.add(spot)  # done with, should the line be lost in a later one

    def _fetch(self, imap: Imap, folder: str) -> None:
        after = self.post.after
        telling = after.deed is not Deed.KEEP and not (after.deed is Deed.MOVE and after.name == folder)
        selected = imap.select(folder, write=telling)
        self.watch("selected", folder, selected.exists)
        place = Place(self.mailbox.name, folder, selected.uidvalidity)
        there = imap.uids(selected.exists)
        with self.connection.begin():
            new = arrival_store.unknown(self.connection, place, there)
            trouble_store.forget(self.connection, place.mailbox, folder, but=there)
        self.known += len(there) - len(new)
        self.watch("looked", folder, len(new))
        self._fetch_these(imap, place, [uid for uid in new if Spot(place.mailbox, folder, uid) not in self.aside])
        if telling:
            self._tell(imap, place, set(there))

    def _fetch_these(self, imap: Imap, place: Place, wanted: Sequence[int]) -> None:
        now = wanted[: self._left]
        done = len(now)
        for count, mail in enumerate(imap.describe(now), start=1):
            self._uid = mail.uid
            spot = Spot(place.mailbox, place.folder, mail.uid)
            try:
                self._fetch_one(imap, place, mail)
            except Gone:
                self.gone += 1
            except (Unreadable, StoreTrouble) as fault:  # smaller ones may find room yet
                self._note(spot, fault, _DOWN)
            else:
                self._well(spot)
            self._uid = 0
            if time.monotonic() > self._ends:
                done = count
                break
        self._left -= done
        self.waiting += len(wanted) - done

    def _fetch_one(self, imap: Imap, place: Place, mail: Described) -> None:
        with spooled(imap.pieces(mail.uid, mail.size)) as content:
            size = content.size
            self.watch("read", place.folder, mail.uid)
            now = self.clock()
            with self.connection.begin():
                raw_id, new = raw_store.keep(self.connection, content.digest, size, content.pieces(), now=now)
                first = arrival_store.keep(self.connection, place, mail.uid, raw_id, date=mail.internal_date, now=now)
                self.watch("keeping", place.folder, mail.uid)
        self.watch("kept", place.folder, mail.uid)
        self.fetched += new
        self.again += first and not new
        self.large += new and size > self.post.largest

    def _tell(self, imap: Imap, place: Place, there: set[int]) -> None:
        """Mark or move what is stored; that may fail, and is repeated then."""
        with self.connection.begin():
            untold = [uid for uid in arrival_store.untold(self.connection, place) if uid in there]
        if untold:
            imap.tell(untold, self.post.after)
            self.watch("marked", place.folder, len(untold))
            with self.connection.begin():
                arrival_store.told(self.connection, place, untold, now=self.clock())
            self.watch("told", place.folder, len(untold))
            self.told += len(untold)

    def _note(self, spot: Spot, fault: Exception, pauses: tuple[timedelta, timedelta]) -> None:
        first, most = pauses
        with self.connection.begin():
            noted = trouble_store.note(self.connection, spot, str(fault), first=first, most=most, now=self.clock())
        self.noted.add(spot)
        self.troubles.append(noted)

    def _well(self, spot: Spot) -> None:
        if spot in self.noted:
            with self.connection.begin():
                trouble_store.clear(self.connection, spot)
            self.noted.discard(spot)
