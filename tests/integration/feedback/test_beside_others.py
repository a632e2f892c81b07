"""About one request one campaign asks, whatever campaigns are on; a dry run says so, and whoever wants may do otherwise."""

from collections.abc import Iterator
from typing import Final

import pytest

from caseline.actions import foresee_asks, read_reports, repair_ask
from caseline.actions.editing import Editor
from caseline.actions.repair_ask import Repair, Wish
from caseline.crm.cards import Card
from tests.factories.rounds import Rounds, rounds

CLIENT: Final = "client@example.org"
ELSEWHERE: Final = ("skipped", "another campaign: 2026-04-06")


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def requested(house: Rounds) -> Card:
    """A request that the NPS campaign has asked about."""
    house.switch_on("nps-after-a-stage")
    card = house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=CLIENT))
    card = house.move(card, "review_requested")
    house.round()
    assert house.states() == [("sent", None)]
    house.later(hours=1)
    return card


def by_smileys(house: Rounds) -> tuple[int, dict[str, int]]:
    """What a dry run of the smileys says: how many would be asked, and how many not."""
    found = foresee_asks.foresee(house.house, "smileys-on-closure", now=house.now)
    return found.asked, dict(found.skipped)


def test_whoever_is_asked_about_a_request_by_one_campaign_is_asked_by_no_other(house: Rounds) -> None:
    card = requested(house)
    house.switch_on("smileys-on-closure")
    house.move(house.desk.read(card), "closed")

    assert by_smileys(house) == (0, {"another campaign": 1})
    (why,) = [one for one in foresee_asks.why_not(house.house, card.id, now=house.now) if one.ask is None]
    assert why.decided is not None
    assert why.decided.reason == ELSEWHERE[1]
    for _ in range(2):
        house.round()

    assert house.states() == [("sent", None), ELSEWHERE]
    assert len(house.letters(CLIENT)) == 1


def test_of_two_that_begin_at_the_same_moment_one_asks(house: Rounds) -> None:
    house.switch_on("smileys-on-closure")
    house.switch_on("nps-after-a-stage", trigger={"by": "stage", "closed": True}, schedule={"delay_hours": 1})
    house.move(house.desk.open("2026-04-06 11:10", contact_id=house.contact(email=CLIENT)), "closed")

    for _ in range(3):
        house.round()
        house.later(hours=1)

    assert sorted(house.states()) == [("sent", None), ELSEWHERE]
    assert len(house.letters(CLIENT)) == 1


@pytest.mark.parametrize("taken_back", ["cancelled", "failed"])
def test_what_came_to_nothing_keeps_nobody_from_asking(house: Rounds, taken_back: str) -> None:
    card = requested(house)
    house.query("UPDATE feedback.ask SET state = :then, reason = 'x'", then=taken_back)
    house.switch_on("smileys-on-closure")
    house.move(house.desk.read(card), "closed")

    assert by_smileys(house) == (1, {})
    house.round()

    assert len(house.letters(CLIENT)) == 2


def test_a_campaign_may_say_that_it_asks_beside_others(house: Rounds) -> None:
    card = requested(house)
    house.switch_on("smileys-on-closure", audience={"beside_others": True})
    house.move(house.desk.read(card), "closed")

    assert by_smileys(house) == (1, {})
    house.round()

    assert len(house.letters(CLIENT)) == 2


def test_who_asks_by_hand_or_tries_again_knows_of_it(house: Rounds) -> None:
    card = requested(house)
    house.switch_on("smileys-on-closure")
    house.move(house.desk.read(card), "closed")
    house.round()
    ((ask,),) = house.query("SELECT id FROM feedback.ask WHERE state = 'skipped'")
    found = house.read(ask)
    wish = Wish(repair=Repair.RETRY, state=found.state.value, state_at=repair_ask.stood(found))
    repair_ask.repair(house.house, read_reports.everything(), ask, wish, Editor("anna", house.now))
    house.round()
    assert (house.read(ask).state, len(house.letters(CLIENT))) == ("sent", 2)

    foresee_asks.ask_by_hand(house.house, "smileys-on-closure", card.id, Editor("anna", house.now))
    house.round()
    assert len(house.letters(CLIENT)) == 3
