"""A sender that stood still until its lease lapsed sends nothing behind the back of the one that took over."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from caseline.outbox.carrier import Parcel
from caseline.outbox.endings import Said
from caseline.outbox.letters import Delivery
from caseline.outbox.sending import Sending
from tests.factories.letters import new_letter
from tests.factories.post import Post


@dataclass
class Hands:
    """Carries everything; `pause` happens once, before or after a parcel is handed over."""

    sent: list[bytes] = field(default_factory=list)
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None

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
        return dict.fromkeys(parcel.recipients, Said(Delivery.SENT, "250 OK"))


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
