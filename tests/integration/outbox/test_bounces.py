"""A bounce says who did not get a letter of ours, and of no others."""

import pytest

from caseline.actions import keep_letters
from caseline.outbox import bounces
from caseline.outbox.letters import Address, Delivery
from tests.factories.letters import new_letter
from tests.factories.post import Post

CLIENT, OTHER = "client@example.com", "other@example.com"


def bounce(post: Post, message_id: str, address: str | None = CLIENT) -> int | None:
    with post.engine.begin() as connection:
        return bounces.note(connection, message_id, address, "5.1.1 no such user", now=post.now)


def test_a_letter_that_nobody_got_has_failed_and_can_be_tried_again(post: Post) -> None:
    (number,) = post.queue(new_letter())
    post.send()

    assert bounce(post, post.line(number).message_id, CLIENT.upper()) == number
    assert bounce(post, post.line(number).message_id) is None  # it is failed already
    line = post.line(number)
    assert (line.state, line.reason) == ("failed", f"{CLIENT}: bounced: 5.1.1 no such user")
    keep_letters.retry(post.house, [number], now=post.now)
    assert post.send().sent == 1


def test_a_letter_that_somebody_got_is_sent_and_names_who_did_not(post: Post) -> None:
    (number,) = post.queue(new_letter(to=[Address(CLIENT), Address(OTHER)]))
    post.send()

    assert bounce(post, post.line(number).message_id) == bounce(post, post.line(number).message_id) == number
    line = post.line(number)
    assert (line.state, line.reason) == ("sent", f"{CLIENT}: bounced: 5.1.1 no such user")
    assert [one.state for one in line.recipients] == [Delivery.FAILED, Delivery.SENT]


def test_of_a_letter_with_one_recipient_that_one_is_meant_wherever_it_was_forwarded(post: Post) -> None:
    (number,) = post.queue(new_letter())
    post.send()

    assert bounce(post, post.line(number).message_id, "client@internal.example") == number
    line = post.line(number)
    assert line.state == "failed"
    assert line.reason == f"{CLIENT}: bounced: 5.1.1 no such user (forwarded to client@internal.example)"


@pytest.mark.parametrize("address", ["stranger@example.com", None])
def test_a_bounce_that_fits_no_recipient_changes_nothing(post: Post, address: str | None) -> None:
    (number,) = post.queue(new_letter(to=[Address(CLIENT), Address(OTHER)]))
    post.send()

    assert bounce(post, post.line(number).message_id, address) is None
    assert bounce(post, "<1.0.1.x@example.org>") is None
    assert post.line(number).reason is None
