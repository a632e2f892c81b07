"""A chaos run: everything is brought up in a fresh home, loaded and struck for some minutes, settled, and judged."""

import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from caseline.db import embedded
from caseline.sample import write_export
from soak import settling
from soak.answering import Answering
from soak.caller import Caller
from soak.chaos import Chaos
from soak.commanding import ROUND, Operator
from soak.deskwork import Agent
from soak.furnishing import furnish
from soak.ledger import Ledger
from soak.load import Load
from soak.site import ROOT, Ports, Site
from soak.supervisor import Supervisor
from soak.writing import Clients

MAPPING: Final = "salesforce-sample"
_MINUTE: Final = 60
_REPORT_EVERY_S: Final = 20
_UP_ATTEMPTS: Final = 5
_FIRST_QUIET_S: Final = 20
"""Before anything dies, so that the import and the first mails have begun."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a run."""

    seed: int
    minutes: float
    cases: int
    keep: bool = False
    pace: float = 1.0
    """Below one: more load in the same time."""
    strike_s: tuple[float, float] = (6.0, 22.0)
    """How long nobody dies in between."""


@dataclass
class Run:
    """One run; its folder is removed when all was well, unless it is to be kept."""

    wish: Wish
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="caseline-soak-")))
    begun: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.folder.chmod(0o755)  # the server's own user must be able to enter
        number = self.wish.seed % 300
        self.site = Site(self.folder, Ports(server=4_500 + number, desk=8_500 + number, public=8_900 + number))
        self.site.home.mkdir()
        self.site.home.chmod(0o755)
        self.ledger = Ledger(self.folder / "ledger.jsonl")

    def to_its_end(self) -> int:
        """Do it all; the exit code is 0 where the checker finds nothing."""
        self.say(f"seed {self.wish.seed}, {self.wish.minutes:g} minutes, {self.wish.cases:,} cases, in {self.folder}")
        code = 2
        try:
            code = self._work()
        finally:
            self.stop.set()
            settling.end_everything(self.site, self.ledger, self.say)
            embedded.stop(self.site.home, mode="immediate")
            self.ledger.close()
            if code == 0 and not self.wish.keep:
                shutil.rmtree(self.folder)
            else:
                self.say(f"kept: {self.folder}")
        return code

    def say(self, text: str) -> None:
        """A line of progress."""
        print(f"{time.monotonic() - self.begun:7.1f} s  {text}", flush=True)

    def _work(self) -> int:
        self._write_files()
        embedded.ensure_running(self.site.home)
        token = furnish(self.site, self.ledger)
        loads, chaos, supervisor = self._people(token)
        operators = self._operators()
        chaos.commands = lambda: [process for one in operators for process in one.processes()]
        self._first_up(supervisor)
        supervisor.begin_import(
            {"paths": [str(self.site.export)], "mapping": MAPPING, "confirmed": True, "workers": 2, "max_failed": 100}
        )
        self._storm(loads, chaos, [supervisor, *operators])
        faults = [fault for load in loads for fault in load.faults]
        faults += [shown for one in operators for shown in one.tracebacks]
        self._tell(chaos, supervisor, operators)
        self._after_the_storm(supervisor)
        server = embedded.ensure_running(self.site.home)
        left = settling.settle(self.site, server.url, self._import(), self.say)
        self.ledger.note("settled", left=left)
        for fault in faults:
            self.say(f"a fault that somebody was shown: {fault}")
        return self._judged(server.url) or int(bool(faults))

    def _write_files(self) -> None:
        self.say("writing the files to be imported")
        written = write_export(
            self.site.export,
            cases=self.wish.cases,
            seed=self.wish.seed,
            messages=False,
            truth=self.folder / "truth.jsonl",
        )
        self.ledger.note("files", rows=written.rows, failed=written.failed, filtered=written.filtered)

    def _people(self, token: str) -> tuple[list[Load], Chaos, Supervisor]:
        seed, stop, pace = self.wish.seed, self.stop, self.wish.pace
        dice = {name: random.Random(f"{name} {seed}") for name in ("mails", "desk", "answers", "chaos", "supervisor")}
        steps = {
            "mails": (Clients(self.site, self.ledger, seed, stop).step, 2.5),
            "desk": (Agent(Caller(self.site, token, stop), self.ledger, seed).step, 0.8),
            "answers": (Answering(self.site, self.ledger, seed, stop).step, 2.0),
        }
        loads = [Load(name, step, every * pace, dice[name], stop) for name, (step, every) in steps.items()]
        chaos = Chaos(self.site, self.ledger, dice["chaos"], stop, self.wish.strike_s, self.say, list)
        return loads, chaos, Supervisor(self.site, self.ledger, dice["supervisor"], stop, self.say)

    def _operators(self) -> list[Operator]:
        """Two at the command line: one imports, the other does what the deployments do."""
        work: dict[str, tuple[tuple[str, ...], ...]] = {"importer": (self._import(),), "caretaker": ROUND}
        return [
            Operator(
                name,
                self.site,
                self.ledger,
                random.Random(f"{name} {self.wish.seed}"),
                self.stop,
                commands,
                until_good=name == "importer",
            )
            for name, commands in work.items()
        ]

    def _import(self) -> tuple[str, ...]:
        return ("import", str(self.site.export), "--mapping", MAPPING, "--yes")

    def _first_up(self, supervisor: Supervisor) -> None:
        for _ in range(_UP_ATTEMPTS):
            if supervisor.bring_up():
                return
        raise RuntimeError("the house does not come up")

    def _storm(self, loads: list[Load], chaos: Chaos, others: Sequence[Supervisor | Operator]) -> None:
        threads = [threading.Thread(target=one.work, daemon=True) for one in others]
        for load in loads:
            load.start()
        for thread in threads:
            thread.start()
        end = time.monotonic() + self.wish.minutes * _MINUTE
        time.sleep(min(_FIRST_QUIET_S, self.wish.minutes * _MINUTE / 4))
        threads.append(threading.Thread(target=chaos.work, daemon=True))
        threads[-1].start()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(_REPORT_EVERY_S, left))
            self.say(f"{chaos.done.total()} strikes, {_lines(self.folder)}")
        self.stop.set()
        for load in loads:
            load.join()
        for thread in threads:
            thread.join(900)

    def _after_the_storm(self, supervisor: Supervisor) -> None:
        """The house comes back by itself, as it would for an operator; then it is ended."""
        for _ in range(_UP_ATTEMPTS):
            if not supervisor.missing() or supervisor.bring_up():
                break
        settling.end_everything(self.site, self.ledger, self.say)

    def _tell(self, chaos: Chaos, supervisor: Supervisor, operators: list[Operator]) -> None:
        done = ", ".join(f"{name} {count}" for name, count in sorted(chaos.done.items()))
        self.say(f"{chaos.done.total()} strikes: {done or 'none'}")
        self.say(
            f"brought up {supervisor.brought_up} times, {supervisor.in_vain} attempts in vain; import as a flow run:"
            f" {supervisor.retries} retries, {supervisor.state.lower() or 'not begun'} at the end"
        )
        for one in operators:
            ended = ", ".join(f"{name} {count}" for name, count in sorted(one.ended.items()))
            self.say(f"{one.name}: {ended or 'nothing typed'}")

    def _judged(self, url: str) -> int:
        """What the checker says, in a process of its own that never saw the house."""
        command = [sys.executable, "-m", "soak", "check", str(self.folder), "--url", url]
        return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own words


def _lines(folder: Path) -> str:
    """What the ledger holds, in numbers."""
    wanted = ("mail", "opened", "move", "comments", "replies", "answer")
    kinds = [line.partition('"kind": "')[2].partition('"')[0] for line in _text(folder).splitlines()]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in wanted)


def _text(folder: Path) -> str:
    return (folder / "ledger.jsonl").read_text(encoding="utf-8")
