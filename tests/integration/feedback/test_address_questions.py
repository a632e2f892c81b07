"""The question to which address a letter shall go: from asking to its end, over holidays, with people who are away."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import ask_addresses, choose_address, keep_templates, write_question
from caseline.actions.choose_address import Choice
from caseline.actions.editing import Faulty
from caseline.actions.seen import Absent
from caseline.feedback import asks
from caseline.feedback.known_addresses import Whence
from caseline.feedback.states import State
from caseline.outbox.templates import Template
from caseline.people.rights import Role
from tests.factories import agreements
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.colleagues import Staff

# Thursday; Friday is a holiday, so the second working day ends with Monday.
START: Final = moscow("2026-06-11 10:00")
ACTS: Final = ("asked", "reminded", "escalated", "skipped")


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[ServiceDesk]:
    made = service_desk(
        database_url,
        home=tmp_path,
        database_url=SecretStr(database_url),
        mail_address="support@desk.example",
        desk_url="https://desk.example/",
    )
    words = Template("ask_address", "ru", "На какой адрес?", "%ИмяИсполнителя%, %Компания%: %Ссылка%", "")
    keep_templates.save(made.house, words, by=None, now=START)
    yield made
    made.house.engine.dispose()


@pytest.fixture
def staff(desk: ServiceDesk) -> Staff:
    return Staff(desk.house)


class People:
    """A manager and his head, with a deputy for each."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.head = staff.person("Vera", email="vera@desk.example", role=Role.HEAD)
        self.manager = staff.person("Oleg", email="oleg@desk.example")
        self.deputy = staff.person("Nina", email="nina@desk.example")
        self.other = staff.person("Igor", email="igor@desk.example")
        staff.run("INSERT INTO people.division (name, head_id) VALUES ('North', :head)", head=self.head)
        staff.run("UPDATE people.person SET division_id = 1 WHERE id <> :head", head=self.head)
        # Colleagues see what they are responsible for, and no more.
        staff.run("UPDATE people.login SET scope = 'groups'")


@pytest.fixture
def people(staff: Staff) -> People:
    return People(staff)


def waiting(desk: ServiceDesk, people: People, **fields: Any) -> int:  # noqa: ANN401 - of a draft
    """An ask about an agreement that waits for an address."""
    with desk.house.engine.begin() as connection:
        campaign = agreements.campaign(connection, at=START)
        company = agreements.company(connection, "ООО «Пример»", email="post@client.example")
        service = agreements.service(connection, "support", label="Сопровождение")
        number = agreements.agreement(connection, service, "Д-7", company_id=company, manager_id=people.manager)
        given = {"company_id": company, "responsible_id": people.manager, "division_id": 1, "happened_at": START}
        ask = agreements.ask(connection, campaign, number, **given | fields)
        agreements.awaiting(connection, ask, now=START)
    return ask


def days(desk: ServiceDesk, until: str, *, every: timedelta = timedelta(hours=12)) -> dict[str, list[str]]:
    """Rounds from the start on, several a day; what was done, and when."""
    found: dict[str, list[str]] = {act: [] for act in ACTS}
    now = START
    while now <= moscow(until):
        done = ask_addresses.run(desk.house, now=now)
        for act in ACTS:
            found[act] += [f"{now.astimezone(START.tzinfo):%m-%d}" for _ in getattr(done, act)]
        now += every
    return found


def letters(desk: ServiceDesk) -> list[tuple[str, str]]:
    """(occasion, recipient) of all letters, in order."""
    query = (
        "SELECT l.occasion, r.address FROM outbox.letter l JOIN outbox.recipient r ON r.letter_id = l.id ORDER BY l.id"
    )
    return [(row.occasion, row.address) for row in desk.query(query)]


def state(desk: ServiceDesk, ask_id: int) -> tuple[State, str | None]:
    with desk.house.engine.connect() as connection:
        found = asks.one(connection, ask_id)
    assert found is not None
    return found.state, found.reason


def test_from_the_question_to_the_end_by_working_days(desk: ServiceDesk, people: People) -> None:
    ask = waiting(desk, people)

    done = days(desk, "2026-07-01 10:00")

    # Two working days after Thursday morning are Tuesday's morning: Friday is a holiday.
    assert done == {"asked": ["06-11"], "reminded": ["06-16"], "escalated": ["06-19"], "skipped": ["06-26"]}
    assert letters(desk) == [
        (f"ask {ask} address", "oleg@desk.example"),
        (f"ask {ask} address reminder", "oleg@desk.example"),
        (f"ask {ask} address head", "vera@desk.example"),
    ]
    assert state(desk, ask) == (State.SKIPPED, "no address")
    (first, _second, third) = desk.query("SELECT subject, body FROM outbox.letter ORDER BY id")
    assert first == ("На какой адрес?", f"Oleg, ООО «Пример»: https://desk.example/addresses/{ask}\n")
    assert third.subject == "Ваш сотрудник не ответил: На какой адрес?"


def test_whoever_is_away_has_a_deputy(desk: ServiceDesk, people: People, staff: Staff) -> None:
    staff.away(people.manager, people.deputy, "2026-06-12", since="2026-06-01")
    staff.away(people.head, people.other, "2026-07-01", since="2026-06-01")
    ask = waiting(desk, people)

    days(desk, "2026-06-20 10:00")

    assert [address for _occasion, address in letters(desk)] == [
        "nina@desk.example",
        "oleg@desk.example",  # he is back by then
        "igor@desk.example",
    ]
    # Who stood in for him has nothing to do with it any more.
    for person, sees in ((people.deputy, False), (people.other, True), (people.manager, True), (people.head, False)):
        assert _found(desk, staff, person, moscow("2026-06-22 10:00")) == ([ask] if sees else []), person


def _found(desk: ServiceDesk, staff: Staff, person: int, now: datetime) -> list[int]:
    viewer = staff.viewer(person)
    page = choose_address.listed(desk.house, viewer, mine=True, after=None, now=now)
    assert choose_address.count(desk.house, viewer, now=now) == len(page.lines)
    return [one.id for one in page.lines]


def test_where_nobody_stands_in_the_head_is_asked_at_once(desk: ServiceDesk, people: People, staff: Staff) -> None:
    staff.away(people.manager, None, "2026-07-30", since="2026-06-01")
    ask = waiting(desk, people)
    alone = waiting_too(desk)

    done = ask_addresses.run(desk.house, now=START)

    assert letters(desk) == [(f"ask {ask} address", "vera@desk.example")]
    assert done.unwritten == [(alone, "there is nobody to ask")]


def waiting_too(desk: ServiceDesk) -> int:
    """Another ask, for which nobody is responsible."""
    with desk.house.engine.begin() as connection:
        service = agreements.service(connection, "audit")
        number = agreements.agreement(connection, service, "Д-8")
        ask = agreements.ask(connection, 1, number, happened_at=START)
        agreements.awaiting(connection, ask, now=START)
    return ask


def test_a_letter_that_cannot_be_written_keeps_nothing_back(desk: ServiceDesk, people: People, staff: Staff) -> None:
    staff.run("UPDATE people.person SET email = 'not an address' WHERE id = :id", id=people.manager)
    staff.run("UPDATE people.person SET email = NULL WHERE id = :id", id=people.head)
    ask = waiting(desk, people)

    done = days(desk, "2026-07-01 10:00")

    assert letters(desk) == []
    assert {act: len(found) for act, found in done.items()} == dict.fromkeys(ACTS, 1)
    assert state(desk, ask)[0] is State.SKIPPED


def test_a_round_that_dies_is_done_again_and_writes_nothing_twice(
    desk: ServiceDesk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = waiting(desk, people), waiting_too(desk)
    desk.query("UPDATE feedback.ask SET responsible_id = :id", id=people.manager)
    write = write_question.write

    def dying(*given: Any, **named: Any) -> str:  # noqa: ANN401 - passed on
        said = write(*given, **named)
        if given[2].id == second:
            raise RuntimeError("the process dies here")
        return said

    monkeypatch.setattr(write_question, "write", dying)
    with pytest.raises(RuntimeError):
        ask_addresses.run(desk.house, now=START)
    monkeypatch.setattr(write_question, "write", write)
    assert letters(desk) == [(f"ask {first} address", "oleg@desk.example")]

    assert ask_addresses.run(desk.house, now=START).asked == [second]
    assert len(letters(desk)) == 2


def test_the_one_address_that_was_chosen_is_written_to(desk: ServiceDesk, people: People, staff: Staff) -> None:
    ask = waiting(desk, people)
    ask_addresses.run(desk.house, now=START)
    anna = _client(desk)
    viewer = staff.viewer(people.manager)

    sight = choose_address.shown(desk.house, viewer, ask, now=START)

    shown = {one.address: {source.whence for source in one.sources} for one in sight.addresses}
    assert shown == {
        "post@client.example": {Whence.COMPANY},
        "anna@client.example": {Whence.CONTACT, Whence.WROTE},
        "boss@client.example": {Whence.WROTE},
        "docs@client.example": {Whence.WRITTEN},
        "old@client.example": {Whence.WROTE},
    }
    assert [one.address for one in sight.bad] == ["gone@client.example"]
    for bad in ("", "anna", "a b@client.example", "GONE@client.example"):
        with pytest.raises(Faulty, match="address:"):
            choose_address.choose(desk.house, viewer, ask, Choice(address=bad), now=START)
    assert state(desk, ask)[0] is State.AWAITING_ADDRESS
    desk.query("INSERT INTO feedback.opt_out (address, at, by) VALUES ('Docs@client.example', now(), 'client')")
    with pytest.raises(Faulty, match="wants no such letters"):
        choose_address.choose(desk.house, viewer, ask, Choice(address="docs@client.example"), now=START)

    choose_address.choose(desk.house, viewer, ask, Choice(address="ANNA@client.example"), now=START)

    with desk.house.engine.connect() as connection:
        found = asks.one(connection, ask)
    assert found is not None
    assert (found.state, found.address, found.contact_id, found.due_at) == (
        State.QUEUED,
        "ANNA@client.example",
        anna,
        START,
    )
    with pytest.raises(Faulty, match="over"):
        choose_address.choose(desk.house, viewer, ask, Choice(address="post@client.example"), now=START)
    (line,) = desk.query("SELECT login, subject, data FROM people.audit WHERE action = 'address_chosen'")
    assert (line.login, line.subject) == ("oleg", f"Сопровождение ({ask})")
    assert line.data == {"address": "ANNA@client.example", "number": "Д-7", "typed": False}
    assert not days(desk, "2026-07-01 10:00", every=timedelta(days=1))["skipped"]


def _client(desk: ServiceDesk) -> int:
    """The client's people, and letters of two requests; answers Anna."""
    with desk.house.engine.begin() as connection:
        company = connection.execute(sa.text("SELECT id FROM crm.company WHERE email IS NOT NULL")).scalar_one()
        anna = agreements.contact(connection, "Anna", email="anna@client.example", company_id=company)
        agreements.contact(connection, "Gone", email="gone@client.example", company_id=company)
        agreements.contact(connection, "Stranger", email="no@stranger.example")
    card = desk.open("2026-06-01 10:00", company_id=company)
    for kind, sender, address, told in (
        ("mail_in", "Anna", "anna@client.example", ["support@desk.example"]),
        ("mail_in", "Boss", "boss@client.example", None),
        ("mail_in", "Old <old@client.example>", None, None),
        ("mail_out", "Oleg", "oleg@desk.example", ["docs@client.example", "oleg@desk.example"]),
        ("comment", "Oleg", "comment@client.example", None),
    ):
        desk.query(
            "INSERT INTO crm.message (record_id, kind, sender, sender_address, told_addresses, sent_at)"
            " VALUES (:record, :kind, :sender, :address, :told, now())",
            record=card.id,
            kind=kind,
            sender=sender,
            address=address,
            told=told,
        )
    desk.query(
        "INSERT INTO outbox.letter (id, record_id, nature, message_id, sender, reply_to, mark, subject, body,"
        " thread_index, queued_at, due_at) VALUES (900, 1, 'personal', 'x', 'a', 'b', 'c', 's', 't', '', now(), now())"
    )
    desk.query(
        "INSERT INTO outbox.recipient (letter_id, position, address, folded, state, answer)"
        " VALUES (900, 0, 'gone@client.example', 'gone@client.example', 'failed', 'bounced: no such user')"
    )
    return anna


def test_a_typed_address_may_be_kept_at_a_card(desk: ServiceDesk, people: People, staff: Staff) -> None:
    ask = waiting(desk, people)
    anna = _client(desk)
    viewer = staff.viewer(people.manager)
    choice = Choice(address="new@client.example", keep_at=f"contact {anna}")

    with pytest.raises(Faulty, match="keep_at"):
        choose_address.choose(
            desk.house, viewer, ask, Choice(address="n@client.example", keep_at="contact 99"), now=START
        )
    choose_address.choose(desk.house, viewer, ask, choice, now=START)

    assert desk.query("SELECT email FROM crm.contact WHERE id = :id", id=anna)[0].email == "new@client.example"
    actions = [row.action for row in desk.query("SELECT action FROM people.audit WHERE login = 'oleg' ORDER BY id")]
    assert actions == ["contact.changed", "address_chosen"]


def test_a_question_is_shown_to_those_whom_it_is_for_and_to_nobody_else(
    desk: ServiceDesk, people: People, staff: Staff
) -> None:
    ask = waiting(desk, people)
    stranger = staff.person("Stranger", role=Role.AGENT)
    staff.run("UPDATE people.login SET scope = 'groups'")
    ask_addresses.run(desk.house, now=START)

    def may(person: int) -> bool:
        try:
            choose_address.shown(desk.house, staff.viewer(person), ask, now=START)
        except Absent:
            return False
        return True

    # The head leads the division, also before the question comes to her.
    assert {person: may(person) for person in (people.manager, people.head, people.deputy, stranger)} == {
        people.manager: True,
        people.head: True,
        people.deputy: False,
        stranger: False,
    }
    assert _found(desk, staff, people.head, START) == []
    staff.away(people.manager, people.deputy, "2026-06-11")
    assert may(people.deputy)
    every = choose_address.listed(desk.house, staff.viewer(people.head), mine=False, after=None, now=START)
    assert [one.id for one in every.lines] == [ask]
