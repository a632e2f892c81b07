"""Enters a mail into the register: a new request with its contact, a request that goes on, a message with its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import move_request, obey_rules, open_request, write_letter, writers
from caseline.actions.take_in_mails import Overtaken
from caseline.actions.wiring import House
from caseline.actions.write_letter import Draft
from caseline.crm.cards import Card, Deed, NewCard, Stage
from caseline.crm.intake import Intake
from caseline.crm.timeline import OUR_CHANNEL, Attached, NewMessage
from caseline.crm.timeline_port import Timelines
from caseline.crm.vocabulary import MessageKind
from caseline.files.faults import TooLarge
from caseline.files.spool import digest
from caseline.files.store import Files
from caseline.mail import senders
from caseline.mail.addresses import Address
from caseline.mail.attachments import Attachment
from caseline.mail.message import Mail
from caseline.mail.queue_store import Claimed
from caseline.mail.threads import Act, Relation, Verdict
from caseline.outbox import keys, minting
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address as Letterhead
from caseline.outbox.letters import Nature
from caseline.outbox.minting import LinkMint
from caseline.outbox.showing import BLANK

WITHOUT_SUBJECT: Final = {"ru": "(без темы)", "en": "(no subject)"}
_LONGEST_SUBJECT: Final = 500
_CREDIBLE: Final = timedelta(days=7)
"""A mail that claims to be older than this when it arrives is dated by its arrival: clocks of senders go wrong."""
_CLIENTS: Final = frozenset({Relation.REQUESTER, Relation.COMPANY, Relation.PARTICIPANT})


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail on its way into the register, in the caller's transaction."""

    connection: sa.Connection
    house: House
    intake: Intake
    timelines: Timelines
    files: Files
    claimed: Claimed
    now: datetime
    by_id: int | None = None
    """The person who has it entered; None where the rules do."""

    def open(self, mail: Mail, *, proven: bool = True) -> Card:
        """A request of this mail, of the contact with its writer's address, who is made where there is none.

        Of a sender who is not proven it says who he claims to be, and no company; nor of whom a Reply-To names.
        """
        contact, writer = None, writers.writer(mail, self.house)
        if writer is not None:
            proven = proven and writer is mail.sender
            contact = senders.contact_of(self.connection, self.timelines, writer, proven=proven, at=self.now).contact
        new = NewCard(
            subject=mail.subject[:_LONGEST_SUBJECT].strip() or WITHOUT_SUBJECT[self.house.settings.mail_language],
            description=self._blanked(mail.new_text.strip() or mail.text.strip()) or None,
            stage=open_request.stages(self.connection, self.intake.cards)[0].code,
            channel=OUR_CHANNEL,
            contact_id=contact.id if contact else None,
            company_id=contact.company_id if contact and proven else None,
        )
        card = self.intake.create(self.connection, new, self._deed())
        obey_rules.note_new(self.connection, self.house, card)
        return card

    def wake(self, record_id: int, verdict: Verdict) -> None:
        """Open a closed request again, which is held; let one that waited for its client go on."""
        if verdict.act is not Act.REOPEN and not self.house.settings.mail_resume_stage:
            return
        card = self.intake.cards.get(self.connection, record_id)
        stage = None if card is None else self._stage_after(card, verdict)
        if card is None or stage is None:
            return
        moved = self.intake.move(self.connection, card, stage, self._deed())
        if moved is None:
            raise Overtaken
        obey_rules.note_new(self.connection, self.house, moved)

    def append(self, mail: Mail, record_id: int, verdict: Verdict, *, automatic: str | None = None) -> int:
        """The mail as a message of the timeline; answers its id."""
        new = NewMessage(
            record_id=record_id,
            kind=MessageKind.MAIL_IN,
            sent_at=self._dated(mail),
            text=self._blanked(mail.text),
            html=self._blanked(mail.html.safe()) if mail.html else None,
            subject=mail.subject or None,
            sender=_line(mail.senders),
            recipients=_line(mail.to),
            copies=_line(mail.cc),
            sender_address=mail.sender.address if mail.sender else None,
            told=[one.address for one in (*mail.to, *mail.cc)],
            mail_id=mail.message_id,
            assignment_id=verdict.assignment_id,
            automatic=automatic,
            unverified=verdict.unverified,
            unproven=verdict.unproven,
            new_text=self._blanked(mail.new_text) if mail.quoted else None,
            mail_ref=self.claimed.id,
            outsider=verdict.relation is Relation.OUTSIDER and not verdict.unverified and automatic is None,
            attachments=self._attached(mail),
        )
        return self.timelines.append(self.connection, new, self._deed())

    def acknowledge(self, record_id: int, mail: Mail) -> None:
        """Write to whoever opened a request that it was received, where that is wanted; once, and within the limits."""
        writer = writers.writer(mail, self.house) if self.house.settings.mail_acknowledge else None
        card = self.intake.cards.get(self.connection, record_id) if writer is not None else None
        if writer is None or card is None:
            return
        draft = Draft(
            card=card,
            template="request_received",
            to=Letterhead(writer.address, writer.name),
            values={},
            nature=Nature.REPLY,
            occasion=f"request {record_id} received",
            of_one_house=not senders.is_free(writer.domain),
        )
        try:
            write_letter.write(self.house, self.connection, draft, now=self.now)
        except OutboxFault:
            # An address that nobody can write to: the request is there all the same, and its contact shows why.
            return

    def _stage_after(self, card: Card, verdict: Verdict) -> Stage | None:
        stages = self.intake.cards.stages(self.connection, card.kind)
        if verdict.act is Act.REOPEN and card.stage.closed:
            return move_request.before_closing(self.connection, self.intake.cards, card, stages)
        resumed = self.house.settings.mail_resume_stage
        of_client = verdict.assignment_id is None and verdict.relation in _CLIENTS
        if resumed and of_client and card.stage.pauses and not card.stage.closed:
            return next((one for one in stages if one.code == resumed and not one.closed), None)
        return None

    def _blanked(self, text: str) -> str:
        """The text without the secrets of links: answers quote the letters that hold them."""
        secrets = keys.known(self.connection) if minting.may_hold_links(text) else []
        return LinkMint(secrets).blanked(text, blank=BLANK) if secrets else text

    def _dated(self, mail: Mail) -> datetime:
        """When it was sent, where its sender can be believed."""
        arrived = self.claimed.received_at
        return mail.date if mail.date and arrived - _CREDIBLE <= mail.date <= arrived else arrived

    def _attached(self, mail: Mail) -> list[Attached]:
        kept = self._kept_in_order(mail.attachments)
        return [
            Attached(
                name=one.filename,
                content_type=one.content_type,
                size=one.size,
                sha256=kept[number],
                content_id=one.content_id,
                inline=one.inline,
            )
            for number, one in enumerate(mail.attachments)
        ]

    def _kept_in_order(self, found: Sequence[Attachment]) -> dict[int, bytes | None]:
        """The digest of each, by its place; in their order, as two mails with the same files may come at once."""
        places = list(range(len(found)))
        if len(places) > 1:
            places.sort(key=lambda place: digest(found[place].pieces()))
        return {place: self._kept(found[place]) for place in places}

    def _kept(self, one: Attachment) -> bytes | None:
        """The digest by which a file is kept; None when it is too large for that: it lies in the raw mail."""
        try:
            return self.files.keep(self.connection, one.pieces(), at=self.now)
        except TooLarge:
            return None

    def _deed(self) -> Deed:
        return Deed(at=self.now, by_id=self.by_id, data={"mail": self.claimed.id})


def _line(found: Sequence[Address]) -> str | None:
    """Addresses as they stand in a header, readable."""
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in found) or None
