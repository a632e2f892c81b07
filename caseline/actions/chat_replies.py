"""Keeps what people say in chats, and makes something of it, each message in a transaction of its own."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from caseline.actions import chat_intake, chat_lines, judge_ask, settle_asks, wiring
from caseline.actions.wiring import House
from caseline.chat import chats, incoming, outgoing
from caseline.chat.chats import Chat
from caseline.chat.gateway import Message, Received
from caseline.chat.incoming import Heard
from caseline.chat.outgoing import New
from caseline.chat.telegram import NAME as TELEGRAM
from caseline.crm import connect, phones
from caseline.crm.cards import Deed
from caseline.crm.timeline import NewMessage
from caseline.crm.vocabulary import MessageKind
from caseline.feedback import answers, asks, books, dialogue, dialogues, opt_outs, signals, spoken
from caseline.feedback.answers import Given
from caseline.feedback.asks import Ask
from caseline.feedback.confirming import Kind
from caseline.feedback.dialogue import Reply, Stage
from caseline.feedback.dialogues import Kept
from caseline.feedback.signals import Came
from caseline.feedback.states import OPEN, State, may

_START: Final = "/start"
_ASK_PHONE: Final = {
    "ru": "Здравствуйте! Поделитесь, пожалуйста, номером телефона: по нему мы узнаем вас.",
    "en": "Hello! Please share your phone number: it tells us who you are.",
}
_KNOWN: Final = {"ru": "Спасибо! Теперь мы можем писать вам сюда.", "en": "Thank you! We can write to you here now."}
_GOODBYE: Final = {"ru": "Хорошо, больше не будем спрашивать.", "en": "All right, we will not ask again."}


def receive(
    house: House, connection: sa.Connection, one: Received, *, now: datetime, turn: int | None = None
) -> int | None:
    """Keep a message; None where it is kept already. `turn`: what its page showed; else what we have asked by now."""
    phone = phones.number(one.phone, house.settings.phone_region) if one.phone else None
    one = incoming.tidy(one)
    chat_id = chats.ready(connection, one.gateway, one.chat, now=now, phone=phone, name=one.name)
    running = dialogues.running(connection, chat_id)
    asked = None if running is None else running.turn if turn is None else min(turn, running.turn)
    return incoming.keep(connection, chat_id, one, turn=asked, now=now)


def handle(house: House, *, now: datetime, only: int | None = None) -> bool:
    """Make something of the next message that waits, or of that one; False where there is none.

    What it says is kept in one transaction, what follows from it comes in the next: killed between, a job does that.
    One that cannot be handled is tried again later, and keeps no other back.
    """
    claimed: list[int] = []
    try:
        with house.engine.begin() as connection:
            one = incoming.claim(connection, now=now, only=only)
            if one is None:
                return False
            claimed.append(one.id)
            made = _Hearing(house, connection, chats.hold(connection, one.chat_id), one, now).make()
            incoming.handled(connection, one, made.result, now=now)
    except Exception as error:  # noqa: BLE001 - the gate of messages: what nobody has foreseen costs its own one
        for number in claimed:
            with house.engine.begin() as connection:
                incoming.stumbled(connection, number, f"{type(error).__name__}: {error}", now=now)
        return bool(claimed)
    if made.ask_id is not None:
        _judge(house, made.ask_id, now)
    return True


def _judge(house: House, ask_id: int, now: datetime) -> None:
    """Bring an ask to what was said; where that fails, the job that judges tries it again, and says why."""
    with suppress(Exception), house.engine.begin() as connection:
        judge_ask.judge(house, connection, ask_id, now=now)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a message came to."""

    result: str
    ask_id: int | None = None
    """An ask that is to be judged."""


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A message that is being made something of; its chat is held."""

    house: House
    connection: sa.Connection
    chat: Chat
    one: Heard
    now: datetime

    def make(self) -> _Made:
        kept = dialogues.running(self.connection, self.chat.id)
        if self.one.phone is not None and self.chat.gateway == TELEGRAM:
            return self._phone()  # of others it comes along with whatever is said
        if kept is None or self.one.text.startswith(_START):
            return _Made(self._outside())
        ask = asks.hold(self.connection, kept.ask_id)
        if ask is not None and ask.state is State.QUEUED:
            # Somebody answers, so the first words have arrived, whoever died before saying so.
            settle_asks.sent(self.house, self.connection, ask, at=self.now)
            ask = asks.hold(self.connection, ask.id)
        if ask is None or ask.state not in OPEN or (ask.expires_at is not None and ask.expires_at <= self.now):
            dialogues.end(self.connection, kept.id, Stage.ENDED, now=self.now)
            return _Made(self._outside())
        return self._hear(kept, ask)

    def _hear(self, kept: Kept, ask: Ask) -> _Made:
        questions = dialogue.questions(books.version(self.connection, ask.form_version_id))
        before = kept.asking(questions)
        pressed = None if self.one.button is None else chat_lines.read_button(self.one.button)
        if self.one.button is not None and (pressed is None or pressed[0] != kept.id):
            return _Made("a button of something else")
        reply = Reply(
            text=self.one.text,
            turn=self.one.turn or 0,
            pressed=None if pressed is None else (pressed[1], pressed[2]),
        )
        heard = dialogue.hear(before, reply)
        if heard.dialogue == before:
            return _Made("late, or said again")
        dialogues.change(self.connection, kept.id, heard.dialogue, now=self.now)
        chat_lines.queue(self.connection, kept, heard, first=False, now=self.now)
        if heard.rated is not None:
            self._rate(kept, ask, heard.rated, last=heard.dialogue.stage is Stage.DONE)
            return _Made(f"{heard.rated[0]}: {heard.rated[1]}", ask.id)
        if heard.dialogue.stage is Stage.STOPPED:
            self._stop(ask)
        if heard.dialogue.stage is Stage.HUMAN and ask.subject == "request":
            self._tell(ask.subject_id, self._said_since(kept))
        return _Made(heard.dialogue.stage.value if heard.dialogue.stage is not Stage.ASKING else "asked again")

    def _rate(self, kept: Kept, ask: Ask, rated: tuple[str, int], *, last: bool) -> None:
        key, value = rated
        came = Came(ask_id=ask.id, at=self.one.came_at, kind=Kind.GESTURE, question=key, value=value)
        signals.add(self.connection, came)
        given = Given(
            ask_id=ask.id,
            submission=f"dialogue {kept.id} {key}",
            at=self.one.came_at,
            document={key: value},
            language=kept.language,
            complete=last,
        )
        answers.add(self.connection, given)
        asks.judge_at(self.connection, ask.id, self.now)

    def _stop(self, ask: Ask | None) -> None:
        chat = self.chat
        opt_outs.add(self.connection, address=chat.phone, contact_id=chat.contact_id, by="client", now=self.now)
        if ask is not None and may(ask.state, State.OPTED_OUT):
            asks.move(self.connection, ask, State.OPTED_OUT, by="client", now=self.now)

    def _tell(self, record_id: int, text: str) -> bool:
        """Let what somebody has said stand in the timeline of a request, whose person is told of it."""
        card = wiring.intake(self.house).cards.get(self.connection, record_id)
        if card is None or not text:
            return False
        sender = " ".join(part for part in (self.chat.name, self.chat.phone) if part) or self.chat.gateway
        new = NewMessage(
            record_id=card.id, kind=MessageKind.COMMENT, sent_at=self.now, text=text, sender=sender, public=True
        )
        timelines = connect.timelines(self.house.settings.crm)
        timelines.append(self.connection, new, Deed(at=self.now, data={"chat": True}))
        return True

    def _said_since(self, kept: Kept) -> str:
        said = incoming.of(self.connection, self.chat.id)
        return "\n".join(one.text for one in said if one.came_at > kept.begun_at and one.text)

    def _phone(self) -> _Made:
        """The messenger vouches for a phone: from now on its owner can be written to."""
        self._answer(_KNOWN, "known")
        return _Made("the phone is known")

    def _outside(self) -> str:
        """What is said while nothing is being asked."""
        if self.one.text.startswith(_START):
            if self.chat.gateway == TELEGRAM and self.chat.phone is None:
                self._answer(_ASK_PHONE, "phone", wants_phone=True)
            return "the bot was started"
        if spoken.stops(self.one.text):
            self._stop(None)
            self._answer(_GOODBYE, "goodbye")
            return "wants to be asked no more"
        kept = dialogues.latest(self.connection, self.chat.id)
        ask = None if kept is None else asks.one(self.connection, kept.ask_id)
        if ask is not None and ask.subject == "request" and self._tell(ask.subject_id, self.one.text):
            return f"stands in request {ask.subject_id}"
        number = chat_intake.request_of(self.house, self.connection, self.chat)
        if number is not None and self._tell(number, self.one.text):
            return f"stands in request {number}"
        return chat_intake.open_one(self.house, self.connection, self.chat, self.one, now=self.now)

    def _answer(self, texts: dict[str, str], what: str, *, wants_phone: bool = False) -> None:
        text = texts[self.house.settings.mail_language]
        new = New(message=Message(text, wants_phone=wants_phone), key=f"reply {self.one.id} {what}")
        outgoing.queue(self.connection, self.chat.id, new, now=self.now)
