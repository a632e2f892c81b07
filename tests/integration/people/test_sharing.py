"""Requests of a group go to its members as the group shares them out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from caseline.actions import change_request, keep_absences, keep_categories, keep_groups, open_request, share_out
from caseline.actions.change_request import Changes
from caseline.actions.seen import Absent
from caseline.actions.wiring import House
from caseline.actions.work_request import Asker
from caseline.crm.cards import Card, Refused
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from caseline.people.stores import presence
from caseline.people.turns import Turns
from tests.factories.staff import BY, division, person

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
DAY = date(2026, 11, 3)
ADMIN = Asker(Viewer(login_id=1, name="anna", role=Role.ADMINISTRATOR), NOW)


def group(house: House, turns: Turns, *members: int, name: str = "Returns") -> int:
    return keep_groups.make(house, keep_groups.Wish(name=name, turns=turns, members=members), BY).id


def routed(house: House, name: str = "Returns") -> None:
    wish = keep_categories.Wish(label="Returns", hours=24, group=name)
    keep_categories.put_category(house, "returns", wish, now=NOW)


def opened(house: House, **fields: Any) -> Card:  # noqa: ANN401 - fields of an order
    order = open_request.Order(subject="A letter", **fields)
    return open_request.open_request(house, order, now=NOW)


def away(house: House, who: int, deputy: int | None = None, day: date = DAY) -> None:
    keep_absences.add(house, keep_absences.Wish(person_id=who, first_day=day, last_day=day, deputy_id=deputy), BY)


def test_in_turn_the_category_brings_a_group_and_the_next_member(house: House) -> None:
    boris, vera = person(house, "Boris"), person(house, "Vera")
    group(house, Turns.TURN, boris, vera)
    routed(house)

    assert [opened(house, category="returns").assignee_id for _ in range(3)] == [boris, vera, boris]


def test_by_hand_nobody_gets_it(house: House) -> None:
    group(house, Turns.HAND, person(house, "Boris"))
    routed(house)
    assert opened(house, category="returns").assignee_id is None


def test_least_loaded_counts_open_requests_of_all_groups(house: House) -> None:
    boris, vera = person(house, "Boris"), person(house, "Vera")
    group(house, Turns.LOAD, boris, vera)
    routed(house)
    opened(house, assignee="Boris")
    opened(house, assignee="Boris")

    assert [opened(house, category="returns").assignee_id for _ in range(4)] == [vera, vera, boris, vera]


def test_an_absent_member_is_passed_over_and_the_deputy_steps_in(house: House) -> None:
    boris, vera, gleb = (person(house, name) for name in ("Boris", "Vera", "Gleb"))
    group(house, Turns.TURN, boris, vera)
    routed(house)
    away(house, boris, gleb)
    away(house, vera)

    assert [opened(house, category="returns").assignee_id for _ in range(2)] == [gleb, gleb]
    with house.engine.connect() as connection:
        data = connection.execute(sa.text("SELECT data FROM crm.event WHERE type = 'created' LIMIT 1")).scalar_one()
    assert (data["assignee_id"], data["assigned"], data["instead_of"]) == (gleb, "turn", boris)


def test_whoever_is_named_stays_and_a_person_who_has_a_request_keeps_it(house: House) -> None:
    boris, vera = person(house, "Boris"), person(house, "Vera")
    group(house, Turns.TURN, boris)
    routed(house)
    named = opened(house, category="returns", assignee="Vera")
    assert named.assignee_id == vera

    plain = opened(house, assignee="Vera")
    done = change_request.change(house, f"id:{plain.id}", Changes(category="returns"), now=NOW)
    assert done.card.assignee_id == vera


def test_a_category_or_group_that_somebody_sets_shares_out_what_nobody_has(house: House) -> None:
    boris = person(house, "Boris")
    group(house, Turns.TURN, boris)
    routed(house)
    for changes in (Changes(category="returns"), Changes(group="Returns")):
        card = opened(house)
        done = change_request.change(house, f"id:{card.id}", changes, now=NOW)
        assert (done.done, done.card.assignee_id) == (True, boris)


def test_requests_at_once_go_to_different_members(house: House) -> None:
    members = [person(house, f"P{number}") for number in range(4)]
    group(house, Turns.TURN, *members)
    routed(house)
    opened(house, category="returns", assignee="P0")  # calendars and stages are there before the race

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: opened(house, category="returns").assignee_id, range(16)))

    assert sorted(given) == sorted(members * 4)  # type: ignore[type-var]


def test_assign_automatically_asks_for_the_next_also_where_requests_are_given_by_hand(house: House) -> None:
    boris, vera = person(house, "Boris"), person(house, "Vera")
    group(house, Turns.HAND, boris, vera)
    cards = [opened(house, group="Returns") for _ in range(2)]

    got = [share_out.assign(house, ADMIN, card.id, card.version) for card in cards]
    assert [one.card.assignee_id for one in got] == [boris, vera]
    assert not share_out.assign(house, ADMIN, cards[0].id, cards[0].version).done


def test_assign_automatically_says_why_it_cannot(house: House) -> None:
    boris = person(house, "Boris")
    group(house, Turns.TURN, boris)
    with pytest.raises(Refused, match="has no group"):
        share_out.assign(house, ADMIN, opened(house).id, 1)
    away(house, boris)
    card = opened(house, group="Returns")
    with pytest.raises(Refused, match="nobody of the group"):
        share_out.assign(house, ADMIN, card.id, card.version)
    stranger = Asker(Viewer(login_id=2, name="x", role=Role.AGENT, scope=Scope.GROUPS), NOW)
    with pytest.raises(Absent):
        share_out.assign(house, stranger, card.id, card.version)


def test_two_who_ask_at_once_for_one_request_take_one_turn(house: House) -> None:
    members = [person(house, f"P{number}") for number in range(3)]
    group(house, Turns.TURN, *members)
    card = opened(house, group="Returns", assignee="P2")

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: share_out.assign(house, ADMIN, card.id, card.version).done, range(4)))
    assert done.count(True) == 1


def test_the_head_of_a_person_is_the_nearest_who_is_there(house: House) -> None:
    anna, boris, vera, gleb = (person(house, name) for name in ("Anna", "Boris", "Vera", "Gleb"))
    service = division(house, "Service", head=anna)
    line = division(house, "Line", parent=service, head=boris)
    with house.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE people.person SET division_id = :one WHERE id <> :gleb"), {"one": line, "gleb": gleb}
        )
        assert presence.head_of(connection, vera, DAY) == boris
        assert presence.head_of(connection, boris, DAY) == anna
        assert presence.head_of(connection, anna, DAY) == boris
        assert presence.head_of(connection, gleb, DAY) is None
    away(house, boris)
    with house.engine.connect() as connection:
        assert presence.head_of(connection, vera, DAY) == anna


def test_every_turn_follows_the_one_before(house: House) -> None:
    members = [person(house, f"P{number}") for number in range(3)]
    group(house, Turns.TURN, *members)
    routed(house)
    given = [opened(house, category="returns").assignee_id for _ in range(7)]
    assert all(members.index(b) == (members.index(a) + 1) % 3 for a, b in pairwise(given))  # type: ignore[arg-type]
