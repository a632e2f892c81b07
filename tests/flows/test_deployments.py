"""prefect.yaml agrees with the code; needs no server."""

import subprocess
import sys
from inspect import signature
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema

from caseline.actions.prefect_environment import POOL
from flows.import_legacy import import_legacy

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.prefect

BY_HAND: Final = {"import-legacy", "categorise-requests", "learn-keywords"}
"""Deployments without a schedule."""

IMPORT_ALL_WITHOUT_PREFECT = """
import pkgutil, sys
sys.modules["prefect"] = None
for name in ("staging", "keywords", "caseline"):
    package = __import__(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if "__main__" not in module.name and "migrations" not in module.name:
            __import__(module.name)
"""


def deployments() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return found


@pytest.mark.parametrize("deployment", deployments(), ids=lambda deployment: deployment["name"])
def test_entrypoint_loads_and_parameters_fit(deployment: dict[str, Any]) -> None:
    flow: Flow[..., Any] = load_flow_from_entrypoint(str(ROOT / deployment["entrypoint"]))

    assert flow.name == deployment["name"]
    form = {"options": {"paths": ["/srv/export"]}} if "options" in signature(flow.fn).parameters else {}
    flow.validate_parameters(deployment["parameters"] or form)


@pytest.mark.parametrize("deployment", deployments(), ids=lambda deployment: deployment["name"])
def test_deployment_goes_to_the_pool_that_caseline_up_serves(deployment: dict[str, Any]) -> None:
    assert deployment["work_pool"]["name"] == POOL
    assert deployment["description"]
    assert deployment["tags"]


def test_import_has_no_limit_on_runs() -> None:
    (deployment,) = (deployment for deployment in deployments() if deployment["name"] == "import-legacy")

    assert "concurrency_limit" not in deployment


@pytest.mark.parametrize("deployment", deployments(), ids=lambda deployment: deployment["name"])
def test_what_runs_by_a_schedule_runs_once_at_a_time_in_the_zone_of_all_clocks(deployment: dict[str, Any]) -> None:
    schedules = deployment.get("schedules", [])

    assert bool(schedules) == (deployment["name"] not in BY_HAND)
    assert {schedule["timezone"] for schedule in schedules} <= {"UTC"}
    if schedules:
        assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_every_field_of_the_form_has_a_title_and_a_description() -> None:
    form = parameter_schema(import_legacy.fn).model_dump()["definitions"]["ImportOptions"]["properties"]

    assert set(form) >= {"paths", "mapping", "only", "workers", "overwrite", "retry_failed", "max_failed"}
    assert not [name for name, field in form.items() if not field.get("title") or not field.get("description")]


def test_rooms_below_work_with_prefect_uninstalled() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL_WITHOUT_PREFECT], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
