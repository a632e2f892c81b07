"""Keeps where public reviews may be written, and the sites that may be linked to, as administrators edit them."""

from typing import Final

import sqlalchemy as sa

from caseline.actions import editing
from caseline.actions.editing import Editor, Fault, Faulty, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.feedback import review_store, reviews
from caseline.feedback.reviews import Reward, Target, TargetUnfit

_TAKEN: Final = Fault("code", "another target has it: take another", "такой код уже есть у другой площадки")


def targets(house: House) -> list[Target]:
    """All of them, by code."""
    with house.engine.connect() as connection:
        return list(review_store.targets(connection).values())


def find(house: House, code: str) -> Target:
    """The one of that code; raises `Absent`."""
    with house.engine.connect() as connection:
        return _known(connection, code)


def plain(target: Target) -> Plain:
    """A target as plain values."""
    return {
        "name": target.name,
        "address": target.address,
        "reward": target.reward.value,
        "active": target.active,
    }


def put(house: House, target: Target, editor: Editor, *, new: bool, seen: str | None = None) -> Target:
    """Make or change one; raises `Faulty`, `Absent` and `Overtaken`."""
    with house.engine.begin() as connection:
        there = review_store.target(connection, target.code)
        if new and there is not None:
            raise Faulty(_TAKEN)
        old = None if new else _known(connection, target.code)
        if old is not None:
            editing.check(seen, plain(old))
        made = _checked(target, review_store.hosts(connection))
        review_store.put(connection, made)
        before = None if old is None else plain(old)
        action = "review_target.added" if new else "review_target.changed"
        editing.note(connection, editor, action, target.code, before, plain(made))
    return made


def hosts(house: House) -> dict[str, Reward]:
    """Sites that may be linked to, with what may be rewarded there at most."""
    with house.engine.connect() as connection:
        return review_store.hosts(connection)


def host(house: House, name: str) -> Reward:
    """What may be rewarded at a site; raises `Absent` for one that may not be linked to."""
    found = hosts(house)
    if name not in found:
        raise Absent(f"site {name}")
    return found[name]


def put_host(house: House, name: str, reward: Reward, editor: Editor, *, new: bool, seen: str | None = None) -> str:
    """Allow links to a site, or change what may be rewarded there; answers it as it is kept. Raises `Faulty`."""
    try:
        kept = reviews.host(name)
    except TargetUnfit as error:
        raise Faulty(Fault("host", error.english, error.russian)) from error
    with house.engine.begin() as connection:
        known = review_store.hosts(connection)
        if new and kept in known:
            raise Faulty(Fault("host", "it is in the list already", "этот сайт уже есть в списке"))
        if not new and kept not in known:
            raise Absent(f"site {kept}")
        before = None if new else plain_host(known[kept])
        if before is not None:
            editing.check(seen, before)
        review_store.put_host(connection, kept, reward)
        action = "review_host.added" if new else "review_host.changed"
        editing.note(connection, editor, action, kept, before, plain_host(reward))
    return kept


def drop_host(house: House, name: str, editor: Editor, *, seen: str | None = None) -> None:
    """Allow no more links to a site: nobody is led there any more, by older links neither. Raises `Absent`."""
    with house.engine.begin() as connection:
        known = review_store.hosts(connection)
        if name not in known:
            raise Absent(f"site {name}")
        editing.check(seen, plain_host(known[name]))
        review_store.drop_host(connection, name)
        editing.note(connection, editor, "review_host.removed", name, plain_host(known[name]), None)


def plain_host(reward: Reward) -> Plain:
    """A site as plain values."""
    return {"reward": reward.value}


def _known(connection: sa.Connection, code: str) -> Target:
    found = review_store.target(connection, code)
    if found is None:
        raise Absent(f"review target {code}")
    return found[1]


def _checked(target: Target, known: dict[str, Reward]) -> Target:
    try:
        return reviews.checked(target, known)
    except TargetUnfit as error:
        raise Faulty(Fault(error.part, error.english, error.russian)) from error
