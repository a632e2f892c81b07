"""B3: the page opens only for a link on which a review is expected, and says so if it was received already."""

from caseline.feedback.states import State
from tests.factories.feedback_asks import Asking, asking

__all__ = ["asking"]


def test_it_opens_when_the_letter_is_out_and_says_what_was_received(asking: Asking) -> None:
    one, client = asking.queued("review-registry", "review"), asking.client()
    assert client.get(one.path).status_code == 404

    one.move(State.SENT, sent_at=asking.now, expires_at=asking.now.replace(month=6))
    page = client.get(one.path)
    assert "Review of the service" in page.text
    client.save(page, one.path, quality="5", manager="5")

    again = client.get(one.path)
    assert "We received your answer on 6 Apr 2026" in again.text
    client.save(again, one.path, quality="4", manager="5")
    assert one.counted == {"quality": 4, "manager": 5}, "a correction, and no second review"
    one.move(State.CLOSED)
    assert "We received your answer on 6 Apr 2026" in client.get(one.path).text
