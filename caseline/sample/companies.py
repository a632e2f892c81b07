"""Rows of Account.csv."""

from collections.abc import Iterator
from typing import Final

from caseline.sample import layouts, moments
from caseline.sample.chance import Stream
from caseline.sample.ids import NULL_KEY
from caseline.sample.names import Company, phone
from caseline.sample.world import World

_INDUSTRIES: Final = ("Construction", "Energy", "Retail", "Manufacturing", "Agriculture", "Utilities", "")
_STREETS_RU: Final = ("ул. Лесная", "пр. Мира", "ул. Заводская", "Набережная ул.", "ул. 1-я Полевая", "Тихий пер.")
_STREETS_EN: Final = ("Mill Lane", "Station Road", "Long Street", "Harbour Way", "Chapel Hill", "Meadow Drive")
_BREAKS: Final = ("\n", "\r\n")


def street(stream: Stream, *, russian: bool) -> str:
    """An address of one to three lines."""
    number = 1 + stream.below(140)
    if russian:
        lines = (f"{stream.pick(_STREETS_RU)}, д. {number}", f'корп. "{1 + stream.below(9)}"', f"офис {number * 3}")
    else:
        lines = (f"{number} {stream.pick(_STREETS_EN)}", f'Unit "{stream.below(30)}"', "Rear entrance, ring twice")
    return stream.pick(_BREAKS).join(lines[: 1 + stream.below(3)])


def account_rows(world: World) -> Iterator[list[str]]:
    """Client companies; some belong to a parent that comes earlier or later in the file."""
    stream = world.stream("Account")
    for index in range(world.accounts):
        yield _row(world, index, world.names.company(index), stream)


def _row(world: World, index: int, company: Company, stream: Stream) -> list[str]:
    made = world.moment(index, world.accounts)
    changed = moments.stamp(min(made + stream.below(400 * moments.DAY), moments.END))
    parent = world.account_family.parent(index)
    nothing = NULL_KEY if stream.chance(0.2) else ""
    return [
        layouts.ACCOUNT.ids.at(index),
        "0",
        "",
        company.name,
        stream.pick(("Customer", "Customer", "Partner", "Prospect")),
        "",
        nothing if parent is None else layouts.ACCOUNT.ids.at(parent),
        street(stream, russian=company.russian),
        stream.pick(("Тверь", "Омск", "Пермь") if company.russian else ("Leeds", "Cork", "Graz")),
        f"{stream.below(1_000_000):06}",
        "Россия" if company.russian else stream.pick(("United Kingdom", "Ireland", "Austria")),
        phone(stream.below(1 << 40)),
        "",
        f"{index + 1:07}",
        f"https://www.{company.domain}",
        stream.pick(_INDUSTRIES),
        f"{stream.below(900_000_000) / 100:.2f}" if stream.chance(0.7) else "",
        str(1 + stream.below(5000)) if stream.chance(0.7) else "",
        'Client of the "first hour", discount agreed' if stream.chance(0.1) else "",
        stream.pick(world.staff),
        moments.stamp(made),
        stream.pick(world.staff),
        changed,
        stream.pick(world.staff),
        changed,
        "",
        f"{stream.below(10**10):010}",
        moments.day(made),
        str(stream.below(2)),
    ]
