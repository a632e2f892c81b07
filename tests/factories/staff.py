"""Persons, groups and divisions, made in a line each."""

from datetime import UTC, datetime
from typing import Final

from caseline.actions import keep_divisions, keep_people
from caseline.actions.editing import Editor
from caseline.actions.wiring import House

BY: Final = Editor("test", datetime(2026, 11, 2, 9, tzinfo=UTC))


def person(house: House, name: str, *, email: str | None = None, groups: tuple[int, ...] = ()) -> int:
    """Make a person; answers the id."""
    return keep_people.add(house, keep_people.Wish(name=name, email=email, groups=groups), BY).id


def division(house: House, name: str, *, parent: int | None = None, head: int | None = None) -> int:
    """Make a division; answers the id."""
    return keep_divisions.add(house, keep_divisions.Wish(name=name, parent_id=parent, head_id=head), BY).id
