"""An import into a portal that is killed again and again, while answers are lost, ends complete and exact."""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories import portals, processes, shop
from tests.factories.portals import Sandbox
from tests.factories.processes import Place, Process
from tests.factories.shop import Shop
from tests.factories.trials import Disk

CEILING = "4"
MOST_STARTS = 200
ENDED = (0, 3)
"""Exit codes of an import that came to its end."""


def _environment(portal: Sandbox) -> dict[str, str]:
    return {
        "CASELINE_CRM": "bitrix24",
        "CASELINE_BITRIX24_URL": portal.url,
        "CASELINE_BITRIX24_RATE": "1000",
        "CASELINE_BITRIX24_BURST": "10000",
        "CASELINE_BITRIX24_CEILING": CEILING,
        "CASELINE_LEASE_SECONDS": "3",
    }


@contextmanager
def _importing(place: Place, export: Shop, portal: Sandbox) -> Iterator[Process]:
    mapping = export.folder.parent / "shop.yaml"
    mapping.write_text(shop.MAPPING, encoding="utf-8")
    words = (*processes.COMMAND, "import", export.folder, "--mapping", mapping)
    with processes.started(place, *words, **_environment(portal)) as process:
        yield process


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("requests", "faults", "lives"),
    [
        pytest.param(3_001, "reset_after=0.05", (2.0, 5.0), id="answers are lost"),
        pytest.param(20_000, "all=0.005", (4.0, 20.0), id="everything goes wrong"),
    ],
)
def test_an_import_into_a_portal_survives_kills(
    disk: Disk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    requests: int,
    faults: str,
    lives: tuple[float, float],
) -> None:
    export = shop.write(tmp_path / "export", requests, bad=100, messages=requests // 10)
    chance, place, kills, gave_up = random.Random(20_261_129), disk.make(), 0, 0
    with portals.sandbox(tmp_path, "--no-limit", "--faults", faults, "--seed", "11", "--ceiling", CEILING) as portal:
        for _start in range(MOST_STARTS):
            with _importing(place, export, portal) as process:
                moment = time.monotonic() + chance.uniform(*lives)
                while process.poll() is None and time.monotonic() < moment:
                    time.sleep(0.02)
                if process.poll() is None:
                    kills += 1
                elif process.returncode in ENDED:
                    break
                else:
                    # It may give up when answers are lost again and again; then it says so, and is started again.
                    told = process.stderr.read() if process.stderr else ""
                    assert "start the same command again" in told, told[-2000:]
                    gave_up += 1
        complaints = shop.complaints(export, portal.judge, place.url or "")
        counted = portal.judge.faults()
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {kills} kills, gave up {gave_up} times, faults {counted}: {len(complaints)} complaints\n"
        )
    assert complaints == []
    assert kills >= 3
    disk.drop(place)
