"""A sandbox portal, as tests start one, and the adapter in front of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import sqlalchemy as sa
import typer
from pydantic import SecretStr

from caseline import portal_sandbox
from caseline.cli import sandbox as served
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


def options(*words: str) -> portal_sandbox.Options:
    """What `caseline bitrix24 sandbox` would serve with these words."""
    told: list[portal_sandbox.Options] = []
    command = typer.Typer()
    command.command()(served.sandbox)
    with patch.object(served, "_serve", lambda given, **_: told.append(given)):
        command(words, standalone_mode=False)
    return told[0]


@contextmanager
def sandbox(folder: Path, *words: str) -> Iterator[Sandbox]:
    """Serve a portal that keeps its records in the folder from this process; it ends with the context."""
    store = folder / STORE
    with portal_sandbox.running(options("--store", str(store), *words)) as found:
        yield Sandbox(found.webhook, Judge(store))


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
