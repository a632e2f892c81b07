"""One export for all tests that only look: small, but with as many bad rows as one of 30,000 cases."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from caseline.sample import ExportSummary, write_export


@dataclass(frozen=True, slots=True)
class Sample:
    folder: Path
    summary: ExportSummary
    head: dict[str, Any]
    truth: list[dict[str, Any]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A folder with 5,000 cases, 3 % of them bad, and its truth."""
    folder = tmp_path_factory.mktemp("sample") / "export"
    truth = folder.parent / "truth.jsonl"
    summary = write_export(folder, cases=5_000, bad_share=0.03, truth=truth)
    head, *rows = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    return Sample(folder, summary, head, rows)
