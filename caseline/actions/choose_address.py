"""Shows somebody which asks wait for an address, with all addresses of the client, and takes the one he chooses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from caseline.actions import keep_clients, look_again, sees, wiring
from caseline.actions.editing import Fault, Faulty
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.crm import connect
from caseline.crm.cards import Refused
from caseline.crm.clients import Asked as AskedClients
from caseline.crm.clients import Entity
from caseline.feedback import asks, bad_addresses, known_addresses, question_book
from caseline.feedback.asks import Ask
from caseline.feedback.known_addresses import Known
from caseline.feedback.question_book import Waiting
from caseline.feedback.states import State
from caseline.outbox.addresses import checked, folded
from caseline.outbox.faults import OutboxFault
from caseline.people import logins
from caseline.people.access import Viewer
from caseline.people.rights import Right
from caseline.people.stores import presence
from caseline.timing import zones

_CONTACTS: Final = 50
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of questions, those first that wait longest."""

    lines: Sequence[Waiting]
    after: Place | None
    """From where the next page is asked for."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A card at which an address may be kept."""

    key: str
    """`contact 5`, as forms name it."""
    name: str
    email: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Sight:
    """A question as somebody sees it."""

    one: Waiting
    ask: Ask
    addresses: Sequence[Known]
    """Which can be chosen."""
    bad: Sequence[Known]
    """Which letters do not reach."""
    owners: Sequence[Owner]
    answers: bool
    """Whether whoever looks may answer it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody chooses."""

    address: str
    keep_at: str = ""
    """The card at which it is to be kept; nothing: at none."""


def count(house: House, viewer: Viewer, *, now: datetime) -> int:
    """How many wait for somebody, at most one more than `question_book.MOST_COUNTED`."""
    if viewer.person_id is None or not viewer.may(Right.WORK_REQUESTS):
        return 0
    with house.engine.connect() as connection:
        return question_book.count(connection, _persons(house, connection, viewer, now))


def listed(house: House, viewer: Viewer, *, mine: bool, after: Place | None, now: datetime, most: int = 50) -> Page:
    """Questions for somebody and those for whom he stands in; or all that he sees."""
    with house.engine.connect() as connection:
        if mine:
            persons = _persons(house, connection, viewer, now)
            found = question_book.of_persons(connection, persons, after=after, most=most)
        else:
            found = question_book.of_reach(connection, sees.reach(house, connection, viewer), after=after, most=most)
    lines = found[:most]
    return Page(lines, (lines[-1].since, lines[-1].id) if len(found) > most else None)


def shown(house: House, viewer: Viewer, ask_id: int, *, now: datetime) -> Sight:
    """A question with all addresses of the client; raises `Absent`."""
    with house.engine.connect() as connection:
        one = _seen(house, connection, viewer, ask_id, now)
        ask = asks.one(connection, ask_id)
        assert ask is not None  # noqa: S101 - a question is one of an ask
        known = _known(house, connection, one)
        return Sight(
            one=one,
            ask=ask,
            addresses=[each for each in known if not each.bad],
            bad=[each for each in known if each.bad],
            owners=_owners(house, connection, one),
            answers=ask.state is State.AWAITING_ADDRESS and viewer.may(Right.WORK_REQUESTS),
        )


def choose(house: House, viewer: Viewer, ask_id: int, choice: Choice, *, now: datetime) -> None:
    """Let the letter go to an address, and to no other; raises `Absent`, `Faulty`, `Refused`.

    It is queued in one transaction with its line in the audit log. Where it is to be kept at a card, that is done
    before, so that nothing leaves when the card cannot be changed. What the campaign would not ask about any more is
    skipped, and said.
    """
    if not viewer.may(Right.WORK_REQUESTS):
        raise Absent("question")
    sight = shown(house, viewer, ask_id, now=now)
    if not sight.answers:
        raise Faulty(_over(sight.ask))
    address = _checked(house, choice.address)
    if choice.keep_at:
        _keep(house, viewer, sight, choice.keep_at, address, now)
    with house.engine.begin() as connection:
        ask = asks.hold(connection, ask_id)
        if ask is None or ask.state is not State.AWAITING_ADDRESS:
            raise Faulty(_over(ask or sight.ask))
        if (why := look_again.let_go(house, connection, ask, address, now=now)) is None:
            _queue(connection, viewer, sight, ask, address, now)
    if why is not None:
        raise Faulty(look_again.fault(why))


def _queue(connection: sa.Connection, viewer: Viewer, sight: Sight, ask: Ask, address: str, now: datetime) -> None:
    known = next((one for one in sight.addresses if folded(one.address) == folded(address)), None)
    changes: dict[str, Any] = {"address": address, "due_at": max(ask.due_at or now, now)}
    if ask.contact_id is None and known is not None and known.contact_id is not None:
        changes["contact_id"] = known.contact_id
    asks.move(connection, ask, State.QUEUED, by=viewer.name, now=now, changes=changes)
    if question_book.get(connection, ask.id) is None:  # somebody was faster than the round that asks him
        question_book.put(connection, ask.id, asked_at=now, person_id=viewer.person_id)
    data = {"address": address, "number": sight.one.number, "typed": known is None}
    logins.note(connection, viewer.name, "address_chosen", f"{sight.one.service} ({ask.id})", data, now=now)


def _over(ask: Ask) -> Fault:
    return Fault(
        "",
        f"the question is over (the ask is {ask.state.value}): there is nothing to choose any more",
        "вопрос уже закрыт: выбирать больше нечего",
    )


def _checked(house: House, typed: str) -> str:
    """An address to which a letter may go."""
    if not typed.strip():
        raise _fault("no address: choose one, or type it", "адрес не указан: выберите его или введите новый")
    try:
        address = checked(typed)
    except OutboxFault as error:
        russian = f"«{typed.strip()[:100]}» — не адрес почты: исправьте его (name@example.org)"
        raise _fault(str(error), russian) from error
    with house.engine.connect() as connection:
        if bad_addresses.among(connection, [address]):
            raise _fault(
                f"letters to {address} come back: choose another one",
                f"письма на {address} возвращаются: выберите другой адрес",
            )
        if bad_addresses.unwanted(connection, address):
            raise _fault(
                f"whoever reads at {address} wants no such letters: choose another one",
                f"получатель {address} отказался от таких писем: выберите другой адрес",
            )
    return address


def _fault(english: str, russian: str) -> Faulty:
    return Faulty(Fault("address", english, russian))


def _keep(house: House, viewer: Viewer, sight: Sight, key: str, address: str, now: datetime) -> None:
    owner = next((one for one in sight.owners if one.key == key), None)
    if owner is None:
        raise Faulty(Fault("keep_at", "there is no such card: choose again", "такой карточки нет: выберите снова"))
    if folded(owner.email or "") == folded(address):
        return
    entity, _, number = key.partition(" ")
    client = (Entity(entity), int(number), owner.version)
    try:
        keep_clients.change(house, viewer, client, {"email": address}, {}, now)
    except Refused as error:
        said = f"the address is not kept, and nothing is sent: {error}"
        raise Faulty(
            Fault("keep_at", said, "адрес не сохранён в карточке, письмо не отправлено: откройте страницу заново")
        ) from error


def _persons(house: House, connection: sa.Connection, viewer: Viewer, now: datetime) -> frozenset[int]:
    """Whose questions are those of somebody today."""
    if viewer.person_id is None:
        return frozenset()
    zone = zones.zone(wiring.intake(house).clocks.zone(connection, None))
    return presence.stands_in_for(connection, viewer.person_id, now.astimezone(zone).date())


def _seen(house: House, connection: sa.Connection, viewer: Viewer, ask_id: int, now: datetime) -> Waiting:
    """The question, if somebody may see it: because he is asked, or because of what it is about."""
    one = question_book.one(connection, ask_id)
    if one is None or not viewer.may(Right.SEE_REQUESTS):
        raise Absent(f"question {ask_id}")
    if sees.reach(house, connection, viewer).holds(one.division_id, one.responsible_id):
        return one
    if {one.responsible_id, one.person_id, one.head_id} & _persons(house, connection, viewer, now):
        return one
    raise Absent(f"question {ask_id}")


def _known(house: House, connection: sa.Connection, one: Waiting) -> list[Known]:
    own = [house.settings.mail_address] if house.settings.mail_address else []
    client, subject = (one.company_id, one.contact_id), (one.subject, one.subject_id)
    return known_addresses.of_client(connection, client, subject, own)


def _owners(house: House, connection: sa.Connection, one: Waiting) -> list[Owner]:
    """Cards of the client; none where people work in a portal, whose cards are edited there."""
    if house.settings.crm == connect.BITRIX24:
        return []
    store = connect.clients(house.settings.crm)
    found: dict[tuple[Entity, int], None] = {}
    if one.contact_id is not None:
        found[Entity.CONTACT, one.contact_id] = None
    if one.company_id is not None:
        found[Entity.COMPANY, one.company_id] = None
        wanted = AskedClients(company_id=one.company_id, most=_CONTACTS)
        for line in store.listed(connection, Entity.CONTACT, wanted, house.settings.phone_region)[:_CONTACTS]:
            found[Entity.CONTACT, line.id] = None
    cards = [store.get(connection, entity, number) for entity, number in found]
    return [
        Owner(f"{card.entity.value} {card.id}", card.name, card.values["email"], card.version)
        for card in cards
        if card is not None and card.into_id is None
    ]
