"""An agreement that has left its status before the letter left the house: nobody is asked, and the ask says why."""

from collections.abc import Iterator

import pytest

from caseline.actions import choose_address, run_feedback, send_asks
from caseline.actions.choose_address import Choice
from caseline.actions.editing import Faulty
from caseline.feedback.agreement_status import AGREEMENT_GONE, STATUS_LEFT
from caseline.web.desk import asking_words
from caseline.web.language import Texts
from tests.factories.rounds import Rounds, rounds

CLIENT = "client@example.org"
PAUSED = "UPDATE crm.agreement SET status = 'new' WHERE id = :id"
DONE = "UPDATE crm.agreement SET status = 'done' WHERE id = :id"
REMOVED = "DELETE FROM crm.agreement WHERE id = :id"


@pytest.fixture
def house(database_url: str) -> Iterator[Rounds]:
    with rounds(database_url, feedback_rest_days=0) as made:
        yield made


def waiting(house: Rounds, *, kind: str = "subscription", **changes: str) -> tuple[int, int, int]:
    """(agreement, ask, manager): an ask that waits for its manager, or for its letter where the card has the address."""
    house.switch_on("review-registry", **changes)
    manager = house.staff.person("Manager")
    agreement = house.agreement("Д-7", house.contact(email=CLIENT), manager, house.division("Сервис"))
    house.query("UPDATE crm.service SET kind = :kind", kind=kind)
    if kind == "once":
        house.query("UPDATE crm.agreement SET status = 'done', done_at = :now", now=house.now)
    house.later(minutes=5)
    run_feedback.run(house.house, now=house.now)
    ((ask,),) = house.query("SELECT id FROM feedback.ask")
    return agreement, ask, manager


@pytest.mark.parametrize(("changed", "reason"), [(DONE, STATUS_LEFT), (REMOVED, AGREEMENT_GONE)])
def test_what_waits_for_a_manager_is_cancelled_and_he_is_told_that_it_is_over(
    house: Rounds, changed: str, reason: str
) -> None:
    agreement, ask, manager = waiting(house)
    house.query(changed, id=agreement)

    assert house.round().triggered.cancelled == 1

    assert house.states() == [("cancelled", reason)]
    assert asking_words.reason(Texts("ru", "Europe/Moscow"), reason, house.now).startswith("договор")
    viewer = house.staff.viewer(manager)
    with pytest.raises(Faulty, match="over"):
        choose_address.choose(house.house, viewer, ask, Choice(address=CLIENT), now=house.now)
    assert house.letters(CLIENT) == []


def test_a_letter_that_waits_in_the_outbox_is_withdrawn_and_one_that_has_left_is_not(house: Rounds) -> None:
    agreement, _ask, _manager = waiting(house, address="card")
    assert house.query(
        "SELECT a.state, l.state FROM feedback.ask AS a JOIN outbox.letter AS l ON l.id = a.letter_id"
    ) == [("queued", "queued")]
    house.query(PAUSED, id=agreement)
    house.round()
    assert house.states() == [("cancelled", STATUS_LEFT)]
    assert house.query("SELECT state FROM outbox.letter") == [("cancelled",)]
    assert house.letters(CLIENT) == []


def test_a_letter_that_has_left_keeps_its_ask(house: Rounds) -> None:
    agreement, _ask, _manager = waiting(house, address="card")
    house.round()
    house.query(PAUSED, id=agreement)
    house.round()
    assert house.states() == [("sent", None)]


def test_it_is_looked_at_once_more_when_the_letter_is_written(house: Rounds) -> None:
    """Nothing may be left to chance between two rounds."""
    house.now = house.now.replace(hour=23)
    agreement, _ask, _manager = waiting(house, address="card")
    assert house.states() == [("queued", None)]
    house.query(PAUSED, id=agreement)
    house.now = house.now.replace(day=7, hour=12)

    done = send_asks.run(house.house, now=house.now)

    assert done.written == 0
    assert house.states() == [("cancelled", STATUS_LEFT)]


def test_when_it_is_done_again_its_client_is_asked_after_all(house: Rounds) -> None:
    agreement, _ask, _manager = waiting(house, kind="once")
    house.query("UPDATE crm.agreement SET status = 'work', done_at = NULL WHERE id = :id", id=agreement)
    house.round()
    house.later(hours=1)
    house.query("UPDATE crm.agreement SET status = 'done', done_at = :now WHERE id = :id", id=agreement, now=house.now)
    house.round()
    house.round()
    assert house.states() == [("cancelled", STATUS_LEFT), ("awaiting_address", None)]
