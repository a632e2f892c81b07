"""Several processes that are started on the same export at once share one run and do everything once."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.factories import processes, verdict
from tests.factories.processes import Place
from tests.factories.trials import Export


@pytest.mark.parametrize(
    ("number", "workers", "cases", "block"),
    [
        pytest.param(2, 2, 5_000, 400_000, id="two processes, four converters"),
        pytest.param(2, 2, 20_000, 700_000, id="two processes, big export", marks=pytest.mark.long),
        pytest.param(4, 1, 20_000, 700_000, id="four processes, big export", marks=pytest.mark.long),
        pytest.param(1, 4, 20_000, 700_000, id="one process, four converters, big export", marks=pytest.mark.long),
    ],
)
def test_processes_started_together_share_one_run(
    place: Place, export: Callable[[int], Export], number: int, workers: int, cases: int, block: int
) -> None:
    sample = export(cases)
    with ExitStack() as stack:
        words = (processes.IN_BLOCKS, sample.folder, str(block), str(workers))
        running = [stack.enter_context(processes.started(place, *words)) for _ in range(number)]
        done = [processes.finish(process) for process in running]
    assert [process.returncode for process in done] == [0] * number, [process.stderr for process in done]
    assert verdict.complaints(place.url or "", sample.expected) == []
