"""Rows of User.csv and Group.csv."""

from collections.abc import Iterator
from typing import Final

from caseline.sample import layouts, moments
from caseline.sample.names import phone
from caseline.sample.world import ACTIVE_USERS, QUEUES, USERS, World

_FIRST_PERSON: Final = 50_000_000  # agents are other people than contacts
_TITLES: Final = ("Support Engineer", "Senior Support Engineer", "Team Lead", "Специалист поддержки", "Диспетчер")
_QUEUES: Final = (
    "First Line", "Second Line", "Warranty", "Logistics", "Documents", "Metering", "Portal", "Sales Desk",
    "Claims", "Night Shift", "Key Clients", "Архив",
)  # fmt: skip


def owner_names(world: World) -> dict[str, str]:
    """Name by id, of users and queues."""
    users = {layouts.USER.ids.at(index): world.names.person(_FIRST_PERSON + index).full for index in range(USERS)}
    return users | {layouts.GROUP.ids.at(index): name for index, name in enumerate(_QUEUES[:QUEUES])}


def user_rows(world: World) -> Iterator[list[str]]:
    """Support agents, the inactive ones last."""
    stream = world.stream("User")
    for index in range(USERS):
        person = world.names.person(_FIRST_PERSON + index)
        login = f"{person.login}.{index}@support.example.com"
        hired = moments.stamp(moments.DAY + index * 3600)
        zone, locale = ("Europe/Moscow", "ru") if person.russian else ("Europe/London", "en_GB")
        yield [
            layouts.USER.ids.at(index),
            login,
            person.last,
            person.first,
            "Sample Support",
            "Service",
            stream.pick(("First Line", "Second Line", "Warranty")),
            stream.pick(_TITLES),
            login,
            phone(index * 7_919_113),
            f"u{index:04}",
            "1" if index < ACTIVE_USERS else "0",
            zone,
            locale,
            "Standard",
            locale,
            f"{index + 1:06}",
            "" if index % 10 == 0 else world.staff[index % 5],
            hired,
            world.staff[0],
            hired,
            world.staff[0],
            hired,
        ]


def group_rows(world: World) -> Iterator[list[str]]:
    """Queues that own cases."""
    for index, name in enumerate(_QUEUES[:QUEUES]):
        made = moments.stamp(2 * moments.DAY + index * 60)
        yield [
            layouts.GROUP.ids.at(index),
            name,
            f"Queue_{index + 1:02}",
            "",
            "Queue",
            f"queue{index + 1}@support.example.com",
            world.staff[0],
            str(index % 2),
            "0",
            made,
            world.staff[0],
            made,
            world.staff[0],
            made,
        ]
