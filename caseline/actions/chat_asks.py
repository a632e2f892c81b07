"""Asks people in chats: begins the dialogues of asks, and says something more in them.

Every step is a transaction of its own and may be taken again: what comes in is kept before anything is made of it, what
goes out is kept before it leaves. Killed anywhere, the next run goes on; no message is lost, and none counts twice.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import chat_letters, chat_lines, chat_run, wiring, write_letter
from caseline.actions.chat_run import Ran
from caseline.actions.wiring import House
from caseline.chat import chats, links, outgoing
from caseline.chat.faults import Away, Barred, Refused
from caseline.chat.gateway import ChatGateway, May, Message, Start, Whom
from caseline.chat.outgoing import New
from caseline.chat.web import NAME as WEB
from caseline.crm import connect, phones
from caseline.crm.clients import Client, Entity
from caseline.feedback import asks, books, chat_words, dialogue, dialogues
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import MAIL, Campaign
from caseline.feedback.chat_words import Script
from caseline.feedback.dialogue import CannotAsk, Stage
from caseline.feedback.states import State
from caseline.outbox.faults import TemplateFault
from caseline.outbox.tags import Tag

CANNOT: Final = "cannot start a chat"
_AWAY: Final = timedelta(minutes=15)
_ASKED: Final = frozenset({State.QUEUED, State.SENT, State.VISITED, State.ANSWERING})
"""States in which an ask waits for replies."""
_BUSY: Final = timedelta(hours=4)
"""So long an ask waits whose person is being asked something else in the same chat."""


@dataclass(frozen=True, slots=True)
class _No:
    """Why no dialogue can be begun, now or at all."""

    reason: str
    again_at: datetime | None = None


def start(house: House, connection: sa.Connection, ask: Ask, campaign: Campaign, *, now: datetime) -> str | None:
    """Begin the dialogue of a queued ask that is held: keep its first words, to be sent by `run`.

    None: it has begun. Otherwise why not, and the ask has gone on: to the campaign's fallback channel, to *skipped*, or
    it stays queued until later, where the gateway is away or the person is being asked something else. The ask becomes
    *sent* when the gateway has taken the first words; on a page of ours, when the letter that tells of it is sent.
    """
    if dialogues.of_ask(connection, ask.id) is not None:
        return None  # its first words are on their way
    varied = campaign.varied(books.variant_code(connection, ask.variant_id))
    contact = _contact(house, connection, ask)
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        no = (
            _No("there is no contact")
            if contact is None
            else _Beginning(house, connection, ask, varied, contact, gateway, now).begin()
        )
    if no is None:
        return None
    if no.again_at is not None:
        asks.move(connection, ask, ask.state, by="job", now=now, changes={"due_at": no.again_at})
        return f"later: {no.reason}"
    return _otherwise(connection, ask, varied, contact, no.reason, now)


def run(house: House, *, now: datetime) -> Ran:
    """Take in what waits at the messenger, handle what came, send what is due. May be killed and repeated."""
    return chat_run.run(house, now=now)


def say(connection: sa.Connection, ask_id: int, text: str, *, key: str, now: datetime) -> bool:
    """Say something more in the chat of an ask, once for each `key`; False where it has none."""
    kept = dialogues.of_ask(connection, ask_id)
    if kept is None:
        return False
    new = New(message=Message(text), key=f"ask {ask_id} {key}")
    outgoing.queue(connection, kept.chat_id, new, now=now)
    return True


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A dialogue that is to be begun."""

    house: House
    connection: sa.Connection
    ask: Ask
    campaign: Campaign
    contact: Client
    gateway: ChatGateway
    now: datetime

    def begin(self) -> _No | None:
        try:
            questions = dialogue.questions(books.version(self.connection, self.ask.form_version_id))
            script = chat_words.of(self.campaign.texts, buttons=self.campaign.buttons)
        except (CannotAsk, TemplateFault) as error:
            return _No(str(error))
        whom = self._whom()
        start_ = self._may(whom)
        if isinstance(start_, _No):
            return start_
        if start_.may is May.NO:
            return _No(start_.reason)
        if start_.may is May.BY_TEMPLATE and not script.by_template:
            return _No("the messenger takes approved words only, and the campaign has none (texts, template)")
        begun = dialogue.begin(questions, by_template=start_.may is May.BY_TEMPLATE)
        return self._keep(whom, start_, begun, script)

    def _may(self, whom: Whom) -> Start | _No:
        try:
            return self.gateway.can_start(whom, now=self.now)
        except Refused as error:
            return _No(str(error))
        except Away as error:
            return _No(str(error), self.now + (error.wait or _AWAY))
        except Barred as error:
            return _No(str(error), self.now + _AWAY)

    def _keep(self, whom: Whom, start_: Start, begun: dialogue.Heard, script: Script) -> _No | None:
        connection, now = self.connection, self.now
        link = links.mint() if self.gateway.name == WEB else None
        key = link.id if link is not None else start_.chat or ""
        chat_id = chats.ready(connection, self.gateway.name, key, now=now, phone=whom.phone, name=whom.name)
        chats.hold(connection, chat_id)
        self._end_what_is_over(chat_id)
        told = (self.ask.language, self._tags())
        number = dialogues.begin(connection, begun.dialogue, script, of=(self.ask.id, chat_id), told=told, now=now)
        kept = None if number is None else dialogues.one(connection, number)
        if kept is None:
            return _No("the contact is being asked something else in the same chat", now + _BUSY)
        chats.belongs(connection, chat_id, self.contact.id)
        chat_lines.queue(connection, kept, begun, first=True, now=now)
        if link is not None:
            chats.keep_secret(connection, chat_id, links.digest(link.secret), now=now)
            letter_id = chat_letters.invite(self.house, connection, self.ask, self.contact, link, now=now)
            asks.lettered(connection, self.ask.id, letter_id)
        return None

    def _end_what_is_over(self, chat_id: int) -> None:
        """A dialogue that nobody goes on with, because its ask has ended, is in nobody's way."""
        running = dialogues.running(self.connection, chat_id)
        other = None if running is None else asks.one(self.connection, running.ask_id)
        if running is None or other is None:
            return
        late = other.expires_at is not None and other.expires_at <= self.now
        if late or other.state not in _ASKED:
            dialogues.end(self.connection, running.id, Stage.ENDED, now=self.now)

    def _whom(self) -> Whom:
        values, region = self.contact.values, self.house.settings.phone_region
        raw = (self.ask.address, values.get("mobile"), values.get("phone"))
        phone = next((found for one in raw if one and "@" not in one and (found := phones.number(one, region))), None)
        known = None
        if self.gateway.name != WEB:
            known = chats.of_contact(self.connection, self.gateway.name, self.contact.id, phone)
        return Whom(
            name=str(values.get("name") or ""),
            phone=phone,
            reachable=chat_letters.reachable(self.house, self.ask, self.contact),
            chat=known.key if known else None,
            last_in_at=known.last_in_at if known else None,
        )

    def _tags(self) -> dict[str, str]:
        card = None
        if self.ask.subject == "request":
            card = wiring.intake(self.house).cards.get(self.connection, self.ask.subject_id)
        known = {} if card is None else write_letter.common(self.house, self.connection, card)
        known[Tag.CLIENT_NAME] = str(self.contact.values.get("name") or "")
        return {tag.value: value for tag, value in known.items()}


def _otherwise(
    connection: sa.Connection, ask: Ask, campaign: Campaign, contact: Client | None, reason: str, now: datetime
) -> str:
    """Ask by the fallback channel of the campaign, or not at all."""
    address = contact.values.get("email") if contact is not None else None
    if campaign.fallback in MAIL and address:
        changes = {"channel": campaign.fallback.value, "address": address}
        asks.move(connection, ask, ask.state, by="job", now=now, changes=changes)
        return f"{CANNOT}: {reason}; asked by {campaign.fallback} instead"
    if campaign.fallback in MAIL:
        reason = f"{reason}; and there is no mail address for {campaign.fallback}"
    asks.move(connection, ask, State.SKIPPED, by="job", now=now, changes={"reason": f"{CANNOT}: {reason}"})
    return f"{CANNOT}: {reason}"


def _contact(house: House, connection: sa.Connection, ask: Ask) -> Client | None:
    """The contact of an ask, or the one into whom he was merged."""
    if ask.contact_id is None:
        return None
    store = connect.clients(house.settings.crm)
    found = store.get(connection, Entity.CONTACT, ask.contact_id)
    return store.get(connection, Entity.CONTACT, found.into_id) if found is not None and found.into_id else found
