"""Our import as a Prefect flow run, on a server of its own that is ready before the clock starts."""

import time
from pathlib import Path
from typing import Any, Final

from prefect.testing.utilities import prefect_test_harness

from benchmarks.by_us import run_seconds
from benchmarks.contender import Job
from benchmarks.exports import CASES
from benchmarks.server import MAPPING
from flows.import_legacy import import_legacy
from flows.options import ImportOptions

_PATIENCE_S: Final = 180


def run(job: Job) -> tuple[int, dict[str, Any]]:
    """Import the cases by the deployment's flow; the time is that of the flow run, with its start and its pages."""
    options = ImportOptions.model_validate(
        {"paths": [str(Path(job.folder, CASES))], "mapping": MAPPING, "only": ["request"], "confirmed": True}
    )
    with prefect_test_harness(server_startup_timeout=_PATIENCE_S):
        begun = time.perf_counter()
        verdict: Any = import_legacy(options)  # raises what the flow run raised
        seconds = time.perf_counter() - begun
    return verdict.total.success, {"seconds": seconds, "run_s": run_seconds(job)}
