"""The pages of asks: what a link shows, what is kept of what comes, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from caseline.feedback.states import State
from tests.factories import feedback_asks
from tests.factories.feedback_asks import Asking


@pytest.fixture
def asking(database_url: str, tmp_path: Path) -> Asking:
    return feedback_asks.asking(database_url, tmp_path)


def test_one_click_counts_after_the_quiet_period(asking: Asking) -> None:
    one, person = asking.sent(), asking.client()
    asking.later(hours=1)

    page = person.get(f"{one.path}/4")
    assert page.status_code == 200, page.text
    assert person.script(page, f"{one.path}/4").json() == {"told": "kept"}
    assert one.ask.state is State.ANSWERING
    assert one.counted == {}
    asking.later(minutes=11)
    assert asking.job() == 1

    assert one.counted == {"rating": 4}
    assert one.ask.state is State.ANSWERED
    assert [(step[0], step[1]) for step in asking.rows("SELECT before, after FROM feedback.moved ORDER BY id")][1:] == [
        ("queued", "sent"),
        ("sent", "visited"),
        ("visited", "answering"),
        ("answering", "answered"),
    ]


def test_save(asking: Asking) -> None:
    one, person = asking.sent(), asking.client()
    asking.later(hours=1)
    page = person.get(f"{one.path}/4")
    done = person.save(page, one.path, rating="2", comment="Долго")
    assert (done.status_code, done.headers["location"]) == (303, f"{one.path}?saved=1&language=en"), done.text
    assert one.counted == {"rating": 2}
    assert one.said == {"rating": 2, "comment": "Долго"}
    shown = person.get(done.headers["location"])
    assert "Thank you! Your rating is kept." in shown.text
    assert timedelta() < timedelta(1)
