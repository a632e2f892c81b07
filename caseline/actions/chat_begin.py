"""Begins the dialogue of one ask: what is known is read, the messenger is asked, and only then something is written.

The messenger may take long to answer, so it is never asked within a transaction; the ask is looked at again afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from caseline.actions import chat_letters, chat_lines, wiring, write_letter
from caseline.actions.wiring import House
from caseline.chat import chats, links
from caseline.chat.faults import Away, Barred, Refused
from caseline.chat.gateway import ChatGateway, May, Start, Whom
from caseline.chat.links import Link
from caseline.chat.web import NAME as WEB
from caseline.crm import connect, phones
from caseline.crm.clients import Client, Entity
from caseline.feedback import asks, books, chat_words, dialogue, dialogues
from caseline.feedback.asks import Ask
from caseline.feedback.campaign import MAIL, Campaign
from caseline.feedback.dialogue import CannotAsk, Stage
from caseline.feedback.dialogues import Kept
from caseline.feedback.states import State
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.tags import Tag

Ready = Callable[[sa.Connection, int], bool]
CANNOT: Final = "cannot start a chat"
_AWAY: Final = timedelta(minutes=15)
_ASKED: Final = frozenset({State.QUEUED, State.SENT, State.VISITED, State.ANSWERING})
"""States in which an ask waits for replies."""
_BUSY: Final = timedelta(hours=4)
"""So long an ask waits whose person is being asked something else in the same chat."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of it."""

    said: str | None
    """None: it has begun. Otherwise why not, and the ask has gone on, or waits."""
    fault: Away | Barred | None = None
    """The messenger could not be asked."""


@dataclass(frozen=True, slots=True)
class _No:
    """Why no dialogue can be begun, now or at all."""

    reason: str
    again_at: datetime | None = None
    fault: Away | Barred | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before the messenger is asked."""

    campaign: Campaign
    contact: Client | None
    whom: Whom | None


def begin(house: House, gateway: ChatGateway, ask_id: int, ready: Ready, *, now: datetime) -> Begun | None:
    """Begin the dialogue of a queued ask: keep its first words, to be sent by `chat_run`; None where it does not wait.

    Where that cannot be, the ask goes on: to the campaign's fallback channel, to *skipped*, or it stays queued until
    later, where the gateway is away or the person is being asked something else. The ask becomes *sent* when the
    gateway has taken the first words; on a page of ours, when the letter that tells of it is sent.

    `ready`: whether the ask is to be begun; asked before and after the messenger, in a transaction in which it may be
    moved.
    """
    beginning = _Beginning(house, gateway, now)
    with house.engine.begin() as connection:
        ask = _waiting(connection, ask_id, ready)
        if ask is None:
            return None
        known = beginning.read(connection, ask)
    answer = beginning.asked(known)
    with house.engine.begin() as connection:
        ask = _waiting(connection, ask_id, ready)  # much may have happened while the messenger thought
        return None if ask is None else beginning.write(connection, ask, known, answer)


def _waiting(connection: sa.Connection, ask_id: int, ready: Ready) -> Ask | None:
    ask = asks.hold(connection, ask_id)
    if ask is None or ask.state is not State.QUEUED:
        return None
    begun = dialogues.of_ask(connection, ask_id)
    # One that is over is begun once more: somebody has made the ask ready again.
    waits = begun is None or begun.stage is not Stage.ASKING
    return ask if waits and ready(connection, ask_id) else None


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A dialogue that is to be begun."""

    house: House
    gateway: ChatGateway
    now: datetime

    def read(self, connection: sa.Connection, ask: Ask) -> _Known:
        kept = books.campaign(connection, ask.campaign_id)
        assert kept is not None  # noqa: S101 - the database keeps to it
        campaign = kept.campaign.varied(books.variant_code(connection, ask.variant_id))
        contact = _contact(self.house, connection, ask)
        return _Known(campaign, contact, None if contact is None else self._whom(connection, ask, contact))

    def asked(self, known: _Known) -> Start | _No:
        if known.whom is None:
            return _No("there is no contact")
        try:
            answer = self.gateway.can_start(known.whom, now=self.now)
        except Refused as error:
            return _No(str(error))
        except Away as error:
            return _No(str(error), self.now + (error.wait or _AWAY), error)
        except Barred as error:
            return _No(str(error), self.now + _AWAY, error)
        return _No(answer.reason) if answer.may is May.NO else answer

    def write(self, connection: sa.Connection, ask: Ask, known: _Known, answer: Start | _No) -> Begun:
        try:
            with connection.begin_nested():
                no = answer if isinstance(answer, _No) else self._open(connection, ask, known, answer)
        except OutboxFault as error:  # the letter that tells of the chat cannot be written
            asks.move(connection, ask, State.FAILED, by="job", now=self.now, changes={"reason": str(error)})
            return Begun(str(error))
        if no is None:
            return Begun(None)
        if no.again_at is not None:
            asks.move(connection, ask, ask.state, by="job", now=self.now, changes={"due_at": no.again_at})
            return Begun(f"later: {no.reason}", no.fault)
        return Begun(self._otherwise(connection, ask, known, no.reason), no.fault)

    def _open(self, connection: sa.Connection, ask: Ask, known: _Known, answer: Start) -> _No | None:
        try:
            questions = dialogue.questions(books.version(connection, ask.form_version_id))
            script = chat_words.of(known.campaign.texts, buttons=known.campaign.buttons)
        except (CannotAsk, TemplateFault) as error:
            return _No(str(error))
        if answer.may is May.BY_TEMPLATE and not script.by_template:
            return _No("the messenger takes approved words only, and the campaign has none (texts, template)")
        before, by_template = dialogues.of_ask(connection, ask.id), answer.may is May.BY_TEMPLATE
        if before is None:
            begun = dialogue.begin(questions, by_template=by_template)
        else:
            begun = dialogue.again(before.asking(questions), by_template=by_template)
        assert known.contact is not None  # noqa: S101 - nobody was asked about otherwise
        assert known.whom is not None  # noqa: S101 - as well
        link = self._link(connection, before)
        key, whom, now = link.id if link is not None else answer.chat or "", known.whom, self.now
        chat_id = chats.ready(connection, self.gateway.name, key, now=now, phone=whom.phone, name=whom.name)
        chats.hold(connection, chat_id)
        self._end_what_is_over(connection, chat_id)
        told = (ask.language, self._tags(connection, ask, known.contact))
        number = dialogues.begin(connection, begun.dialogue, script, of=(ask.id, chat_id), told=told, now=now)
        kept = None if number is None else dialogues.one(connection, number)
        if kept is None:
            return _No("the contact is being asked something else in the same chat", now + _BUSY)
        chats.belongs(connection, chat_id, known.contact.id)
        chat_lines.queue(connection, kept, begun, first=True, now=now)
        if link is not None:
            chats.keep_secret(connection, chat_id, links.digest(link.secret), now=now)
            letter_id = chat_letters.invite(self.house, connection, ask, known.contact, link, now=now)
            asks.lettered(connection, ask.id, letter_id)
        return None

    def _link(self, connection: sa.Connection, before: Kept | None) -> Link | None:
        """The link of a page of ours: the page that the dialogue has had before, so that its earlier links go on."""
        if self.gateway.name != WEB:
            return None
        chat = None if before is None else chats.one(connection, before.chat_id)
        return links.mint(chat.key if chat is not None and chat.gateway == WEB else None)

    def _end_what_is_over(self, connection: sa.Connection, chat_id: int) -> None:
        """A dialogue that nobody goes on with, because its ask has ended, is in nobody's way."""
        running = dialogues.running(connection, chat_id)
        other = None if running is None else asks.one(connection, running.ask_id)
        if running is None or other is None:
            return
        late = other.expires_at is not None and other.expires_at <= self.now
        if late or other.state not in _ASKED:
            dialogues.end(connection, running.id, Stage.ENDED, now=self.now)

    def _whom(self, connection: sa.Connection, ask: Ask, contact: Client) -> Whom:
        values, region = contact.values, self.house.settings.phone_region
        raw = (ask.address, values.get("mobile"), values.get("phone"))
        phone = next((found for one in raw if one and "@" not in one and (found := phones.number(one, region))), None)
        known = None
        if self.gateway.name != WEB:
            known = chats.of_contact(connection, self.gateway.name, contact.id, phone)
        return Whom(
            name=str(values.get("name") or ""),
            phone=phone,
            reachable=chat_letters.reachable(self.house, ask, contact),
            chat=known.key if known else None,
            last_in_at=known.last_in_at if known else None,
        )

    def _tags(self, connection: sa.Connection, ask: Ask, contact: Client) -> dict[str, str]:
        card = None
        if ask.subject == "request":
            card = wiring.intake(self.house).cards.get(connection, ask.subject_id)
        known = {} if card is None else write_letter.common(self.house, connection, card)
        known[Tag.CLIENT_NAME] = str(contact.values.get("name") or "")
        return {tag.value: value for tag, value in known.items()}

    def _otherwise(self, connection: sa.Connection, ask: Ask, known: _Known, reason: str) -> str:
        """Ask by the fallback channel of the campaign, or not at all."""
        address = known.contact.values.get("email") if known.contact is not None else None
        fallback = known.campaign.fallback
        if fallback in MAIL and address:
            changes = {"channel": fallback.value, "address": address}
            asks.move(connection, ask, ask.state, by="job", now=self.now, changes=changes)
            return f"{CANNOT}: {reason}; asked by {fallback} instead"
        if fallback in MAIL:
            reason = f"{reason}; and there is no mail address for {fallback}"
        asks.move(connection, ask, State.SKIPPED, by="job", now=self.now, changes={"reason": f"{CANNOT}: {reason}"})
        return f"{CANNOT}: {reason}"


def _contact(house: House, connection: sa.Connection, ask: Ask) -> Client | None:
    """The contact of an ask, or the one into whom he was merged."""
    if ask.contact_id is None:
        return None
    store = connect.clients(house.settings.crm)
    found = store.get(connection, Entity.CONTACT, ask.contact_id)
    return store.get(connection, Entity.CONTACT, found.into_id) if found is not None and found.into_id else found
