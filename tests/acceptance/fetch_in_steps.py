"""Fetches mail and takes it in as the flow does, in a process that kills itself at the step that it is told.

Arguments: the step at which it dies (0: at none), and the mail at which it dies between writing the request and settling.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from caseline.actions import fetch_mail, take_in_mails, wiring
from caseline.cli.plain import plain
from caseline.mail.outcome import Outcome
from caseline.mail.queue_store import Claimed
from caseline.mail.transfer import Raw
from caseline.settings import load
from tests.factories.mails import Taking


def now() -> datetime:
    return datetime.now(UTC)


class Countdown:
    """Kills the process when it has counted so far."""

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def __call__(self, *_said: object) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def main(step: int, mail: int) -> None:
    steps, mails = Countdown(step), Countdown(mail)
    settings = load()
    with wiring.open_house(settings) as house:
        found = fetch_mail.fetch_all(house, wiring.post(settings), clock=now, now_too=True, watch=steps)
        taking = Taking(house)

        def take_in(connection: sa.Connection, claimed: Claimed, content: Raw) -> Outcome:
            outcome = taking(connection, claimed, content)
            mails()
            return outcome

        taken = take_in_mails.take_in_mails(house, take_in, clock=now)
    # Not by getrusage: that begins with what the parent had when it forked.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_kb = int(status.partition("VmHWM:")[2].split()[0])
    print(json.dumps({"fetched": plain(found), "taken": plain(taken), "steps": steps.count, "peak_kb": peak_kb}))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
