"""Does what the deployments `ingest-mail` and `send-outbox` do, again and again, until it is killed.

Its argument is a file that it writes when it has begun.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from caseline.actions import fetch_mail, send_letters, take_in_mail, wiring
from caseline.actions.wiring import House
from caseline.settings import Settings, load

_PAUSE_S: Final = 0.05


def now() -> datetime:
    return datetime.now(UTC)


def main(begun: Path) -> None:
    settings = load()
    while True:
        try:
            with wiring.open_house(settings) as house:
                begun.touch()
                work(house, settings)
        except sa.exc.OperationalError:
            # The test cuts connections to the database: a flow run would fail, and the next one goes on.
            time.sleep(_PAUSE_S)


def work(house: House, settings: Settings) -> None:
    while True:
        fetch_mail.fetch_all(house, wiring.post(settings), clock=now, now_too=True)
        take_in_mail.take_in_waiting(house, clock=now)
        send_letters.send(house, clock=now, anyway=True)
        time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
