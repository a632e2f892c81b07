"""One round of notices: what is late is said, people are told, letters are queued."""

from dataclasses import dataclass
from datetime import datetime

from caseline.actions import mail_notices, tell_notices
from caseline.actions.tell_notices import Watched
from caseline.actions.wiring import House


@dataclass(frozen=True, slots=True)
class Done:
    """What a round came to."""

    watched: Watched
    notices: int
    letters: int


def run(house: House, *, now: datetime) -> Done:
    """Do a round. It may die anywhere and run at once with others: the next goes on, and nobody is told twice."""
    watched = tell_notices.watch(house, now=now)
    notices = tell_notices.tell(house, now=now)
    return Done(watched, notices, mail_notices.write(house, now=now))
