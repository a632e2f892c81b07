"""Tells operators by mail of runs that failed, were broken off or are late; no worker is needed for that."""

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

import sqlalchemy as sa

from caseline.actions import send_letters, wiring
from caseline.actions.wiring import House
from caseline.health.alerts import Alert
from caseline.outbox import store as outbox
from caseline.outbox import template_book, templates
from caseline.outbox.letters import Address, Nature, NewLetter
from caseline.outbox.minting import Thread
from caseline.outbox.tags import Tag

TEMPLATE: Final = "run_alert"
_TOKEN: Final = "alert-token"  # noqa: S105 - name of a file
_BYTES: Final = 24
_sending: Final = Lock()


def token(home: Path) -> str:
    """What the Prefect server of a home shows to its desk; made when it is asked for the first time."""
    file = home / "prefect" / _TOKEN
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{_TOKEN}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(_BYTES), encoding="ascii")
        draft.replace(file)
    return file.read_text(encoding="ascii")


def known(house: House) -> list[str]:
    """All that a Prefect server may show; empty: none may tell anything."""
    file = house.settings.home / "prefect" / _TOKEN
    own = file.read_text(encoding="ascii") if file.exists() else None
    return [one for one in (house.settings.alert_secret(), own) if one]


def write(house: House, alert: Alert, *, now: datetime) -> list[int]:
    """Queue a letter for each operator; the ids of those that are new or were written within this hour.

    Nobody is written to where no operator is named, or no address of our own. Raises `OutboxFault`.
    """
    operators = [one.strip() for one in house.settings.operators.split(",") if one.strip()]
    if house.settings.mail_address is None:
        return []
    with house.engine.begin() as connection:
        return [_queue(house, connection, alert, one, now) for one in operators]


def send(house: House, *, clock: Callable[[], datetime]) -> None:
    """Send what is due, unless this process does so already, or no server is named.

    A late run says that no worker does it.
    """
    if house.settings.smtp() is None or not _sending.acquire(blocking=False):
        return
    try:
        send_letters.send(house, clock=clock)
    finally:
        _sending.release()


def _queue(house: House, connection: sa.Connection, alert: Alert, operator: str, now: datetime) -> int:
    language = house.settings.mail_language
    template = template_book.ready(connection, TEMPLATE, language)
    values = {Tag.SUBJECT: alert.head(language), Tag.TEXT: alert.text(language), Tag.LINK: alert.page}
    words = templates.render(template, values)
    new = NewLetter(
        thread=Thread(None),
        to=[Address(operator, "")],
        subject=words.subject,
        text=words.text,
        html=words.html,
        imported=False,
        nature=Nature.NOTICE,
        sender_name=house.settings.mail_name,
        occasion=f"{alert.occasion(now)} {operator}",
        ordered=True,  # whoever is named as operator wants to know
    )
    return outbox.queue(connection, new, wiring.mint(house, connection, now=now), now=now)
