"""Says whether chats work, and what was said in them."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from caseline.actions import chat_letters, hook_chat, wiring
from caseline.actions.wiring import House
from caseline.chat import chats, incoming, links, outgoing
from caseline.chat.chats import Chat
from caseline.chat.faults import Away, Barred, Refused
from caseline.chat.gateway import Health
from caseline.chat.incoming import Heard
from caseline.chat.outgoing import Said
from caseline.chat.web import NAME as WEB
from caseline.feedback import dialogues
from caseline.feedback.dialogues import Kept


@dataclass(frozen=True, slots=True)
class Report:
    """How chats are."""

    gateway: str
    works: bool
    lines: Sequence[str]
    to_send: int
    to_handle: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A dialogue with all that was said in its chat."""

    dialogue: Kept
    chat: Chat
    said: Sequence[Said]
    heard: Sequence[Heard]


class NoDialogue(LookupError):
    """There is no dialogue of that id; the message says what to do."""


def check(house: House, *, register: bool, now: datetime) -> Report:
    """Ask the gateway whether it works. `register`: first let it call us, or no longer, as the settings say."""
    hook = hook_chat.address(house)
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        try:
            if register:
                gateway.register(hook, house.settings.chat_hook_secret())
            health = gateway.check(hook)
        except (Away, Barred, Refused) as error:
            health = Health(works=False, lines=(str(error),))
    lines = list(health.lines)
    if house.settings.chat == WEB and house.settings.public_url is None:
        lines.append("nobody can be told of a page: set CASELINE_PUBLIC_URL to where people outside reach it")
    with house.engine.begin() as connection:
        known = chats.asked(connection, gateway.name)
        if known.paused_until is not None and known.paused_until > now:
            lines.append(f"it is left alone until {known.paused_until:%H:%M:%S} UTC: {known.reason}")
        waiting = outgoing.waiting(connection), incoming.waiting(connection)
    return Report(gateway.name, health.works and len(lines) == len(health.lines), lines, *waiting)


def listed(house: House, *, most: int) -> list[Kept]:
    """Dialogues, those in which something happened last first."""
    with house.engine.connect() as connection:
        return dialogues.every(connection, most)


def show(house: House, dialogue_id: int) -> Shown:
    """A dialogue. Raises `NoDialogue`."""
    with house.engine.connect() as connection:
        kept = dialogues.one(connection, dialogue_id)
        if kept is None:
            raise _none(dialogue_id)
        chat = chats.one(connection, kept.chat_id)
        return Shown(kept, chat, outgoing.of(connection, chat.id), incoming.of(connection, chat.id))


def link(house: House, dialogue_id: int, *, now: datetime) -> str:
    """A new link to the page of a web chat, beside those that were sent. Raises `NoDialogue`."""
    with house.engine.begin() as connection:
        kept = dialogues.one(connection, dialogue_id)
        chat = None if kept is None else chats.one(connection, kept.chat_id)
        if chat is None or chat.gateway != WEB:
            raise _none(dialogue_id)
        made = links.mint(chat.key)
        chats.keep_secret(connection, chat.id, links.digest(made.secret), now=now)
    return chat_letters.address(house, made)


def _none(dialogue_id: int) -> NoDialogue:
    return NoDialogue(
        f"dialogue {dialogue_id}: there is none of this id on a page of ours; `caseline chat list` has them"
    )
