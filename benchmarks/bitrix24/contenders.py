"""Ways of bringing leads into a sandbox portal; each runs in a process of its own and tells how it went."""

import asyncio
import json
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import SecretStr

from benchmarks import meter
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.options import Options
from caseline.crm.connect import Webhook, portal
from caseline.crm.port import Definitions
from caseline.db.engine import open_engine

SOURCE: Final = "archive"
_AT: Final = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
_TEXT: Final = "The door of the switchboard does not close since the last inspection, please send somebody. " * 4
_WORKERS: Final = 2
"""As `caseline import` has when it is not told otherwise."""
_THEIR_CALL: Final = 1_000
"""Leads in one call of fast-bitrix24: in larger calls it gives up under the limit."""


def main(words: Sequence[str]) -> None:
    """`ours URL DATABASE FIRST NUMBER PATH RATE BURST` or `theirs URL FIRST NUMBER`; a line of JSON at each mark."""
    if words[0] == "ours":
        _ours(*words[1:])
    else:
        _theirs(words[1], int(words[2]), int(words[3]))


def _ours(url: str, database: str, first: str, number: str, path: str, *limits: str) -> None:
    rate, burst = float(limits[0]), int(limits[1])
    options = Options(rate=rate, burst=burst, operating=1e9)
    engine = open_engine(database)
    crm = portal(engine, Webhook(SecretStr(url), options, imports=path == "import"))
    with engine.begin() as connection:
        crm.prepare(connection, Definitions(SOURCE, stages=[("new", "New", False)]))
    begun = time.perf_counter()
    _tell(0, begun)
    pieces, done, lock = _pieces(crm, int(first), int(number)), 0, threading.Lock()

    def work() -> None:
        nonlocal done
        while True:
            with lock:
                piece = next(pieces, None)
            if piece is None:
                return
            bad = [one for one in crm.write("request", SOURCE, piece) if one.crm_id is None]
            if bad:
                raise RuntimeError(f"{len(bad)} records are refused: {bad[0].text}")
            with lock:
                done += len(piece)
                _tell(done, begun)

    with ThreadPoolExecutor(_WORKERS) as pool:
        for working in [pool.submit(work) for _ in range(_WORKERS)]:
            working.result()


def _pieces(crm: Bitrix24Crm, first: int, number: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, number, crm.at_once):
        size = min(crm.at_once, number - start)
        yield [_record(first + start + at) for at in range(size)]


def _record(number: int) -> dict[str, Any]:
    return {
        "ref": number + 1,
        "crm_id": None,
        "is_new": True,
        "version": None,
        "origin": f"k{number}",
        "number": str(number),
        "subject": f"Request {number}",
        "description": _TEXT,
        "stage": "new",
        "created_at": _AT,
        "extra": {},
    }


def _theirs(url: str, first: int, number: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it imports warns on import
        from fast_bitrix24 import BitrixAsync  # noqa: PLC0415 - ours shall not pay for loading it

    async def bring() -> None:
        client = BitrixAsync(url, verbose=False)
        begun = time.perf_counter()
        _tell(0, begun)
        for start in range(0, number, _THEIR_CALL):
            size = min(_THEIR_CALL, number - start)
            await client.call("crm.lead.add", [_lead(first + start + at) for at in range(size)])
            _tell(start + size, begun)

    asyncio.run(bring())


def _lead(number: int) -> dict[str, Any]:
    fields = {"TITLE": f"Request {number}", "COMMENTS": _TEXT, "ORIGINATOR_ID": SOURCE, "ORIGIN_ID": f"k{number}"}
    return {"fields": fields}


def _tell(done: int, begun: float) -> None:
    mark = {"done": done, "seconds": time.perf_counter() - begun, "cpu": meter.own_cpu_s(), "mb": meter.own_peak_mb()}
    sys.stdout.write(json.dumps(mark) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
