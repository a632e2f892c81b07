"""A process that is killed while it takes a mail in leaves nothing behind, and the next one takes it in once."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from caseline.actions import take_in_mail, take_in_mails
from caseline.mail.outcome import Outcome
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw
from tests.factories import conversations
from tests.factories.conversations import Centre, mail

ROOT = Path(__file__).parents[3]
TABLES = ("crm.record", "crm.contact", "crm.message", "crm.event", "outbox.letter", "mail.ghost")


def centre(url: str, home: Path) -> Centre:
    """A centre that confirms what it gets."""
    return conversations.centre(url, home, mail_acknowledge=True, lease_seconds=60)


def counts(made: Centre) -> list[int]:
    with made.house.engine.connect() as connection:
        return [connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in TABLES]


def test_what_a_killed_taker_had_in_hand_is_taken_in_once_by_the_next(database_url: str, tmp_path: Path) -> None:
    made = centre(database_url, tmp_path)
    made.arrive(mail(Message_ID="<1@client.example>", In_Reply_To="<0@client.example>"))

    words = [sys.executable, "-m", "tests.integration.mail.test_taker_killed", database_url, str(tmp_path)]
    done = subprocess.run([*words, made.now.isoformat()], cwd=ROOT, check=False, timeout=120)

    assert done.returncode == -signal.SIGKILL
    assert counts(made) == [0] * len(TABLES)
    made.take_in()
    assert made.landed() == [None], "it is leased to the one that died"
    made.now += timedelta(minutes=2)
    assert made.take_in().done == 1
    (one,) = made.mails()
    assert (one["state"], one["attempts"]) == ("done", 2)
    assert counts(made)[:3] == [1, 1, 2]
    assert counts(made)[4:] == [1, 1]


def die_over_it(url: str, home: str, at: str) -> None:
    """Take in a mail, and be killed when all of it is done but the commit."""
    made = centre(url, Path(home))
    made.now = datetime.fromisoformat(at)
    real = take_in_mail.taker(made.house, clock=made.clock)

    def fatal(connection: sa.Connection, claimed: Claimed, raw: Raw) -> Outcome:
        real(connection, claimed, raw)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    take_in_mails.take_in_mails(made.house, fatal, clock=made.clock)


if __name__ == "__main__":
    die_over_it(*sys.argv[1:])
    pytest.fail("it lives")
