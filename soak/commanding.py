"""Operators at the command line, beside the deployments: the same work by commands, killed like all else."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import psutil

from soak.ledger import Ledger
from soak.site import Site

ROUND: Final = (("mail", "fetch", "--now"), ("feedback", "run"), ("outbox", "send", "--anyway"))
"""What the deployments do, in the words of the command line."""
_PATIENCE_S: Final = 900
_LOOK_EVERY_S: Final = 0.2
_GOOD: Final = {0, 3}


@dataclass
class Operator:
    """One who types the same commands in turn."""

    name: str
    site: Site
    ledger: Ledger
    dice: random.Random
    stop: threading.Event
    commands: Sequence[Sequence[str]]
    until_good: bool = False
    """Stop typing when a command has come to its end."""
    ended: Counter[str] = field(default_factory=Counter)
    """How commands ended, in words."""
    tracebacks: list[str] = field(default_factory=list)
    """What no command should show to anybody, whatever dies."""
    _process: "subprocess.Popen[str] | None" = None

    def work(self) -> None:
        """Until the run is over."""
        number = 0
        while not self.stop.wait(self.dice.uniform(0.5, 3)):
            code = self._type(self.commands[number % len(self.commands)])
            number += 1
            if self.until_good and code in _GOOD:
                return

    def processes(self) -> list[psutil.Process]:
        """The command that runs now, with what it has started."""
        with suppress(psutil.NoSuchProcess):
            if self._process is not None and self._process.poll() is None:
                one = psutil.Process(self._process.pid)
                return [one, *one.children(recursive=True)]
        return []

    def _type(self, words: Sequence[str]) -> int:
        settings = self.site.of_post_office()
        if not settings:
            return -1  # it is not up yet
        command = [sys.executable, "-m", "caseline.cli", *words]
        environment = self.site.environment(settings)
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            command, env=environment, cwd=self.site.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = self._heard(self._process)
        code = self._process.returncode
        self.ended[f"{' '.join(words[:2])} {'good' if code in _GOOD else 'killed' if code < 0 else 'in vain'}"] += 1
        self.ledger.note("command", words=list(words), code=code, said=said[-600:] if code not in _GOOD else "")
        if "Traceback" in said:
            self.tracebacks.append(f"{' '.join(words)}:\n{said[-3000:]}")
        return code

    def _heard(self, process: "subprocess.Popen[str]") -> str:
        """What it says until its end; when the run is over it is asked to end."""
        heard: list[str] = []
        reader = threading.Thread(target=lambda: heard.append(process.stdout.read() if process.stdout else ""))
        reader.start()
        end = time.monotonic() + _PATIENCE_S
        while process.poll() is None and time.monotonic() < end and not self.stop.is_set():
            time.sleep(_LOOK_EVERY_S)
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
        process.wait()
        reader.join()
        if process.stdout:
            process.stdout.close()
        return "".join(heard)
