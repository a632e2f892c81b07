"""Runs the import flow once from the command line: on a server that runs, or on a temporary one."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)
from pydantic import ValidationError

from caseline.actions import running_services
from caseline.actions.watch_import import Outcome
from caseline.settings import load
from flows.options import ImportOptions

GOOD, COULD_NOT_RUN, WRONG_USAGE, SOME_FAILED = 0, 1, 2, 3
PATIENCE_S: Final = 120


def run_once(flow: Flow[..., Any], words: Sequence[str]) -> int:
    """Run the flow with what the command line asks for; answers the exit code of `caseline import`."""
    try:
        options = read(words)
    except ValidationError as error:
        for fault in error.errors():
            print(f"--{'.'.join(map(str, fault['loc']))}: {fault['msg']}", file=sys.stderr)
        return WRONG_USAGE
    own = running_services.api_url(load().home)
    url = PREFECT_API_URL.value() or own
    with temporary_settings(
        {
            PREFECT_API_URL: url,
            PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: url is None,
            PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: PATIENCE_S,
        }
    ):
        state = flow.with_options(on_running=[_announcement(url)])(options, return_state=True)
    return _tell(state)


def read(words: Sequence[str]) -> ImportOptions:
    """Options from the words of a command line; raises pydantic's `ValidationError` for impossible values."""
    fields = ImportOptions.model_fields
    parser = ArgumentParser("python -m flows.import_legacy", description="Import an export as a Prefect flow run.")
    parser.add_argument("paths", nargs="+", type=_absolute, metavar="PATH", help="folder, zip or file of the export")
    parser.add_argument("--mapping", required=True, type=_mapping, help=fields["mapping"].description)
    parser.add_argument("--only", action="append", default=[], metavar="PART", help=fields["only"].description)
    parser.add_argument("--workers", type=int, default=2, help=fields["workers"].description)
    parser.add_argument("--max-failed", type=float, default=5.0, metavar="PERCENT", help=fields["max_failed"].description.replace("%", "%%"))
    parser.add_argument("--overwrite", action="store_true", help=fields["overwrite"].description)
    parser.add_argument("--no-retry-failed", dest="retry_failed", action="store_false", help=fields["retry_failed"].description)
    parser.add_argument("--yes", dest="confirmed", action="store_true", help=fields["confirmed"].description)
    return ImportOptions.model_validate(vars(parser.parse_args(words)))
