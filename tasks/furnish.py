"""Furnishes a Prefect server (`python -m tasks.furnish`): the work pool, and the automation that ends silent runs.

Open-source Prefect never notices that a flow run's process and its worker are gone: the run would stay Running for
ever, and a Running run has no button Retry. Each flow run sends a heartbeat; where none comes, the automation says so.
"""

from datetime import timedelta
from typing import Final

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectAlreadyExists

from caseline.actions.prefect_environment import HEARTBEAT_S, POOL

NAME: Final = "crash-silent-runs"
SILENCE: Final = timedelta(seconds=4 * HEARTBEAT_S)
"""A busy machine may be late by one heartbeat or two; a run that is ended by mistake does no harm, but frightens."""

_RUN: Final = "prefect.flow-run."
_END: Final = ("Completed", "Failed", "Cancelled", "Crashed")


def furnish() -> None:
    """Make what is missing and renew the automation; done twice, it changes nothing."""
    _make_pool()
    _renew(_automation())


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


def _renew(wanted: AutomationCore) -> None:
    with get_client(sync_client=True) as client:
        known = client.read_automations_by_name(wanted.name)
        if not known:
            client.create_automation(wanted)
        # Renewing it would forget which runs it is waiting for.
        elif known[0].model_dump(exclude={"id"}) != wanted.model_dump():
            client.update_automation(known[0].id, wanted)


if __name__ == "__main__":
    furnish()
