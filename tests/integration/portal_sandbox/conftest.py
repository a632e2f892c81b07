"""Portals to call, each with a store that a judge reads."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from caseline.portal_sandbox import Judge, Options, running
from tests.factories.open_portals import Open, Opened


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[Open]:
    """Opens portals; several of one test share the store."""
    with ExitStack() as opened:

        def enter(**options: object) -> Opened:
            store = tmp_path / "portal.sqlite"
            told: dict[str, Any] = {"limited": False, "store": store} | options
            found = opened.enter_context(running(Options(**told)))
            http = opened.enter_context(httpx.Client(base_url=found.webhook, timeout=20))
            return Opened(found, http, Judge(store))

        yield enter


@pytest.fixture
def portal(portals: Open) -> Opened:
    return portals()
