"""Furnishes a Prefect server (`python -m tasks.furnish`): the work pool, and what watches over runs.

Open-source Prefect never notices that a flow run's process and its worker are gone: the run would stay Running for
ever, and a Running run has no button Retry. Each flow run sends a heartbeat; where none comes, the automation says so.

With `--desk ADDRESS` the server tells that desk of runs that failed, were broken off or are late; whoever is named in
CASELINE_OPERATORS gets a letter. The desk sends it itself, since a late run means that no worker is free to.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from prefect import get_client
from prefect.blocks.webhook import Webhook
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists
from prefect.settings import PREFECT_API_URL
from pydantic import SecretStr

from caseline.actions import tell_operators
from caseline.actions.prefect_environment import HEARTBEAT_S, POOL
from caseline.settings import load

NAME: Final = "crash-silent-runs"
SILENCE: Final = timedelta(seconds=4 * HEARTBEAT_S)
"""A busy machine may be late by one heartbeat or two; a run that is ended by mistake does no harm, but frightens."""

FAILED: Final = "tell-of-failed-runs"
LATE: Final = "tell-of-late-runs"
BLOCK: Final = "caseline-desk"
PATIENCE: Final = timedelta(minutes=5)
"""So long a run may be late before somebody is told: a worker takes one every few seconds."""

_RUN: Final = "prefect.flow-run."
_END: Final = ("Completed", "Failed", "Cancelled", "Crashed")
_ANY: Final = ResourceSpecification({"prefect.resource.id": [f"{_RUN}*"]})


def furnish(desk: str | None = None) -> None:
    """Make what is missing and renew the automations; done twice, it changes nothing.

    `desk`: the address of the desk that is told of runs; None: nobody is.
    """
    _make_pool()
    _renew(_automation())
    if desk is not None:
        for one in _alerts(_block(desk)):
            _renew(one)


def _make_pool() -> None:
    with get_client(sync_client=True) as client:
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
        except ObjectAlreadyExists:
            return


def _automation() -> AutomationCore:
    beat = f"{_RUN}heartbeat"
    return AutomationCore(
        name=NAME,
        description="Marks a flow run Crashed when it has been silent for too long, so that it can be retried.",
        trigger=EventTrigger(
            after={beat},
            expect={beat, *(f"{_RUN}{end}" for end in _END)},
            match=ResourceSpecification({"prefect.resource.id": [f"{_RUN}*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                state=StateType.CRASHED,
                message=f"Silent for {SILENCE.seconds} s, so it is gone: press Retry, it goes on where it stopped",
                force=False,
            )
        ],
    )


def _block(desk: str) -> Webhook:
    """Where the desk is told, with what it is shown; the server keeps both encrypted."""
    settings = load()
    secret = settings.alert_secret() or tell_operators.token(settings.home)
    wanted = Webhook(
        url=SecretStr(f"{desk.rstrip('/')}/alerts/runs"),
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},  # type: ignore[arg-type]
    )
    wanted.save(BLOCK, overwrite=True)
    return wanted


def _alerts(block: Webhook) -> Iterator[AutomationCore]:
    assert block._block_document_id is not None  # noqa: S101, SLF001 - it was saved
    call = CallWebhook(block_document_id=block._block_document_id, payload=payload())  # noqa: SLF001
    yield AutomationCore(
        name=FAILED,
        description="Tells the desk of each flow run that has failed or was broken off; operators get a letter.",
        trigger=EventTrigger(
            expect={f"{_RUN}Failed", f"{_RUN}Crashed"},
            match=_ANY,
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[call],
    )
    yield AutomationCore(
        name=LATE,
        description="Tells the desk of each flow run that nobody has begun for some minutes after its time.",
        trigger=EventTrigger(
            after={f"{_RUN}Late"},
            expect={f"{_RUN}{state}" for state in ("Pending", "Running", *_END)},
            match=_ANY,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=PATIENCE,
        ),
        actions=[call],
    )


def payload() -> str:
    """What the desk is told, as a template of Prefect's; texts of runs are escaped by it."""
    told = {
        "run": "flow_run.name",
        "flow": "flow.name",
        "state": "flow_run.state.name",
        "message": "flow_run.state.message",
    }
    page = PREFECT_API_URL.value()
    where = json.dumps(f"{str(page).removesuffix('/api')}/runs/flow-run/")[1:-1] if page else ""
    fields = [f'"{name}": {{{{ {value} | tojson }}}}' for name, value in told.items()]
    fields.append(f'"page": "{where}{{{{ flow_run.id }}}}"' if where else '"page": ""')
    return f"{{{', '.join(fields)}}}"


def _renew(wanted: AutomationCore) -> None:
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(wanted.name)
        if not known:
            client.create_automation(wanted)
        # Renewing it would forget which runs it is waiting for.
        elif known[0].model_dump(exclude={"id"}) != wanted.model_dump():
            client.update_automation(known[0].id, wanted)


def main(words: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser("python -m tasks.furnish", description="Furnish a Prefect server for caseline.")
    parser.add_argument("--desk", help="address of the desk that is told of failed and late runs")
    furnish(parser.parse_args(words).desk)


if __name__ == "__main__":
    main()
