"""Erases the data of one person: first says what would go, then takes it away in one transaction, and looks again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import personal_ground, wiring
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm.refusals import Told
from caseline.db import sqlstate
from caseline.db.arrays import bigints
from caseline.files.rows import Place
from caseline.people import logins
from caseline.people.access import Viewer
from caseline.privacy import applying, contents, ending, finding, holding, records, silence
from caseline.privacy.fates import RULES, Of
from caseline.privacy.whom import Found, Whom
from staging import erasing
from staging.erasing import Trail

PATIENCE: Final = 60.0
"""Seconds for which others may hold what is to be erased, and for which those who began earlier are waited for."""
_PAUSE: Final = 0.3
_ROUNDS: Final = 5
"""Looks, at the most: the second finds what others have finished meanwhile, the third nothing."""
WORKED_ON: Final = "somebody is working on the data of this person all the time: nothing was erased, try again"
MISTYPED: Final = "type the number of the contact, %(number)s, to erase the data: nothing was erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is there of a person, or what went."""

    whom: Whom
    counts: Mapping[str, int]
    """Rows by table, those with any."""
    erased: records.Erasure | None = None
    """When the contact was erased before."""
    unsure: bool = False
    """Somebody who began earlier was still at work in the end: look again later."""

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class _Gone:
    counts: dict[str, int]
    files: tuple[tuple[bytes, Place], ...]


def foresee(house: House, whom: str) -> Account:
    """What an erasure of whoever is meant would take away; nothing changes. Raises `Told`."""
    with house.engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        person = personal_ground.person(house, connection, whom)
        trail = personal_ground.trail(connection, personal_ground.found(house, connection, person))
        gone = _pass(house, connection, person, trail, now=None)
        known = None if person.contact_id is None else records.last(connection, person.contact_id)
    return Account(whom=person, counts=gone.counts, erased=known)


def foresee_at_desk(house: House, viewer: Viewer, contact_id: int) -> Account:
    """The same for an administrator; raises `Absent`. Of a contact that was merged, the one that remains is told."""
    known_at_desk(house, viewer, contact_id)
    return foresee(house, str(contact_id))


def known_at_desk(house: House, viewer: Viewer, contact_id: int) -> None:
    """Raise `Absent` unless an administrator asks, and there is such a contact."""
    personal_ground.may(viewer)
    with house.engine.connect() as connection:
        if not finding.roots(connection, contact_id):
            raise Absent(f"contact {contact_id}")


def erase(house: House, whom: str, *, by: str, now: datetime, patience: float = PATIENCE) -> Account:
    """Take away the data of whoever is meant. Raises `Told`, and `NotOffered` where the records belong to a portal.

    Each look is one transaction; the command may die between two of them, and is called again then. Whoever began
    before the last look ended is waited for, since he may write down what he had read before.
    """
    wiring.own_intake(house, "erasing personal data")
    until = time.monotonic() + patience
    with house.engine.connect() as connection:
        person = personal_ground.person(house, connection, whom)
    total: dict[str, int] = {}
    unsure = True
    for _ in range(_ROUNDS):
        gone = _one_pass(house, person, by=by, now=now, until=until)
        _remove_files(house, gone)
        total = {name: total.get(name, 0) + gone.counts.get(name, 0) for name in {*total, *gone.counts}}
        if not gone.counts and not unsure:
            break
        unsure = not _others_ended(house, until)
    return Account(whom=person, counts=dict(sorted(total.items())), unsure=unsure)


def erase_at_desk(house: House, viewer: Viewer, contact_id: int, typed: str, *, now: datetime) -> Account:
    """The same by an administrator who has typed the number of the contact; raises `Absent` and `Told`."""
    personal_ground.may(viewer)
    if typed.strip() != str(contact_id):
        raise Told(MISTYPED, number=contact_id)
    return erase(house, str(contact_id), by=viewer.name, now=now)


def _one_pass(house: House, person: Whom, *, by: str, now: datetime, until: float) -> _Gone:
    while True:
        # What takes long is read before anything is locked; of what comes meanwhile, the next look tells.
        with house.engine.connect() as connection:
            trail = personal_ground.trail(connection, personal_ground.found(house, connection, person))
        try:
            with house.engine.begin() as connection:
                gone = _pass(house, connection, person, trail, now=now)
                if gone.counts:
                    _note(connection, person, gone.counts, by=by, now=now)
                return gone
        except sa.exc.DBAPIError as error:
            if sqlstate.of(error) not in holding.BUSY:
                raise
        if time.monotonic() > until:
            raise Told(WORKED_ON)
        time.sleep(_PAUSE)


def _note(connection: sa.Connection, person: Whom, counts: Mapping[str, int], *, by: str, now: datetime) -> None:
    records.note(connection, person.contact_id, counts, by=by, now=now)
    subject = "" if person.contact_id is None else f"({person.contact_id})"
    logins.note(connection, by, "personal_erased", subject, {"rows": sum(counts.values())}, now=now)


def _pass(house: House, connection: sa.Connection, person: Whom, trail: Trail, *, now: datetime | None) -> _Gone:
    """One look, which takes away what it finds; without `now` it counts only."""
    write = now is not None
    if write:
        holding.begin(connection)
        holding.contacts(connection, person.contacts)
    there = personal_ground.found(house, connection, person)
    if now is not None:
        holding.batches(connection, trail.rows)
        holding.hold(connection, there)
        there = personal_ground.found(house, connection, person)
        ending.asks(connection, there, now=now)
        ending.letters(connection, there, now=now)
        ending.mails(connection, there, now=now)
    own = _contents(connection, there, write=write)
    counts = {"feedback.opt_out": silence.keep_digests(connection, {*person.addresses, *person.phones}, write=write)}
    words = person.words
    counts |= erasing.erase(connection, trail, words.without, words.key, now=now)
    counts["outbox.recipient"] = ending.recipients(connection, there, write=write)
    for rule in RULES:
        done = applying.run(connection, rule, there.of(rule.of), words, write=write)
        counts[rule.table] = counts.get(rule.table, 0) + done
    counts["files.content"] = len(own)
    if write:
        contents.forget(connection, [digest for digest, _size, _place in own])
    elsewhere = tuple((digest, Place(place)) for digest, _size, place in own if place != Place.DATABASE)
    return _Gone({name: number for name, number in sorted(counts.items()) if number}, elsewhere)


def _contents(connection: sa.Connection, there: Found, *, write: bool) -> list[tuple[bytes, int, str]]:
    owners = [("crm.record", bigints(there.of(Of.RECORD))), ("crm.contact", bigints(there.of(Of.CONTACT)))]
    owners += [(table, bigints(())) for table in ("crm.company", "crm.agreement")]
    return contents.own(connection, there.digests, bigints(there.of(Of.MESSAGE)), owners, write=write)


def _remove_files(house: House, gone: _Gone) -> None:
    """Contents in a folder or bucket go when nobody in the database knows of them any more."""
    if gone.files:
        files = wiring.files(house.settings)
        for digest, place in gone.files:
            with house.engine.begin() as connection:
                files.remove(connection, digest, place)


def _others_ended(house: House, until: float) -> bool:
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        at = holding.moment(connection)
        while holding.older(connection, at):
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE)
    return True
