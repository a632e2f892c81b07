"""Judges which request a mail or a bounce belongs to, by what register and outbox know of what it names."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from caseline.actions.take_in_mails import Overtaken
from caseline.actions.wiring import House
from caseline.crm.timeline_port import Timelines
from caseline.mail.addresses import Address
from caseline.mail.bounces import Bounce
from caseline.mail.clues import Gathered, Gathering, Signs
from caseline.mail.message import Mail
from caseline.mail.threads import Act, Clue, Rule, Rules, States, Verdict, judge
from caseline.outbox import bounces
from caseline.outbox import store as outbox
from caseline.outbox.minting import Mint, Thread
from caseline.people import store as people


def unproven(house: House, mail: Mail) -> str | None:
    """Own mail server, where it found that the sender's domain does not stand for this mail; None where it did not."""
    own = house.settings.mail_authserv
    return own if own is not None and mail.dmarc(own) is False else None


@dataclass(frozen=True, slots=True)
class Bench:
    """Where mails are judged, in the caller's transaction."""

    connection: sa.Connection
    house: House
    timelines: Timelines
    mint: Mint
    now: datetime

    def mail(self, mail: Mail, writer: Address | None = None) -> tuple[Gathered, Verdict]:
        """What a mail names, and where it lands for that; `writer`: of whom it opens a request, where that is known."""
        senders = {one.address.lower() for one in (mail.sender, writer) if one is not None}
        if len(senders) > 1:
            self.timelines.hold_contacts(self.connection, senders)
        gathered, verdict = self._judged(mail, server := unproven(self.house, mail))
        if server is None:
            return gathered, verdict
        # What somebody opens in another's name must not draw that one's next answers.
        return gathered, replace(verdict, unproven=server, unverified=True, follows=())

    def _judged(self, mail: Mail, server: str | None) -> tuple[Gathered, Verdict]:
        # Nobody knows who writes what is unproven: it may be anybody.
        sender = mail.sender.address.lower() if mail.sender and server is None else None
        gathering = self._gathering()
        gathered = gathering.gathered(self.connection, Signs.of(mail))
        states = gathering.states(self.connection, gathered.clues, sender)
        rules = Rules(timedelta(days=self.house.settings.mail_reopen_days))
        verdict = judge(gathered.clues, states, now=self.now, rules=rules)
        if not verdict.follows:
            self._hold(verdict, states)
            return gathered, verdict
        if mail.sender is not None:
            # Contacts before successors, as everywhere.
            self.timelines.hold_contacts(self.connection, [mail.sender.address])
        found = self.timelines.successors(self.connection, verdict.follows)
        others = [one.record_id for one in found]
        states = gathering.states(self.connection, gathered.clues, sender, others)
        verdict = judge(gathered.clues, states, now=self.now, rules=rules, successors=found)
        self._hold(verdict, states)
        return gathered, verdict

    def _hold(self, verdict: Verdict, states: States) -> None:
        """Nobody closes the request that a mail joins, or merges it into another, before the mail stands in it."""
        if verdict.record_id is not None:
            judged = {one.version for one in states.values() if one.record_id == verdict.record_id}
            now = self.timelines.hold(self.connection, [verdict.record_id])
            if not judged >= {now.get(verdict.record_id)}:
                raise Overtaken

    def bounce(self, bounce: Bounce) -> Verdict | None:
        """A bounce belongs to a letter of ours that it names, or to the thread whose reply address the letter bore.

        To nothing else: others may be forged. A letter is noted as not delivered only where it is certain which.
        """
        found = outbox.by_message_id(self.connection, [f"<{one}>" for one in bounce.original_ids])
        letter = outbox.get(self.connection, min(found.values())) if found else None
        if letter is not None:
            verdict = self._of_thread(Rule.OWN_ID, letter.message_id, letter.thread)
            # The request is held by now: letters come after it everywhere.
            for address in (bounce.recipients or (None,)) if bounce.permanent else ():
                self._note(letter.message_id, address, bounce)
            return verdict
        threads = {one: thread for one in bounce.reply_to if (thread := self.mint.read_address(one)) is not None}
        if not threads:
            return None
        address, thread = next(iter(threads.items()))
        verdict = self._of_thread(Rule.TOKEN, address, thread)
        if verdict is None or not bounce.permanent:
            return verdict
        unknown = [one for one in bounce.recipients if not self._noted(thread, one, bounce)]
        certain = bounce.recipients and not unknown
        return verdict if certain else replace(verdict, undelivered=tuple(unknown), reason="undelivered")

    def _noted(self, thread: Thread, address: str, bounce: Bounce) -> bool:
        """Whether one letter alone of the thread has gone to this address, so that it is the one."""
        gone = bounces.gone_to(self.connection, thread, address)
        if len(gone) == 1:
            self._note(gone[0], address, bounce)
        return len(gone) == 1

    def _note(self, message_id: str, address: str | None, bounce: Bounce) -> None:
        bounces.note(self.connection, message_id, address, bounce.status or "?", now=self.now)

    def _of_thread(self, rule: Rule, value: str, thread: Thread) -> Verdict | None:
        """Where a report lands: whoever is told of it shall find it, however long ago the request was closed.

        None where the letter was about no request.
        """
        if thread.record_id is None:
            return None
        clues = self._gathering().now(
            self.connection, [Clue(rule, value, "report", thread.record_id, thread.assignment_id)]
        )
        states = self._gathering().states(self.connection, clues, None)
        judged = judge(clues, states, now=self.now, rules=Rules(timedelta.max))
        self._hold(judged, states)
        return replace(judged, act=Act.JOIN, relation=None, unverified=False) if judged.record_id else None

    def _gathering(self) -> Gathering:
        return Gathering(self.timelines, self.mint, people.is_staff)
