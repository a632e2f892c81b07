"""A sender that stood still until its lease lapsed sends nothing behind the back of the one that took over."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from caseline.outbox import care
from caseline.outbox.carrier import Parcel
from caseline.outbox.endings import Said
from caseline.outbox.letters import Delivery
from caseline.outbox.minting import Thread
from caseline.outbox.sending import Sending
from tests.factories.letters import new_letter
from tests.factories.post import Post


@dataclass
class Hands:
    """Carries everything; `pause` happens once, before or after a parcel is handed over."""

    sent: list[bytes] = field(default_factory=list)
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    answer: Delivery = Delivery.SENT

    @contextmanager
    def open(self) -> Iterator["Hands"]:
        yield self

    def send(self, parcel: Parcel, before: Callable[[], None]) -> Mapping[str, Said]:
        pause, self.before = self.before, None
        if pause is not None:
            pause()
        before()
        self.sent.append(parcel.content)
        pause, self.after = self.after, None
        if pause is not None:
            pause()
        return dict.fromkeys(parcel.recipients, Said(self.answer, "said"))


def sender(post: Post, hands: Hands) -> Sending:
    return Sending(post.engine, hands, b"server", "test", lambda: post.now)


def test_who_wakes_up_before_sending_sends_nothing(post: Post) -> None:
    (number,) = post.queue(new_letter())
    hands = Hands()

    def lapse() -> None:
        post.later(hours=1)
        assert sender(post, hands).run().sent == 1

    hands.before = lapse
    done = sender(post, hands).run()

    assert (done.sent, len(hands.sent)) == (0, 1)
    assert (post.line(number).state, post.line(number).attempts) == ("sent", 2)


def test_who_wakes_up_after_sending_changes_nothing(post: Post) -> None:
    (number,) = post.queue(new_letter())
    hands = Hands()

    def lapse() -> None:
        post.later(hours=1)
        assert sender(post, hands).run().sent == 1

    hands.after = lapse
    done = sender(post, hands).run()

    assert done.sent == 0
    assert len(hands.sent) == 2  # at least once, and
    assert len(set(hands.sent)) == 1  # the same bytes
    assert post.line(number).state == "sent"


@pytest.mark.parametrize(
    ("moment", "answer", "state", "left"),
    [
        ("before", Delivery.SENT, "cancelled", 0),
        ("after", Delivery.SENT, "sent", 1),
        ("after", Delivery.WAITING, "cancelled", 1),
        ("after", Delivery.FAILED, "cancelled", 1),
    ],
)
def test_a_letter_that_is_withdrawn_while_it_is_sent_never_goes_to_that_address_again(
    post: Post, moment: str, answer: Delivery, state: str, left: int
) -> None:
    (number,) = post.queue(new_letter(thread=Thread(45, 3)))
    hands = Hands(answer=answer)

    def withdraw() -> None:
        with post.engine.begin() as connection:
            care.withdraw(connection, 3, "Client@example.com", why="the address was corrected", now=post.now)

    setattr(hands, moment, withdraw)
    sender(post, hands).run()
    post.later(hours=1)
    sender(post, hands).run()

    assert (post.line(number).state, len(hands.sent)) == (state, left)
    assert post.line(number).reason == (None if state == "sent" else "the address was corrected")
