"""Imports a sample export in small blocks, in a process of its own that a test may kill: EXPORT BLOCK_SIZE WORKERS."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from caseline import settings
from caseline.actions import run_import
from caseline.actions.wiring import open_house


def main(export: str, block_size: str, workers: str) -> None:
    with open_house(settings.load()) as house:
        order = run_import.Order((Path(export),), "salesforce-sample", workers=int(workers), block_size=int(block_size))
        running = run_import.start(house, order, clock=lambda: datetime.now(UTC))
        sys.stdout.write(json.dumps({"run": running.run_id, "resumed": running.resumed}) + "\n")
        sys.stdout.flush()
        run_import.go_on(running)


if __name__ == "__main__":
    main(*sys.argv[1:])
