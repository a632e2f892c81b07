"""A sandbox portal in a process of its own, as tests start one, and the adapter in front of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.options import Options
from caseline.crm.connect import Webhook, portal
from caseline.portal_sandbox.judge import Judge

STORE = "portal.sqlite"


def nod(seconds: float) -> None:
    """Sleep a twentieth of it: for portals that answer at once, if they answer at all."""
    time.sleep(seconds / 20)


@dataclass(frozen=True)
class Sandbox:
    """A portal that runs."""

    url: str
    judge: Judge
    process: subprocess.Popen[str]


@contextmanager
def sandbox(folder: Path, *words: str) -> Iterator[Sandbox]:
    """Start a portal that keeps its records in the folder; it ends with the context."""
    store = folder / STORE
    command = [sys.executable, "-m", "caseline.cli", "bitrix24", "sandbox", "--store", str(store), "--json", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            yield Sandbox(said["webhook"], Judge(store), process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def crm(
    engine: sa.Engine,
    url: str,
    *,
    ceiling: float = 2.0,
    size: int = 50,
    original: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Bitrix24Crm:
    """The adapter in front of a portal whose requests are over after `ceiling` seconds; `size` commands in a batch."""
    options = Options(rate=1000, burst=10_000, ceiling=ceiling, operating=1e9, margin=1.0, size=size, sleep=sleep)
    return portal(engine, Webhook(SecretStr(url), options, original=original))
