"""Wherever a sender or a server dies, each letter arrives, under one Message-ID only, with the same bytes."""

import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.factories import processes
from tests.factories.letters import OWN, new_letter
from tests.factories.mail_server import HangUp, Taken
from tests.factories.post import Post
from tests.factories.processes import COMMAND, Place

PROGRAM: Final = Path(__file__).with_name("mortal_sender.py")
LETTERS: Final = 2
"""Letters of a trial, as the program has it."""


def contents(post: Post) -> dict[str, set[bytes]]:
    found: dict[str, set[bytes]] = defaultdict(set)
    for one in post.mailbox.taken:
        found[one.id].add(one.content)
    return found


def assert_all_arrived(post: Post) -> None:
    lines = post.lines()
    assert {line.state for line in lines} == {"sent"}
    found = contents(post)
    assert set(found) == {line.message_id for line in lines}
    assert {len(forms) for forms in found.values()} == {1}


@pytest.mark.long
def test_a_sender_killed_between_any_two_steps_loses_nothing(post: Post, tmp_path: Path) -> None:
    done = processes.run(Place(tmp_path), PROGRAM, post.url, post.server.url())

    assert done.returncode == 0, done.stderr
    deaths = int(done.stdout.split()[-1])
    assert deaths > 60, "steps that were tried"
    assert len(post.lines()) == (deaths + 1) * LETTERS
    assert_all_arrived(post)
    twice = sum(number - 1 for number in Counter(post.mailbox.ids).values())
    # Only a death between the server's taking a letter and our noting so doubles it.
    assert 0 < twice < deaths / 4


@pytest.mark.long
@pytest.mark.parametrize("seed", [20_261_130, 20_261_131, 20_261_132])
def test_the_command_killed_while_the_server_works_loses_nothing(post: Post, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    post.queue(*(new_letter(number) for number in range(1, 31)))
    environment = {"CASELINE_MAIL_ADDRESS": OWN, "CASELINE_SMTP_URL": post.server.url()}
    for _ in range(2):
        fatal = iter(range(dice.randint(2, 8)))
        with processes.started(Place(tmp_path, post.url), *COMMAND, "outbox", "send", **environment) as process:

            def kill(_taken: Taken, left: Iterator[int] = fatal, pid: int = process.pid) -> None:
                if next(left, None) is None:
                    os.kill(pid, signal.SIGKILL)

            post.mailbox.say = kill
            assert processes.finish(process).returncode == -signal.SIGKILL
        with post.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE outbox.letter SET until = now() WHERE state = 'sending'")

    post.mailbox.say = lambda _taken: None
    done = processes.run(Place(tmp_path, post.url), *COMMAND, "outbox", "send", **environment)

    assert done.returncode == 0, done.stderr
    assert_all_arrived(post)


def test_a_server_that_dies_before_its_answer_gets_the_letter_again_under_the_same_id(post: Post) -> None:
    seen: Counter[str] = Counter()

    def die_once(taken: Taken) -> None:
        seen[taken.id] += 1
        if seen[taken.id] == 1:
            raise HangUp

    post.mailbox.say = die_once
    numbers = post.queue(new_letter(1), new_letter(2))

    first = post.send()
    assert (first.sent, first.later) == (0, 2)
    assert {post.line(number).state for number in numbers} == {"queued"}
    post.later(minutes=1)
    assert post.send().sent == 2

    assert Counter(post.mailbox.ids) == {post.line(number).message_id: 2 for number in numbers}
    assert_all_arrived(post)


def test_a_letter_of_a_dead_sender_waits_for_the_end_of_its_lease(post: Post) -> None:
    (number,) = post.queue(new_letter())
    with post.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE outbox.letter SET state = 'sending', until = %s, fence = 1, attempts = 1, owner = 'dead'",
            (post.now + timedelta(minutes=5),),
        )

    assert post.send().sent == 0
    assert post.line(number).state == "sending"
    post.later(minutes=6)
    assert post.send().sent == 1


def test_two_senders_at_once_send_no_letter_twice(post: Post) -> None:
    post.queue(*(new_letter(number % 15 + 1) for number in range(60)))

    with ThreadPoolExecutor(3) as pool:
        done = [job.result() for job in [pool.submit(post.send) for _ in range(3)]]

    assert sum(one.sent for one in done) == 60
    assert len(post.mailbox.taken) == len(set(post.mailbox.ids)) == 60
    assert_all_arrived(post)


def test_a_letter_that_every_sender_dies_over_fails_in_the_end(post: Post) -> None:
    bad, good = post.queue(new_letter(1), new_letter(1))
    with post.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox.letter SET attempts = 14 WHERE id = %s", (bad,))

    done = post.send()

    assert (done.failed, done.sent) == (1, 1)
    assert "every sender that tried has died over it" in str(post.line(bad).reason)
    assert post.line(good).state == "sent"
