"""Takes in one mail: known already, automatic, of a request that it joins or opens again, or of a new one; says why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from caseline.actions import assign, find_request, judge_mail, know_calendars, wiring, writers
from caseline.actions.enter_mail import Entry
from caseline.actions.judge_mail import Bench
from caseline.actions.take_in_mails import TakeIn, TakenIn, take_in_mails
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Card, Deed, Refused
from caseline.crm.port import NotOffered
from caseline.crm.timeline import AssignmentState
from caseline.crm.timeline_port import Timelines
from caseline.mail import done_word, message, queue_store, raw_store, thread_store, verdicts
from caseline.mail.automatic import Reason
from caseline.mail.clues import Gathered, Signs
from caseline.mail.message import Mail
from caseline.mail.outcome import Outcome, State
from caseline.mail.queue_store import Claimed
from caseline.mail.threads import Act, Relation, Verdict
from caseline.mail.transfer import Raw

if TYPE_CHECKING:
    from caseline.outbox.minting import Mint

_LONGEST_SUBJECT: Final = 500
_KEPT: Final = timedelta(seconds=10)
"""How long the secrets of the mint are believed to be all: nobody answers a letter sooner that bears a newer one."""


def take_in_waiting(house: House, *, clock: Callable[[], datetime]) -> TakenIn:
    """Take in what waits; where the CRM is a portal mails stay stored, and that is nobody's fault."""
    try:
        take_in = taker(house, clock=clock)
    except NotOffered as error:
        return TakenIn(at=clock(), left=str(error))
    return take_in_mails(house, take_in, clock=clock)


def taker(house: House, *, clock: Callable[[], datetime]) -> TakeIn:
    """What `caseline.actions.take_in_mails` calls for each mail.

    Raises `SettingsError` before any mail is touched: nobody has said our own address, or where files lie is nonsense.
    """
    intake = wiring.own_intake(house, "making requests of mails")
    timelines = connect.timelines(house.settings.crm)
    files = wiring.files(house.settings)
    seen: set[str] = set()
    with house.engine.begin() as connection:
        # In a transaction of its own: a secret that is made here must stay, whatever becomes of the first mail.
        kept: list[tuple[datetime, Mint]] = [(clock(), wiring.mint(house, connection, now=clock()))]

    def take_in(connection: sa.Connection, claimed: Claimed, raw: Raw) -> Outcome:
        now = clock()
        if "calendars" not in seen:
            # Only what was there before this transaction stays whatever becomes of it.
            seen.update(["calendars"] if intake.clocks.any(connection) else [])
            know_calendars.ready(connection, now=now)
        if abs(now - kept[0][0]) > _KEPT:
            kept[:] = [(now, wiring.mint(house, connection, now=now))]
        mint = kept[0][1]
        entry = Entry(connection, house, intake, timelines, files, claimed, now)
        work = _Work(connection, timelines, Bench(connection, house, timelines, mint, now), entry, claimed, now)
        return work.take_in(message.read(raw, whole=len(raw) == claimed.size))

    return take_in


def open_from_tray(house: House, mail_id: int, *, by: str | None, now: datetime) -> Card:
    """Make a request of a mail that was put aside as automatic; raises `Refused`."""
    intake = wiring.own_intake(house, "making requests of mails")
    timelines = connect.timelines(house.settings.crm)
    with house.engine.begin() as connection:
        by_id = find_request.person(connection, by) if by else None
        know_calendars.ready(connection, now=now)
        claimed = queue_store.in_tray(connection, mail_id)
        if claimed is None:
            raise Refused(f"mail {mail_id}: not in the tray; `caseline mail list --tray` says which are")
        in_memory = house.settings.mail_largest
        mail = message.read(raw_store.opened(connection, claimed.raw_id, claimed.size, in_memory=in_memory))
        entry = Entry(connection, house, intake, timelines, wiring.files(house.settings), claimed, now, by_id)
        unproven = judge_mail.unproven(house, mail)
        card = entry.open(mail, proven=unproven is None)
        verdict = replace(verdicts.by_person(Act.NEW, card.id), unproven=unproven, unverified=unproven is not None)
        number = entry.append(mail, card.id, verdict)
        said = verdicts.as_data(verdict, card.id, at=now, by=by or "person")
        thread_store.overrule(connection, mail_id, said)
        thread_store.taken_out(connection, mail_id, number)
        return card


@dataclass(frozen=True, slots=True)
class _Work:
    """One mail on its way in, in the caller's transaction."""

    connection: sa.Connection
    timelines: Timelines
    bench: Bench
    entry: Entry
    claimed: Claimed
    now: datetime

    def take_in(self, mail: Mail) -> Outcome:
        fingerprint = bytes.fromhex(mail.fingerprint)
        thread_store.alone(self.connection, fingerprint, Signs.of(mail).keys())
        told = self._outcome(mail, fingerprint)
        # With neither id nor date two honest mails may look the same.
        if mail.message_id is not None or mail.date is not None:
            earlier, reused = thread_store.seen(self.connection, self.claimed.id, told)
            told = replace(told, id_reused=reused or None)
            if earlier is not None:
                return self._same(told, earlier)
        sender = mail.sender.address.lower() if mail.sender else None
        automatic = Reason.LOOP if self._own(mail, sender) else writers.automatic(mail, self.bench.house)
        if automatic is not None:
            return self._automatic(mail, replace(told, automatic=automatic.value), automatic.value)
        return self._written(mail, told, sender)

    def _same(self, told: Outcome, earlier: int) -> Outcome:
        """It is another copy of a mail; where that one was erased, nothing of this one stays either."""
        if raw_store.forget_copy(self.connection, self.claimed.raw_id, earlier, now=self.now):
            told = Outcome(state=State.SAME, fingerprint=told.fingerprint)
        return replace(told, state=State.SAME, same_as=earlier)

    def _outcome(self, mail: Mail, fingerprint: bytes) -> Outcome:
        return Outcome(
            state=State.DONE,
            message_id=mail.message_id,
            fingerprint=fingerprint,
            subject=mail.subject[:_LONGEST_SUBJECT] or None,
            sender=mail.sender.address if mail.sender else None,
            sent_at=mail.date,
        )

    def _own(self, mail: Mail, sender: str | None) -> bool:
        """Whether we wrote it ourselves: such a mail must not open a request that we answer again."""
        if mail.automatic is Reason.BOUNCE:
            return False
        if mail.loop is not None and self.bench.mint.read_mark(mail.loop):
            return True
        return sender is not None and (
            sender == self.bench.mint.address.lower() or self.bench.mint.read_address(sender) is not None
        )

    def _written(self, mail: Mail, told: Outcome, sender: str | None) -> Outcome:
        """A mail that a person wrote."""
        gathered, verdict = self.bench.mail(mail, writers.writer(mail, self.bench.house))
        if verdict.act is Act.NEW:
            record_id = self.entry.open(mail, proven=verdict.unproven is None).id
        else:
            record_id = verdict.record_id or 0
            self.entry.wake(record_id, verdict)
        self._link(record_id, verdict)
        number = self.entry.append(mail, record_id, verdict)
        self._end_assignment(mail, verdict, number)
        self._remember(gathered, sender)
        if verdict.act is Act.NEW and verdict.unproven is None:
            # Whose address was forged did not write to us: a letter would be unwanted mail from us.
            self.entry.acknowledge(record_id, mail)
        return replace(
            told,
            record_id=record_id,
            assignment_id=verdict.assignment_id,
            message_ref=number,
            verdict=verdicts.as_data(verdict, record_id, at=self.now),
        )

    def _link(self, record_id: int, verdict: Verdict) -> None:
        """Say what the request has to do with others that the mail names."""
        new, doubtful = verdict.act is Act.NEW, verdict.reason == "stranger" or verdict.unproven is not None
        follows = verdict.follows if new else ()
        maybe = verdict.linked[:1] if new and doubtful else ()
        also = [one for one in verdict.linked if one not in {*follows, *maybe}]
        for kind, others in (("follows", follows), ("maybe", maybe), ("also", also)):
            self.timelines.link(self.connection, record_id, others, kind, at=self.now)

    def _end_assignment(self, mail: Mail, verdict: Verdict, number: int) -> None:
        """An outsider who answers that it is done has ended the assignment; any other answer leaves it open."""
        outsider = verdict.relation is Relation.OUTSIDER and not verdict.unverified
        if verdict.assignment_id is None or not outsider or not done_word.says_done(mail.new_text):
            return
        one = self.timelines.assignment(self.connection, verdict.assignment_id)
        if one is not None and one.external and one.state is AssignmentState.OPEN:
            deed = Deed(at=self.now, data={"message": number})
            assign.ended(self.connection, self.timelines, one, AssignmentState.DONE, deed, how="reply")

    def _automatic(self, mail: Mail, told: Outcome, automatic: str) -> Outcome:
        """Nobody wrote it: it joins what it surely belongs to without waking it, or goes into the tray."""
        verdict = None
        if mail.bounce is not None:
            verdict = self.bench.bounce(mail.bounce)
        elif automatic != Reason.LOOP:
            _, judged = self.bench.mail(mail)
            if judged.act in {Act.JOIN, Act.REOPEN}:
                verdict = replace(judged, act=Act.JOIN)
        if verdict is None or verdict.record_id is None:
            aside = Verdict(Act.TRAY, reason="automatic", unproven=judge_mail.unproven(self.bench.house, mail))
            return replace(told, state=State.TRAY, verdict=verdicts.as_data(aside, None, at=self.now))
        number = self.entry.append(mail, verdict.record_id, verdict, automatic=automatic)
        return replace(
            told,
            record_id=verdict.record_id,
            assignment_id=verdict.assignment_id,
            message_ref=number,
            verdict=verdicts.as_data(verdict, verdict.record_id, at=self.now),
        )

    def _remember(self, gathered: Gathered, sender: str | None) -> None:
        """Keep what later mails may name: ids that we do not have, and the root of an Outlook conversation."""
        thread_store.keep_ghosts(self.connection, self.claimed.id, gathered.unknown, sender or "", at=self.now)
        if gathered.root is not None:
            thread_store.keep_root(self.connection, self.claimed.id, gathered.root, at=self.now)
