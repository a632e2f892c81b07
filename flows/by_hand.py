"""Runs the import flow once from the command line: on a server that runs, or on a temporary one."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import typer
from prefect import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import ObjectNotFound
from prefect.flow_engine import run_flow
from prefect.flows import Flow
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)
from prefect.states import Pending
from pydantic import ValidationError

from caseline.actions import running_services
from caseline.settings import load
from flows.options import ImportOptions
from tasks.verdict import Verdict

GOOD, COULD_NOT_RUN, WRONG_USAGE, SOME_FAILED = 0, 1, 2, 3
PATIENCE_S: Final = 120
"""A temporary server makes its database when it is first started, on a slow machine for a minute."""


def run_once(flow: Flow[..., Any], words: Sequence[str]) -> int:
    """Run the flow with what the command line asks for; answers the exit code that `caseline import` would have."""
    try:
        options = read(words)
    except ValidationError as error:
        for fault in error.errors():
            typer.echo(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}", err=True)
        return WRONG_USAGE
    url = PREFECT_API_URL.value() or running_services.api_url(load().home)

    def announce(flow: Flow[..., Any], flow_run: FlowRun, state: State) -> None:
        """Say at the beginning which flow run this is, and where to watch it."""
        where = f"{url.removesuffix('/api')}/runs/flow-run/{flow_run.id}" if url else "a temporary server without pages"
        typer.echo(f"{flow.name} {flow_run.name!r} ({state.name}): {where}")

    with temporary_settings(
        {
            PREFECT_API_URL: url,
            PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: url is None,
            PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: PATIENCE_S,
        }
    ):
        parameters = {"options": options}
        announced = flow.with_options(on_running=[announce])
        state = run_flow(announced, _run_of_deployment(flow, options), parameters, return_type="state")
    return _tell(cast("State", state))


def read(words: Sequence[str]) -> ImportOptions:
    """Options from the words of a command line; raises pydantic's `ValidationError` for impossible values."""
    parser = ArgumentParser("python -m flows.import_legacy", description="Import an export as a Prefect flow run.")
    parser.add_argument("paths", nargs="+", type=_absolute, metavar="PATH", help="folder, zip or file of the export")
    parser.add_argument("--mapping", required=True, type=_mapping, help="name of a shipped mapping, or a YAML file")
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="import only this part; repeatable")
    parser.add_argument("--workers", type=int, default=2, help="converters beside the reader")
    parser.add_argument("--max-failed", type=float, default=5.0, metavar="PERCENT", help="FAILED rows that are allowed")
    parser.add_argument("--overwrite", action="store_true", help="also replace records that people edited since")
    parser.add_argument("--no-retry-failed", dest="retry_failed", action="store_false", help="leave FAILED rows alone")
    parser.add_argument("--reconvert", action="store_true", help="convert rows once more that are SUCCESS")
    parser.add_argument("--yes", dest="confirmed", action="store_true", help="import beside records of other origin")
    return ImportOptions.model_validate(vars(parser.parse_args(words)))


def _run_of_deployment(flow: Flow[..., Any], options: ImportOptions) -> FlowRun | None:
    """A flow run that belongs to the deployment, if the server has it: then its page has the button Retry.

    It begins as Pending and not as Scheduled, so that no worker takes it.
    """
    parameters = {"options": options.model_dump()}
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(f"{flow.name}/{flow.name}")
        except ObjectNotFound:
            return None
        return client.create_flow_run_from_deployment(deployment.id, parameters=parameters, state=Pending())


def _absolute(path: str) -> str:
    return str(Path(path).absolute())


def _mapping(name: str) -> str:
    return _absolute(name) if Path(name).suffix in {".yaml", ".yml"} else name


def _tell(state: State) -> int:
    verdict = state.result(raise_on_failure=False)
    if not isinstance(verdict, Verdict):
        typer.echo(state.message, err=True)
        return COULD_NOT_RUN
    typer.echo(f"{state.name}: {verdict.words}")
    return SOME_FAILED if verdict.total.failed else GOOD
