"""Threads that put something into the house, step by step, until they are told to stop."""

import random
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from soak.caller import Stopped


@dataclass
class Load:
    """Somebody who does a thing again and again, at random but seeded moments."""

    name: str
    step: Callable[[], None]
    every_s: float
    dice: random.Random
    stop: threading.Event
    faults: list[str] = field(default_factory=list)
    """What went wrong in our own steps, which is no fault of the house; a run with any proves nothing."""
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the step at hand is done."""
        if self._thread is not None:
            self._thread.join(60)

    def _work(self) -> None:
        with suppress(Stopped):
            while not self.stop.wait(self.every_s * self.dice.uniform(0.3, 1.7)):
                try:
                    self.step()
                except Stopped:
                    raise
                except Exception:  # noqa: BLE001 - whatever it is, it is told at the end
                    self.faults.append(f"{self.name}: {traceback.format_exc(limit=4)}")
