"""Troubles between a portal and its clients, drawn from a seed that no client sees."""

from collections.abc import Mapping
from random import Random
from typing import Final

from caseline.portal_sandbox.store import Store

BEFORE: Final = ("503", "html500_before", "html502_before", "html504_before", "reset_before", "timeout_before")
"""Nothing has been executed."""
AFTER: Final = (
    *("html500_after", "html502_after", "html504_after", "reset_after", "timeout_after"),
    *("truncated", "html200", "empty"),
)
"""All has been executed, and the answer is lost."""
INSIDE: Final = ("batch_cut", "command_failed_though_done")
"""A batch is executed in part, or says of a command that it failed."""
MOVED: Final = "moved"
"""The portal has another domain now: 302, and nothing has been executed."""
OF_EVENTS: Final = ("event_twice",)
"""The outgoing webhook delivers an event twice."""
PASSING: Final = (*BEFORE, *AFTER, *INSIDE, *OF_EVENTS)
"""What goes by: a client may go on after it."""
NAMES: Final = (*PASSING, MOVED)
USUAL_SHARE: Final = 0.01
_LONGEST_BURST: Final = 3


class UnknownFault(ValueError):
    """No fault has this name."""


def shares(text: str) -> dict[str, float]:
    """What `NAME=SHARE,...` asks for; `html500` stands for before and after, `all` for all that goes by."""
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, share = part.strip().partition("=")
        meant = (
            list(PASSING) if name == "all" else [each for each in NAMES if each == name or each.startswith(f"{name}_")]
        )
        if not meant:
            raise UnknownFault(f"no fault {name}; there are {', '.join(NAMES)}, and all")
        divided = 1 if name == "all" else len(meant)
        found |= dict.fromkeys(meant, (float(share) if share else USUAL_SHARE) / divided)
    return found


class Faults:
    """Draws at most one fault for each request."""

    def __init__(self, asked: Mapping[str, float], seed: int, store: Store) -> None:
        self._shares = [(name, share) for name, share in asked.items() if share > 0 and name not in OF_EVENTS]
        self._twice = asked.get("event_twice", 0.0)
        self._chance = Random(f"{seed}/requests")
        self._events = Random(f"{seed}/events")
        self._store = store
        self._refusing = 0

    def draw(self, *, batch: bool) -> str:
        """The fault of this request, empty for none; a 503 comes with up to two more after it."""
        if self._refusing:
            self._refusing -= 1
            return self._drawn("503")
        if not self._shares:
            return ""
        drawn = self._chance.random()
        for name, share in self._shares:
            drawn -= share
            if drawn < 0:
                if name in INSIDE and not batch:
                    return ""
                if name == "503":
                    self._refusing = int(self._chance.random() * _LONGEST_BURST)
                return self._drawn(name)
        return ""

    def below(self, limit: int) -> int:
        """A whole number below the limit, for the place of a fault."""
        return int(self._chance.random() * limit)

    def twice(self) -> bool:
        """Whether an event is delivered twice."""
        if self._events.random() >= self._twice:
            return False
        self._drawn("event_twice")
        return True

    def _drawn(self, name: str) -> str:
        self._store.count(f"fault:{name}")
        return name
