"""A short chaos run of everything, from the files to the judgement."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.long
@pytest.mark.prefect
@pytest.mark.timeout(1500)
def test_a_short_chaos_run_ends_without_a_finding() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak", "run", "--seed", "11", "--minutes", "1.5", "--cases", "2000", "--pace", "0.7"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing doubled" in done.stdout
    assert " killed" in done.stdout, "nobody was killed"
