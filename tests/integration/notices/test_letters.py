"""Whoever wants news by mail gets one letter for each, to his address, in his language, whatever dies."""

from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import mail_notices, run_notices, tell_notices
from caseline.actions.wiring import House
from caseline.notices.kinds import Kind
from caseline.outbox import store as outbox
from caseline.outbox import tables as outbox_tables
from caseline.outbox.letters import Letter, Nature
from tests.factories.cards import ServiceDesk, moscow, service_desk
from tests.factories.colleagues import Staff

MONDAY: Final = "2026-06-08 10:00"
NOW: Final = moscow(MONDAY)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> ServiceDesk:
    return service_desk(
        database_url,
        home=tmp_path,
        database_url=SecretStr(database_url),
        mail_address="support@desk.example",
        desk_url="https://desk.example/",
    )


@pytest.fixture
def staff(desk: ServiceDesk) -> Staff:
    return Staff(desk.house)


def wanting(staff: Staff, name: str, email: str | None) -> int:
    """Somebody who wants every kind of news by mail."""
    person = staff.person(name, email=email)
    for kind in Kind:
        staff.run("INSERT INTO notices.choice VALUES (:person, :kind, 'mail')", person=person, kind=kind.value)
    return person


def letters(house: House) -> list[Letter]:
    with house.engine.connect() as connection:
        ids = connection.execute(sa.select(outbox_tables.letter.c.id).order_by(outbox_tables.letter.c.id)).scalars()
        return [found for one in ids.all() if (found := outbox.get(connection, one)) is not None]


def test_one_letter_for_each_notice_with_a_link_to_it(desk: ServiceDesk, staff: Staff) -> None:
    anna = wanting(staff, "Anna", "anna@desk.example")
    staff.run("UPDATE people.login SET language = 'ru'")
    for subject in ("One", "Two", "Three", "Four", "Five"):
        desk.open(MONDAY, assignee_id=anna, subject=subject)

    assert run_notices.run(desk.house, now=NOW).letters == 5
    assert run_notices.run(desk.house, now=NOW).letters == 0

    found = letters(desk.house)
    assert [one.recipients[0].address for one in found] == ["anna@desk.example"] * 5
    assert {one.nature for one in found} == {Nature.NOTICE}
    assert found[0].subject == "Обращение 1: Вы назначены ответственным"
    assert "https://desk.example/notices/1" in found[0].text
    assert "One" in found[0].text
    assert desk.query("SELECT count(*) FROM crm.message") == [(0,)], "the client's correspondence is left alone"


@pytest.mark.parametrize(
    ("email", "why"), [(None, mail_notices.NO_ADDRESS), ("no address", "address"), ("a@b", "address")]
)
def test_whoever_cannot_be_written_to_keeps_back_nobody(
    desk: ServiceDesk, staff: Staff, email: str | None, why: str
) -> None:
    one, other = wanting(staff, "Nobody", email), wanting(staff, "Anna", "anna@desk.example")
    for person in (one, other):
        desk.open(MONDAY, assignee_id=person)

    assert run_notices.run(desk.house, now=NOW).letters == 1

    ((said,),) = desk.query("SELECT data ->> 'no_mail' FROM notices.notice WHERE mail = 'refused'")
    assert why in said
    assert staff.told(one) == ["assigned"]


def test_without_own_address_everything_comes_in_the_page(database_url: str) -> None:
    desk = service_desk(database_url)
    staff = Staff(desk.house)
    anna = wanting(staff, "Anna", "anna@desk.example")
    desk.open(MONDAY, assignee_id=anna)

    assert run_notices.run(desk.house, now=NOW).letters == 0
    assert staff.told(anna) == ["assigned"]
    assert letters(desk.house) == []


def test_the_deputy_gets_the_letter_of_whoever_is_away(desk: ServiceDesk, staff: Staff) -> None:
    anna, boris = (wanting(staff, name, f"{name.lower()}@desk.example") for name in ("Anna", "Boris"))
    staff.away(anna, boris, "2026-06-08")
    desk.open(MONDAY, assignee_id=anna)
    run_notices.run(desk.house, now=NOW)

    (letter,) = letters(desk.house)
    assert letter.recipients[0].address == "boris@desk.example"
    assert "you stand in for Anna" in letter.text


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE people.login SET active = false",
        "UPDATE people.person SET active = false",
        "UPDATE people.login SET scope = 'groups'; UPDATE crm.record SET assignee_id = NULL",
        "UPDATE notices.choice SET way = 'page'",
    ],
    ids=["login off", "left", "sees it no more", "wants none"],
)
def test_no_letter_leaves_to_whoever_may_not_see_or_does_not_want_it_any_more(
    desk: ServiceDesk, staff: Staff, meanwhile: str
) -> None:
    anna = wanting(staff, "Anna", "anna@desk.example")
    desk.open(MONDAY, assignee_id=anna, subject="a secret")
    tell_notices.tell(desk.house, now=NOW)
    for statement in meanwhile.split("; "):
        staff.run(statement)

    assert mail_notices.write(desk.house, now=NOW) == 0

    assert letters(desk.house) == []
    assert desk.query("SELECT mail FROM notices.notice") == [("refused",)]


class _Killed(Exception):
    pass


@pytest.mark.parametrize("place", ["INSERT INTO outbox.letter", "UPDATE notices.notice"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whoever_dies_while_writing_leaves_no_letter_doubled(
    desk: ServiceDesk, staff: Staff, place: str, *, after: bool
) -> None:
    anna = wanting(staff, "Anna", "anna@desk.example")
    desk.open(MONDAY, assignee_id=anna)
    tell_notices.tell(desk.house, now=NOW)

    def die(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - what SQLAlchemy hands over
        if statement.startswith(place):
            raise _Killed

    moment = "after_cursor_execute" if after else "before_cursor_execute"
    sa.event.listen(desk.house.engine, moment, die)
    with pytest.raises(_Killed):
        mail_notices.write(desk.house, now=NOW)
    sa.event.remove(desk.house.engine, moment, die)

    assert mail_notices.write(desk.house, now=NOW) == 1
    assert mail_notices.write(desk.house, now=NOW) == 0
    assert len(letters(desk.house)) == 1
