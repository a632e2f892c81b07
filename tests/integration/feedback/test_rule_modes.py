"""How much a click counts by each mode of a campaign, before the public pages."""

import pytest

from caseline.feedback.confirming import Mode
from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


@pytest.mark.parametrize(
    ("mode", "opened", "sent", "ripe", "saved"),
    [
        (Mode.STRICT, {}, {}, {}, {"rating": 2}),
        (Mode.BALANCED, {}, {}, {"rating": 4}, {"rating": 2}),
        (Mode.LITERAL, {"rating": 4}, {"rating": 4}, {"rating": 4}, {"rating": 2}),
    ],
)
def test_what_counts_after_each_step_of_a_person(
    asking: Asking,
    mode: Mode,
    opened: dict[str, int],
    sent: dict[str, int],
    ripe: dict[str, int],
    saved: dict[str, int],
) -> None:
    asking.campaign("smileys-on-closure", {"rule": {"mode": mode.value}})
    one, person = asking.sent(), asking.client()
    asking.later(hours=1)

    page = person.get(f"{one.path}/4")
    assert one.counted == opened
    told = person.script(page, f"{one.path}/4").json()["told"]
    assert (told, one.counted) == ("press" if mode is Mode.STRICT else "kept", sent)
    asking.later(minutes=11)
    asking.job()
    assert one.counted == ripe
    assert person.save(page, one.path, rating="2").status_code == 303
    assert one.counted == saved
