"""Writes down what was put into the house and what was done to it: a line of JSON for each, as it happened."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Ledger:
    """A file that lines are added to, by any thread; each stands in it when `note` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def note(self, kind: str, **facts: Any) -> None:  # noqa: ANN401 - whatever is JSON
        """Add a line."""
        line = json.dumps({"kind": kind, "at": datetime.now(UTC).isoformat(), **facts}, ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()

    def close(self) -> None:
        """No more lines come."""
        self._file.close()
