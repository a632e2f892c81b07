"""Keeps the pictures of rating letters: shows them, replaces one by another of the same name, takes that back."""

import hashlib
from dataclasses import dataclass

from caseline.actions import editing
from caseline.actions.editing import Editor, Plain
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.outbox import picture_book, pictures
from caseline.outbox.pictures import Picture


@dataclass(frozen=True, slots=True)
class Place:
    """A name with the picture that stands there now."""

    name: str
    picture: Picture | None
    replaced: bool


def places(house: House) -> list[Place]:
    """All names, with what stands there."""
    with house.engine.connect() as connection:
        found, own = picture_book.every(connection), picture_book.own(connection)
    return [Place(name, found.get(name), name in own) for name in pictures.NAMES]


def every(house: House) -> dict[str, Picture]:
    """The pictures by their names."""
    with house.engine.connect() as connection:
        return picture_book.every(connection)


def replace(house: House, name: str, content: bytes, editor: Editor) -> None:
    """Let a file stand in the place of the picture of that name; raises `OutboxFault` for what is no fit picture."""
    new = pictures.read(name, content)
    with house.engine.begin() as connection:
        picture_book.hold(connection, name)
        before = _said(picture_book.every(connection).get(name))
        picture_book.put(connection, new, by=editor.login, now=editor.at)
        editing.note(connection, editor, "picture.changed", name, before, _said(new))


def restore(house: House, name: str, editor: Editor) -> None:
    """Let the shipped picture count again; raises `Absent` where none was replaced."""
    with house.engine.begin() as connection:
        picture_book.hold(connection, name)
        old = picture_book.own(connection).get(name)
        if old is None:
            raise Absent(f"picture {name}")
        picture_book.drop(connection, name)
        editing.note(connection, editor, "picture.changed", name, _said(old), _said(pictures.shipped().get(name)))


def _said(one: Picture | None) -> Plain:
    """A picture as plain values: its size, and a mark by which it is known again."""
    if one is None:
        return {"picture": None}
    mark = hashlib.sha256(one.content).hexdigest()[:12]
    return {"picture": f"{one.content_type}, {one.width} x {one.height}, {len(one.content)} B, {mark}"}
