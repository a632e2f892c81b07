"""E3: one click on a smiley records the rating: at once as clicked, and it counts by the rule of confirmed ratings."""

from caseline.feedback.states import State
from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


def test_a_persons_click_counts_after_the_quiet_period_and_a_scanners_never(asking: Asking) -> None:
    one, scanned = asking.sent(), asking.sent()
    asking.later(hours=1)
    person, scanner = asking.client(), asking.client(address="198.51.100.9")
    for value in range(1, 6):
        scanner.get(f"{scanned.path}/{value}")
    page = person.get(f"{one.path}/4")
    assert asking.rows("SELECT kind, value FROM feedback.signal WHERE ask_id = :ask", ask=one.id) == [("visit", 4)]
    assert person.script(page, f"{one.path}/4").json() == {"told": "kept"}
    assert one.counted == {}

    asking.later(minutes=10)
    asking.job()

    assert (one.counted, one.ask.state) == ({"rating": 4}, State.ANSWERED)
    assert (scanned.ratings, scanned.ask.state) == ([], State.SENT)


def test_in_literal_mode_the_bare_click_counts(asking: Asking) -> None:
    asking.campaign("smileys-on-closure", {"rule": {"mode": "literal"}})
    one = asking.sent()
    asking.client().get(f"{one.path}/2")

    assert (one.counted, one.ask.state) == ({"rating": 2}, State.ANSWERED)
