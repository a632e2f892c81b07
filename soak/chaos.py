"""Kills and stops what runs in the home, at random but seeded moments; nothing else, and each by its own number."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import psutil

from soak.ledger import Ledger
from soak.site import Site

_RUN, _COMMAND, _DATABASE = "flow run", "command", "database"
_VICTIMS: Final = {
    _RUN: 6,
    _COMMAND: 6,
    _DATABASE: 3,
    "server": 2,
    "worker": 3,
    "desk": 3,
    "public": 3,
    "mail sandbox": 3,
}
"""What dies, and how often beside the others."""
_STOPS: Final = 0.25
"""Share of victims that are stopped for a while and go on, instead of being killed."""
_STANDS_S: Final = (3.0, 25.0)
"""For how long: shorter and longer than the lease of a batch."""


@dataclass
class Chaos:
    """One who kills."""

    site: Site
    ledger: Ledger
    dice: random.Random
    stop: threading.Event
    every_s: tuple[float, float]
    say: Callable[[str], None]
    commands: Callable[[], list[psutil.Process]]
    """What operators have typed and what still runs."""
    done: Counter[str] = field(default_factory=Counter)
    """What was done to whom, in words."""
    _stopped: list[tuple[float, psutil.Process]] = field(default_factory=list)

    def work(self) -> None:
        """Until the run is over; what is stopped then goes on."""
        while not self.stop.wait(self.dice.uniform(*self.every_s)):
            self.strike()
            self._wake(time.monotonic())
        self._wake(float("inf"))

    def strike(self) -> None:
        """Choose a victim among what runs, and kill or stop it."""
        name = self.dice.choices(list(_VICTIMS), list(_VICTIMS.values()))[0]
        stops, stands, choice = self.dice.random() < _STOPS, self.dice.uniform(*_STANDS_S), self.dice.random()
        there = self._candidates(name)
        if not there:
            return
        victim = there[int(choice * len(there))]
        try:
            victim.send_signal(signal.SIGSTOP if stops else signal.SIGKILL)
        except psutil.NoSuchProcess:
            return
        if stops:
            self._stopped.append((time.monotonic() + stands, victim))
        what = f"{name} {'stopped' if stops else 'killed'}"
        self.done[what] += 1
        self.ledger.note("chaos", what=what, pid=victim.pid)
        self.say(what)

    def _candidates(self, name: str) -> list[psutil.Process]:
        if name == _RUN:
            return self.site.runs()
        if name == _COMMAND:
            return self.commands()
        if name == _DATABASE:
            database = self.site.database()
            return [] if database is None else [database]
        service = self.site.services().get(name)
        return [] if service is None else [service]

    def _wake(self, now: float) -> None:
        for one in [one for one in self._stopped if one[0] <= now]:
            self._stopped.remove(one)
            try:
                one[1].send_signal(signal.SIGCONT)
            except psutil.NoSuchProcess:
                continue
