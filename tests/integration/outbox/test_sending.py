"""Letters are sent by a real SMTP server, and what it says of them is kept."""

from datetime import timedelta

import pytest

from caseline.actions import keep_letters
from caseline.outbox import store
from caseline.outbox.compose import compose
from caseline.outbox.endings import DELAYS
from caseline.outbox.faults import OutboxFault
from caseline.outbox.letters import Address, Delivery, State
from caseline.outbox.minting import Thread
from tests.factories.letters import OWN, automatic, new_letter
from tests.factories.mail_server import running
from tests.factories.post import Post


def test_a_letter_arrives_under_the_message_id_that_was_kept_before(post: Post) -> None:
    (number,) = post.queue(new_letter())
    kept = post.line(number).message_id

    done = post.send()

    assert (done.sent, done.failed, done.later) == (1, 0, 0)
    (taken,) = post.mailbox.taken
    assert taken.id == kept
    assert (taken.sender, taken.recipients) == (OWN, ("client@example.com",))
    line = post.line(number)
    assert (line.state, line.reason) == ("sent", None)
    assert [(one.state, one.answer) for one in line.recipients] == [(Delivery.SENT, "250 OK")]


def test_many_letters_go_on_one_connection(post: Post) -> None:
    post.queue(*(new_letter(number) for number in range(1, 21)))

    assert post.send().sent == 20

    assert post.mailbox.asked["EHLO"] == 1
    assert post.mailbox.asked["MAIL"] == 20


def test_nothing_to_send_asks_no_server(post: Post) -> None:
    post.send()

    assert post.mailbox.asked["EHLO"] == 0


def test_a_temporary_answer_is_tried_again_with_growing_pauses(post: Post) -> None:
    post.mailbox.recipient_answers["client@example.com"] = "450 4.2.0 greylisted, come back later"
    (number,) = post.queue(new_letter())

    assert post.send().later == 1
    assert post.line(number).due_at == post.now + DELAYS[0]
    assert post.send() == post.send()  # not due: nothing happens
    post.later(minutes=1)
    assert post.send().later == 1
    line = post.line(number)
    assert line.due_at == post.now + DELAYS[1]
    assert line.reason == "client@example.com: 450 4.2.0 greylisted, come back later"

    del post.mailbox.recipient_answers["client@example.com"]
    post.later(minutes=5)
    assert post.send().sent == 1
    assert post.mailbox.ids == [line.message_id]


def test_a_letter_that_is_put_off_for_two_days_fails_with_the_last_answer(post: Post) -> None:
    post.mailbox.say = lambda _taken: "451 4.3.0 not today"
    (number,) = post.queue(new_letter())
    begun = post.now

    attempts = 0
    while post.line(number).state == State.QUEUED:
        post.later(seconds=max(0.0, (post.line(number).due_at - post.now).total_seconds()))
        post.send()
        attempts += 1

    line = post.line(number)
    assert attempts == len(DELAYS) + 1
    assert timedelta(days=1) < post.now - begun < timedelta(days=3)
    assert line.state == "failed"
    assert line.reason == "client@example.com: given up after 14 attempts: 451 4.3.0 not today"


def test_a_permanent_answer_fails_the_letter_at_once_with_its_reason(post: Post) -> None:
    post.mailbox.say = lambda _taken: "554 5.7.1 looks like spam"
    (number,) = post.queue(new_letter())

    done = post.send()

    assert (done.failed, done.failures) == (
        1,
        ["letter 1 of request 45: client@example.com: 554 5.7.1 looks like spam"],
    )
    assert post.line(number).state == "failed"


def test_a_refused_recipient_does_not_keep_the_letter_from_the_others(post: Post) -> None:
    post.mailbox.recipient_answers["gone@example.com"] = "550 5.1.1 no such user"
    to = [Address("client@example.com"), Address("gone@example.com")]
    (number,) = post.queue(new_letter(to=to))

    done = post.send()

    assert done.sent == 1
    assert post.mailbox.taken[0].recipients == ("client@example.com",)
    line = post.line(number)
    assert (line.state, line.reason) == ("sent", "gone@example.com: 550 5.1.1 no such user")
    assert [one.state for one in line.recipients] == [Delivery.SENT, Delivery.FAILED]


def test_only_those_who_were_put_off_get_the_letter_later(post: Post) -> None:
    post.mailbox.recipient_answers["slow@example.com"] = "451 4.7.1 later"
    to = [Address("client@example.com"), Address("slow@example.com")]
    (number,) = post.queue(new_letter(to=to))
    post.send()
    del post.mailbox.recipient_answers["slow@example.com"]
    post.later(minutes=1)

    post.send()

    assert [one.recipients for one in post.mailbox.taken] == [("client@example.com",), ("slow@example.com",)]
    assert len(set(post.mailbox.ids)) == 1
    assert post.mailbox.taken[0].content == post.mailbox.taken[1].content
    assert post.line(number).state == "sent"


def test_a_letter_that_one_did_not_get_can_be_tried_for_that_one(post: Post) -> None:
    post.mailbox.recipient_answers["full@example.com"] = "552 5.2.2 mailbox full"
    (number,) = post.queue(new_letter(cc=[Address("full@example.com")]))
    post.send()
    post.mailbox.recipient_answers.clear()

    keep_letters.retry(post.house, [number], now=post.now)
    post.send()

    assert [one.recipients for one in post.mailbox.taken] == [("client@example.com",), ("full@example.com",)]
    assert post.line(number).state == "sent"


def test_letters_of_a_thread_keep_their_order_and_other_threads_do_not_wait(post: Post) -> None:
    post.mailbox.say = lambda taken: "451 4.3.0 later" if b"first" in taken.content else None
    numbers = post.queue(
        new_letter(1, text="first"), new_letter(1, text="second"), new_letter(2), new_letter(thread=Thread(1, 5))
    )

    post.send()

    assert [post.line(number).state for number in numbers] == ["queued", "queued", "sent", "sent"]
    post.mailbox.say = lambda _taken: None
    post.later(minutes=1)
    post.send()
    assert post.mailbox.ids[2:] == [post.line(number).message_id for number in numbers[:2]]


def test_a_letter_too_big_for_the_server_fails_without_being_sent(post: Post) -> None:
    with running(data_size_limit=1000) as server:
        post.server = server
        (number,) = post.queue(new_letter(text="word " * 500))
        post.send()

        assert server.mailbox.asked["MAIL"] == 0
    assert "takes letters of up to 1,000 bytes" in str(post.line(number).reason)


def test_an_address_beyond_ascii_goes_only_where_the_server_takes_it(post: Post) -> None:
    letter = new_letter(to=[Address("иван@почта.рф", "Иван")])
    (refused,) = post.queue(letter)
    with running(enable_SMTPUTF8=False) as server:
        post.server, usual = server, post.server
        post.send()
    assert "takes no addresses with letters other than a-z" in str(post.line(refused).reason)

    post.server = usual
    with running(enable_SMTPUTF8=True) as server:
        post.server = server
        keep_letters.retry(post.house, [refused], now=post.now)
        assert post.send().sent == 1
        assert server.mailbox.taken[0].recipients == ("иван@xn--80a1acny.xn--p1ai",)
        assert "иван@xn--80a1acny.xn--p1ai".encode() in server.mailbox.taken[0].content


def test_a_server_that_wants_a_sender_gets_own_address_for_an_automatic_letter(post: Post) -> None:
    post.queue(automatic(1))
    post.send()
    post.mailbox.sender_answers["<>"] = "553 5.7.1 sender address rejected"
    post.queue(automatic(2))
    post.send()

    assert [one.sender for one in post.mailbox.taken] == ["<>", OWN]
    assert {str(one.message["Auto-Submitted"]) for one in post.mailbox.taken} == {"auto-replied"}


def test_a_letter_that_cannot_be_composed_fails_alone(post: Post) -> None:
    bad, good = post.queue(new_letter(1), new_letter(2))
    with post.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox.letter SET sender = E'a@b\\nBcc: x@example.org' WHERE id = 1")

    done = post.send()

    assert (done.failed, done.sent) == (1, 1)
    assert "it cannot be composed" in str(post.line(bad).reason)
    assert post.line(good).state == "sent"


def test_a_server_that_ends_the_connection_after_some_letters_costs_none_an_attempt(post: Post) -> None:
    post.mailbox.most_on_connection = 3
    numbers = post.queue(*(new_letter(number) for number in range(1, 9)))

    assert post.send().sent == 8
    assert {post.line(number).attempts for number in numbers} == {1}
    assert len(set(post.mailbox.ids)) == len(post.mailbox.ids) == 8


def test_cancelled_and_held_letters_do_not_leave(post: Post) -> None:
    cancelled, held, left = post.queue(new_letter(1), new_letter(2), new_letter(3))
    keep_letters.cancel(post.house, [cancelled], now=post.now)
    keep_letters.hold(post.house, [held])

    post.send()

    assert [post.line(number).state for number in (cancelled, held, left)] == ["cancelled", "held", "sent"]
    keep_letters.release(post.house, [held], now=post.now)
    post.send()
    assert post.line(held).state == "sent"


def test_what_has_left_cannot_be_cancelled(post: Post) -> None:
    (number,) = post.queue(new_letter())
    post.send()

    with pytest.raises(OutboxFault, match="letter 1 is sent and cannot be cancelled"):
        keep_letters.cancel(post.house, [number], now=post.now)
    with pytest.raises(OutboxFault, match="there is no letter 99"):
        keep_letters.cancel(post.house, [99], now=post.now)


def test_the_server_gets_exactly_the_bytes_that_were_composed(post: Post) -> None:
    text = ".\r\n..\nFrom here on\n.dots\n" + "long " * 400
    (number,) = post.queue(new_letter(text=text, html="<p>" + "Привет " * 500 + "</p>"))
    post.send()

    with post.engine.connect() as connection:
        letter = store.get(connection, number)
    assert letter is not None
    assert post.mailbox.taken[0].content == compose(letter)
