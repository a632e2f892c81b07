"""Judges which request a mail or a bounce belongs to, by what register and outbox know of what it names."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from caseline.actions.wiring import House
from caseline.crm.timeline_port import Timelines
from caseline.mail.bounces import Bounce
from caseline.mail.clues import Gathered, Gathering, Signs
from caseline.mail.message import Mail
from caseline.mail.threads import Act, Clue, Rule, Rules, Verdict, judge
from caseline.outbox import bounces
from caseline.outbox import store as outbox
from caseline.outbox.minting import Mint
from caseline.people import store as people


@dataclass(frozen=True, slots=True)
class Bench:
    """Where mails are judged, in the caller's transaction."""

    connection: sa.Connection
    house: House
    timelines: Timelines
    mint: Mint
    now: datetime

    def mail(self, mail: Mail) -> tuple[Gathered, Verdict]:
        """What a mail names, and where it lands for that."""
        gathering, sender = self._gathering(), None
        if mail.sender is not None and not self._forged(mail):
            sender = mail.sender.address.lower()
        gathered = gathering.gathered(self.connection, Signs.of(mail))
        states = gathering.states(self.connection, gathered.clues, sender)
        rules = Rules(timedelta(days=self.house.settings.mail_reopen_days))
        verdict = judge(gathered.clues, states, now=self.now, rules=rules)
        if not verdict.follows:
            return gathered, verdict
        if mail.sender is not None:
            # In one order everywhere, contacts first, so that nobody waits for somebody who waits for him.
            self.timelines.contacts(self.connection, mail.sender.address)
        found = self.timelines.successors(self.connection, verdict.follows)
        others = [one.record_id for one in found]
        states = gathering.states(self.connection, gathered.clues, sender, others)
        return gathered, judge(gathered.clues, states, now=self.now, rules=rules, successors=found)

    def bounce(self, bounce: Bounce) -> Verdict | None:
        """A bounce belongs to the letter of ours that it names, and to nothing else: others may be forged."""
        found = outbox.by_message_id(self.connection, [f"<{one}>" for one in bounce.original_ids])
        letter = outbox.get(self.connection, min(found.values())) if found else None
        if letter is None:
            return None
        clue = Clue(Rule.OWN_ID, letter.message_id, "report", letter.thread.record_id, letter.thread.assignment_id)
        if bounce.permanent:
            for address in bounce.recipients or (None,):
                bounces.note(self.connection, letter.message_id, address, bounce.status or "?", now=self.now)
        states = self._gathering().states(self.connection, [clue], None)
        # Whoever is told of a bounce shall find it, however long ago the request was closed.
        forever = Rules(timedelta.max)
        judged = judge([clue], states, now=self.now, rules=forever)
        return replace(judged, act=Act.JOIN, relation=None, unverified=False) if judged.record_id else None

    def _gathering(self) -> Gathering:
        return Gathering(self.timelines, self.mint, people.is_staff)

    def _forged(self, mail: Mail) -> bool:
        """Whether own server has found that the sender's domain does not stand for this mail."""
        own = self.house.settings.mail_authserv
        return own is not None and mail.dmarc(own) is False
