"""Takes the calls of a messenger's webhook: kept first, and answered; what follows comes afterwards."""

import hmac
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from caseline.actions import chat_replies, chat_run, wiring
from caseline.actions.wiring import House
from caseline.chat.gateway import Received
from caseline.chat.telegram import NAME as TELEGRAM

HEADER = "x-telegram-bot-api-secret-token"
"""In which Telegram shows what we have given it; the others show it in the address."""


def trusted(house: House, in_path: str, in_header: str) -> bool:
    """Whether a call shows what only the messenger knows."""
    wanted = house.settings.chat_hook_secret()
    shown = in_header if house.settings.chat == TELEGRAM else in_path
    return wanted is not None and hmac.compare_digest(shown.encode("utf-8", "replace"), wanted.encode())


def address(house: House) -> str | None:
    """Where the messenger calls us; None where nobody has said that it is to."""
    secret, base = house.settings.chat_hook_secret(), house.settings.public_url
    if secret is None or base is None:
        return None
    return f"{base.rstrip('/')}/hook/chat" + ("" if house.settings.chat == TELEGRAM else f"/{secret}")


def take(house: House, document: Mapping[str, object], *, now: datetime) -> Received | None:
    """Keep the message of a call; None where it is none, or kept already. Raises `Unread`."""
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        one = gateway.read(document, now=now)
    if one is None:
        return None
    with house.engine.begin() as connection:
        return one if chat_replies.receive(house, connection, one, now=now) is not None else None


def follow(house: House, one: Received, *, now: datetime) -> None:
    """What follows from a message that was kept."""
    with closing(wiring.chat_gateway(house.settings)) as gateway:
        chat_run.acknowledge(gateway, one)
    chat_run.run(house, now=now)
