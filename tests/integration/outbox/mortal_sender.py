"""A program that sends letters and kills itself at its first step, then at its second, and so on until it survives.

Between any two steps means: around every transaction and around every command to the mail server. After each death a
sender that survives finishes the work, an hour later. The last line of stdout is the number of deaths.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.actions import send_letters, wiring
from caseline.actions.wiring import House
from caseline.crm.connect import connect
from caseline.db.engine import open_engine
from caseline.outbox import store
from caseline.settings import Settings
from tests.factories.letters import OWN, new_letter

LETTERS: Final = 2
MOST: Final = 400


class Death:
    """Comes at a step that is chosen before."""

    def __init__(self, at: int | None) -> None:
        self.at, self.steps = at, 0

    def step(self, *_words: object) -> None:
        self.steps += 1
        if self.steps == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def mortal(*words: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
            self.step()
            answer = method(*words, **named)
            self.step()
            return answer

        return mortal


def house(url: str, smtp: str) -> House:
    engine = open_engine(url)
    settings = Settings(mail_address=OWN, smtp_url=SecretStr(smtp))
    return House(settings, url, engine, connect("embedded", engine))


def queue(url: str, smtp: str, trial: int, now: datetime) -> None:
    made = house(url, smtp)
    with made.engine.begin() as connection:
        mint = wiring.mint(made, connection, now=now)
        for _ in range(LETTERS):
            store.queue(connection, new_letter(trial, text=f"trial {trial}\nПривет"), mint, now=now)
    made.engine.dispose()


def send(url: str, smtp: str, now: datetime, death: Death) -> None:
    made = house(url, smtp)
    for name in ("begin", "commit", "rollback"):
        sa.event.listen(made.engine, name, death.step)
    sa.event.listen(made.engine.pool, "close", death.step)  # after a commit each connection is closed
    for name in ("connect", "putcmd", "send", "getreply"):
        setattr(smtplib.SMTP, name, death.around(getattr(smtplib.SMTP, name)))
    send_letters.send(made, clock=lambda: now)


def in_child(work: Callable[[], None]) -> bool:
    """Whether the child was killed; any other end than a good one ends the program."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child must not go on with its parent's work
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in {0, -signal.SIGKILL}:
        sys.exit(f"a sender ended with {code}")
    return code != 0


def main(url: str, smtp: str) -> None:
    begun = datetime.now(UTC)
    for trial in range(1, MOST):
        now = begun + timedelta(hours=2 * trial)
        in_child(lambda now=now, trial=trial: queue(url, smtp, trial, now))  # type: ignore[misc] # defaults bind now
        died = in_child(lambda now=now, trial=trial: send(url, smtp, now, Death(trial)))  # type: ignore[misc]
        in_child(lambda now=now: send(url, smtp, now + timedelta(hours=1), Death(None)))  # type: ignore[misc]
        if not died:
            sys.stdout.write(f"{trial - 1}\n")
            return
    sys.exit(f"it still dies at step {MOST}")


if __name__ == "__main__":
    main(*sys.argv[1:])
