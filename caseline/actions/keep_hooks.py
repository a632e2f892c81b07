"""Keeps webhooks, as administrators edit them; a secret is shown once, when it is made."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.feedback import hook_rules, hooks
from caseline.feedback.hook_rules import HookUnfit
from caseline.feedback.hooks import Hook, Line

_SECRET_BYTES: Final = 32
_MOST: Final = 50
_COMMAND_LINE: Final = "command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a webhook shall be."""

    code: str
    url: str
    bonuses: bool = False
    active: bool = True


def listed(house: House) -> list[Hook]:
    """All of them, by code."""
    with house.engine.connect() as connection:
        return hooks.every(connection)


def find(house: House, code: str) -> Hook:
    """The one of that code; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, code)


def calls(house: House, hook: Hook) -> Sequence[Line]:
    """The newest of what it is told."""
    with house.engine.connect() as connection:
        return hooks.lines(connection, hook.id, _MOST)


def plain(hook: Hook | Wish) -> Plain:
    """A webhook as plain values; its secret is none of them."""
    return {"url": hook.url, "bonuses": hook.bonuses, "active": hook.active}


def make(house: House, wish: Wish, editor: Editor) -> str:
    """Make one; answers its secret, which nobody can read again. Raises `Faulty`."""
    secret, url = secrets.token_urlsafe(_SECRET_BYTES), _checked(wish)
    values = {"code": wish.code, "url": url, "bonuses": wish.bonuses, "active": wish.active}
    values |= {"made_by": editor.login or _COMMAND_LINE, "made_at": editor.at}
    with house.engine.begin() as connection:
        if not hooks.make(connection, values, secret.encode()):
            raise Faulty(Fault("code", "another webhook has it: take another", "такой код уже есть у другого вебхука"))
        editing.note(connection, editor, "hook.added", wish.code, None, plain(_known(connection, wish.code)))
    return secret


def change(house: House, wish: Wish, editor: Editor, *, seen: str | None = None) -> None:
    """Change one; what waits for it goes to its new address. Raises `Faulty`, `Absent` and `Overtaken`."""
    url = _checked(wish)
    with house.engine.begin() as connection:
        old = _known(connection, wish.code, hold=True)
        editing.check(seen, plain(old))
        hooks.change(connection, old.id, {"url": url, "bonuses": wish.bonuses, "active": wish.active})
        editing.note(connection, editor, "hook.changed", wish.code, plain(old), plain(_known(connection, wish.code)))


def renew(house: House, code: str, editor: Editor) -> str:
    """Give it a new secret; answers it. What is sent from now on is signed by it. Raises `Absent`."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with house.engine.begin() as connection:
        old = _known(connection, code, hold=True)
        hooks.change(connection, old.id, {"secret": secret.encode()})
        editing.note(connection, editor, "hook.changed", code, {"secret": "old"}, {"secret": "new"})  # nosec B105
    return secret


def again(house: House, code: str, editor: Editor) -> int:
    """Try anew all that was not taken; answers how much. Raises `Absent`."""
    with house.engine.begin() as connection:
        found = _known(connection, code, hold=True)
        return hooks.again(connection, found.id, now=editor.at)


def _known(connection: sa.Connection, code: str, *, hold: bool = False) -> Hook:
    found = hooks.find(connection, code, hold=hold)
    if found is None:
        raise Absent(f"webhook {code}")
    return found


def _checked(wish: Wish) -> str:
    try:
        return hook_rules.checked(wish.code, wish.url)
    except HookUnfit as error:
        raise Faulty(Fault(error.part, error.english, error.russian)) from error
