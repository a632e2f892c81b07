"""Machines do not write to one another for ever: limits of automatic letters, the brake, and imported silence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from caseline.actions import keep_letters
from caseline.outbox.faults import ImportedIsQuiet
from caseline.outbox.letters import Address, Nature
from caseline.outbox.tables import DOMAIN, PLAIN
from tests.factories.letters import automatic, new_letter
from tests.factories.post import Post


def client(number: int) -> list[Address]:
    return [Address(f"client{number}@example.com")]


def test_a_letter_for_an_imported_event_is_refused(post: Post) -> None:
    with pytest.raises(ImportedIsQuiet, match="letter of request 45: its event is imported"):
        post.queue(new_letter(imported=True))

    assert post.lines() == []


def test_a_request_has_one_automatic_reply(post: Post) -> None:
    post.queue(automatic(1), automatic(1, occasion="once more"), automatic(1, Nature.NOTICE), new_letter(1))

    post.send()

    assert [line.state for line in post.lines()] == ["sent", "cancelled", "sent", "sent"]
    assert "one for a request" in str(post.lines()[1].reason)


def test_an_address_gets_three_automatic_letters_a_day_whatever_its_letter_case(post: Post) -> None:
    to = [[Address("Loop@example.com")], [Address("loop@EXAMPLE.com")]]
    post.queue(*(automatic(number, to=to[number % 2]) for number in range(1, 6)))
    post.queue(new_letter(6, to=to[0]))
    post.later(hours=24, seconds=1)
    post.queue(automatic(7, to=to[0]))

    states = [line.state for line in post.lines()]

    assert states == ["queued", "queued", "queued", "cancelled", "cancelled", "queued", "queued"]
    assert "loop@example.com has had 3 automatic letters within 24 hours" in str(post.lines()[3].reason)


def test_details_behind_a_plus_make_no_other_address(post: Post) -> None:
    post.queue(*(automatic(number, to=[Address(f"Robot+{number}@other.example")]) for number in range(1, 6)))
    post.queue(automatic(6, to=[Address("robot@other.example")]), automatic(7, to=[Address("robots+1@other.example")]))

    assert [line.state for line in post.lines()] == [*["queued"] * 3, *["cancelled"] * 3, "queued"]
    assert "robot@other.example has had 3" in str(post.lines()[5].reason)


def test_what_a_person_has_ordered_knows_no_limit_of_a_day(post: Post) -> None:
    post.queue(*(automatic(number, Nature.NOTICE, ordered=True) for number in range(1, 6)))

    assert {line.state for line in post.lines()} == {"queued"}


def test_a_domain_of_one_house_gets_twenty_replies_an_hour(post: Post) -> None:
    post.queue(*(automatic(number, to=client(number), of_one_house=True) for number in range(1, 23)))
    post.queue(automatic(30, to=client(30)), automatic(31, Nature.NOTICE, to=client(31), of_one_house=True))
    post.queue(automatic(32, to=[Address("a@sub.example.com")], of_one_house=True))
    post.later(hours=1, seconds=1)
    post.queue(automatic(33, to=client(33), of_one_house=True))

    states = [line.state for line in post.lines()]

    assert states == [*["queued"] * 20, "cancelled", "cancelled", *["queued"] * 4]
    assert "@example.com has had 20 automatic replies within an hour" in str(post.lines()[20].reason)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (f"SELECT FROM outbox.recipient WHERE {PLAIN} = 'a@b.example' AND letter_id > 5", "ix_recipient_plain"),
        (f"SELECT FROM outbox.recipient WHERE {DOMAIN} = '@b.example' AND letter_id > 5", "ix_recipient_domain"),
        (
            "SELECT id FROM outbox.letter WHERE queued_at <= now() ORDER BY queued_at DESC, id DESC",
            "ix_letter_queued_at",
        ),
        ("SELECT state, count(*) FROM outbox.letter GROUP BY state", "ix_letter_state"),
    ],
)
def test_letters_are_counted_in_indexes_however_many_there_are(post: Post, asked: str, index: str) -> None:
    with post.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(connection.execute(sa.text(f"EXPLAIN {asked}")).scalars())

    assert index in plan


def test_the_limit_of_an_address_holds_when_many_ask_at_once(post: Post) -> None:
    post.queue(new_letter(99))  # the secret is there
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: post.queue(automatic(number)), range(1, 13)))

    assert [line.state for line in post.lines() if line.nature == "reply"].count("queued") == 3


def test_the_brake_holds_what_is_automatic_beyond_so_many_a_minute_and_nothing_else(post: Post) -> None:
    post.settings = {"mail_brake": 5}
    post.queue(*(automatic(number, to=client(number)) for number in range(1, 9)), new_letter(50))

    done = post.send()

    assert (done.sent, done.held) == (6, 3)
    states = [line.state for line in post.lines()]
    assert states == [*["sent"] * 5, *["held"] * 3, "sent"]
    assert str(post.lines()[5].reason).startswith("brake: more than 5 automatic letters within a minute")
    post.later(minutes=10)
    assert post.send().sent == 0  # they wait for a person


def test_released_letters_leave_past_the_brake(post: Post) -> None:
    post.settings = {"mail_brake": 2}
    post.queue(*(automatic(number, to=client(number)) for number in range(1, 9)))
    post.send()

    assert keep_letters.release(post.house, None, now=post.now) == 6
    post.queue(automatic(20, to=client(20)))
    assert post.send().sent == 6
    assert post.lines()[-1].state == "held"


def test_a_minute_later_automatic_letters_leave_again(post: Post) -> None:
    post.settings = {"mail_brake": 2}
    post.queue(*(automatic(number, to=client(number)) for number in range(1, 3)))
    post.send()
    post.later(seconds=61)
    post.queue(automatic(3, to=client(3)))

    assert post.send().sent == 1
