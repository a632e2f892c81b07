"""Rows of Contact.csv."""

from collections.abc import Iterator
from typing import Final

from caseline.sample import layouts, moments
from caseline.sample.chance import Stream
from caseline.sample.companies import street
from caseline.sample.ids import NULL_KEY
from caseline.sample.names import phone
from caseline.sample.world import World

_TITLES_RU: Final = ("Главный энергетик", "Электромонтажник", "Бухгалтер", "Снабженец", "Директор", "")
_TITLES_EN: Final = ("Chief Engineer", "Electrician", "Accountant", "Buyer", "Managing Director", "")


def contact_rows(world: World) -> Iterator[list[str]]:
    """People who write to support; colleagues may share a mail address."""
    stream = world.stream("Contact")
    for index in range(world.contacts):
        yield _row(world, index, stream)


def _row(world: World, index: int, stream: Stream) -> list[str]:
    person = world.names.person(index)
    account = world.employment.account(index)
    company = None if account is None else world.names.company(account)
    made = world.moment(index, world.contacts)
    changed = moments.stamp(min(made + stream.below(300 * moments.DAY), moments.END))
    nothing = NULL_KEY if stream.chance(0.3) else ""
    return [
        layouts.CONTACT.ids.at(index),
        "0",
        "",
        nothing if account is None else layouts.ACCOUNT.ids.at(account),
        person.last,
        person.first if stream.chance(0.95) else "",
        "" if person.russian else stream.pick(("Mr.", "Ms.", "Dr.", "")),
        street(stream, russian=person.russian) if stream.chance(0.3) else "",
        "",
        "",
        "Россия" if person.russian else "United Kingdom",
        phone(stream.below(1 << 40)),
        "",
        phone(stream.below(1 << 40)) if stream.chance(0.5) else "",
        "",
        world.names.mail(index, person, company) if stream.chance(0.97) else "",
        stream.pick(_TITLES_RU if person.russian else _TITLES_EN),
        "",
        stream.pick(("Web", "Phone Inquiry", "Partner", "")),
        str(1950 + stream.below(55)) + moments.day(stream.below(365 * moments.DAY))[4:],
        "",
        stream.pick(world.staff),
        str(int(stream.chance(0.1))),
        moments.stamp(made),
        stream.pick(world.staff),
        changed,
        stream.pick(world.staff),
        changed,
        "",
        "Русский" if person.russian else "English",
    ]
