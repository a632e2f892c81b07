"""Whoever gets the turns of an absent person hears what that one is told, too: one rule says who stands in."""

from datetime import date
from typing import Final

import pytest

from caseline.actions import tell_notices
from caseline.people.stores import presence
from tests.factories.cards import ServiceDesk, moscow
from tests.factories.colleagues import Staff

DAY: Final = "2026-06-08"
BEFORE: Final = "2026-06-01"
LATER: Final = "2026-06-05"
NAMES: Final = ("Anna", "Boris", "Vera", "Gleb")
Away = tuple[str, str | None, str]


@pytest.mark.parametrize(
    ("absences", "deputy"),
    [
        # Two at once: the one that began last, in whichever order they were written down.
        ([("Anna", "Boris", BEFORE), ("Anna", "Vera", LATER)], "Vera"),
        ([("Anna", "Boris", LATER), ("Anna", "Vera", BEFORE)], "Boris"),
        ([("Anna", "Boris", LATER), ("Anna", "Vera", LATER)], "Vera"),
        # One that names nobody takes no deputy away.
        ([("Anna", "Boris", BEFORE), ("Anna", None, LATER)], "Boris"),
        ([("Anna", None, BEFORE)], None),
        # The deputy is away, too: his own stands in.
        ([("Anna", "Boris", DAY), ("Boris", "Vera", DAY)], "Vera"),
        ([("Anna", "Boris", DAY), ("Boris", "Vera", DAY), ("Vera", "Gleb", DAY)], "Gleb"),
        ([("Anna", "Boris", DAY), ("Boris", None, DAY)], None),
        # A circle has nobody who is there.
        ([("Anna", "Boris", DAY), ("Boris", "Anna", DAY)], None),
        ([("Anna", "Boris", DAY), ("Boris", "Vera", DAY), ("Vera", "Boris", DAY)], None),
    ],
)
def test_turns_and_notices_go_to_the_same_deputy(
    desk: ServiceDesk, staff: Staff, absences: list[Away], deputy: str | None
) -> None:
    people = {name: staff.person(name) for name in NAMES}
    for name, other, since in absences:
        staff.away(people[name], people[other] if other else None, DAY, since=since)

    desk.open(f"{DAY} 10:00", assignee_id=people["Anna"])
    tell_notices.tell(desk.house, now=moscow(f"{DAY} 10:00"))

    with desk.house.engine.connect() as connection:
        in_turn = presence.stand_in(connection, people["Anna"], date.fromisoformat(DAY))
    assert in_turn == (people[deputy] if deputy else None)
    assert {name for name in NAMES if staff.told(people[name])} == {"Anna", *([deputy] if deputy else [])}
