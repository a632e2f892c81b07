"""The deployment `import-legacy`: the export of a legacy system, through the staging table, into the CRM."""

import sys
from typing import Final

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from caseline.actions.wiring import open_house
from caseline.db.engine import KEPT
from caseline.settings import load
from flows.by_hand import run_once
from flows.options import ImportOptions
from tasks.importing import open_import, settle_rows, sort_and_count, sum_up
from tasks.reporting import Board, publish_errors, publish_summary
from tasks.verdict import Verdict

A_DAY_S: Final = 24 * 3600


def run_name() -> str:
    """Name of the flow run, from its parameters alone, so that a retry keeps it."""
    return ImportOptions.model_validate(flow_run.parameters["options"]).run_name()


@flow(name="import-legacy", flow_run_name=run_name, timeout_seconds=A_DAY_S)
def import_legacy(options: ImportOptions) -> State[Verdict]:
    """Import the export of a legacy system. It may be stopped at any point: **Retry** goes on where it stopped."""
    with open_house(load(), keep=KEPT) as house:
        running = open_import(house, options.order())
        board = Board.put_up(running)
        while not settle_rows(running, board, first=board.settled):
            continue
        sort_and_count(house)
        summary = sum_up(running)
    verdict = Verdict.on(summary, options.max_failed)
    publish_errors(summary)
    publish_summary(summary, verdict)
    end = Completed if verdict.good else Failed
    return end(message=verdict.words, data=verdict)


if __name__ == "__main__":
    sys.exit(run_once(import_legacy, sys.argv[1:]))
