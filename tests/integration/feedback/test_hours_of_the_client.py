"""Letters and reminders come in the waking hours of the client, by his own clock and not by that of the house."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.factories.cards import moscow
from tests.factories.rounds import Rounds, rounds

CLIENT: Final = "client@example.org"
WEST: Final = "America/New_York"
"""Nine o'clock there is 16:00 in Moscow, eight in the evening is three at night."""


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def closed(house: Rounds, at: str, zone: str = WEST) -> None:
    """A request of a client of that zone is closed."""
    contact = house.contact(email=CLIENT)
    extra = "UPDATE crm.contact SET extra = jsonb_build_object('time_zone', CAST(:zone AS text)) WHERE id = :id"
    house.query(extra, id=contact, zone=zone)
    house.now = moscow(at)
    house.move(house.desk.open("2026-04-06 11:00", contact_id=contact), "closed")


def letters_at(house: Rounds, *moments: str) -> list[int]:
    """How many letters the client has got by each of them."""
    found = []
    for moment in moments:
        house.now = moscow(moment)
        house.round()
        found.append(len(house.letters(CLIENT)))
    return found


def test_a_letter_leaves_in_the_waking_hours_of_the_client(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    closed(house, "2026-04-06 12:00")

    assert letters_at(house, "2026-04-06 12:05", "2026-04-06 15:55", "2026-04-06 16:05") == [0, 0, 1]


def test_where_it_is_night_in_the_house_and_day_at_the_client_it_leaves_and_not_when_that_is_the_other_way_round(
    house: Rounds,
) -> None:
    house.switch_on("smileys-on-closure")
    closed(house, "2026-04-06 23:00")
    assert letters_at(house, "2026-04-06 23:05") == [1], "it is four in the afternoon there"

    closed(house, "2026-04-07 03:30")  # nothing runs until the morning, when it is two at night there
    assert letters_at(house, "2026-04-07 09:05", "2026-04-07 15:55", "2026-04-07 16:05") == [1, 1, 2]


def test_a_reminder_keeps_to_the_same_hours_though_nothing_has_run_for_a_while(house: Rounds) -> None:
    house.switch_on("smileys-on-closure", schedule={"reminder_after": 3})
    closed(house, "2026-04-06 16:30")
    assert letters_at(house, "2026-04-06 16:35") == [1]

    # It was due on Thursday at 16:35; whoever sends comes by at four at night there.
    assert letters_at(house, "2026-04-09 11:00", "2026-04-10 11:00", "2026-04-10 15:55", "2026-04-10 16:05") == [
        1,
        1,
        1,
        2,
    ]


def test_a_zone_that_nobody_knows_is_that_of_the_house(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    closed(house, "2026-04-06 12:00", zone="Nowhere/At_All")

    assert letters_at(house, "2026-04-06 12:05") == [1]
