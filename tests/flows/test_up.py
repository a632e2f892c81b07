"""`caseline up`: server, worker and deployments as operators have them, and a flow run that is killed there."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import psutil
import psycopg
import pytest
import yaml

from caseline.actions import running_services
from caseline.db import embedded
from caseline.sample import ExportSummary, write_export
from tasks import furnish
from tests.factories.flow_runs import MAPPING
from tests.factories.sites import Site, brought_up, caseline, command, environment, wait_until

pytestmark = [pytest.mark.prefect, pytest.mark.long, pytest.mark.timeout(900)]

CASES: Final = 12_000
TOLD: Final = {"CASELINE_OPERATORS": "night@example.org", "CASELINE_MAIL_ADDRESS": "support@example.org"}


@pytest.fixture(scope="module")
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port: int = holder.getsockname()[1]
        yield port


@pytest.fixture(scope="module")
def site(taken_port: int) -> Iterator[Site]:
    with brought_up(taken_port, **TOLD) as site:
        yield site


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> ExportSummary:
    return write_export(tmp_path_factory.mktemp("export") / "spring", cases=CASES)


def test_taken_port_is_said_and_the_next_free_one_is_used(site: Site, taken_port: int) -> None:
    assert site.running.port > taken_port
    assert f"port {taken_port} is taken" in site.printed
    assert site.running.page in site.printed


def test_the_desk_is_up_beside_it(site: Site) -> None:
    assert f"{site.running.desk}/" in site.printed
    assert "nobody can sign in yet" in site.printed
    assert "caseline" in httpx.get(f"{site.running.desk}/sign-in", trust_env=False).text


def test_everything_listens_on_this_machine_only(site: Site) -> None:
    processes = [psutil.Process(process.pid) for process in site.running.processes]
    listening = [c for p in processes for c in p.net_connections() if c.status == psutil.CONN_LISTEN]

    assert listening
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_no_address_of_a_database_stands_on_a_command_line(site: Site) -> None:
    lines = [" ".join(psutil.Process(process.pid).cmdline()) for process in site.running.processes]

    assert not [line for line in lines if "postgresql" in line]


def test_prefect_keeps_its_files_in_the_home(site: Site) -> None:
    environments = [psutil.Process(process.pid).environ() for process in site.running.processes]

    assert {variables["PREFECT_HOME"] for variables in environments} == {str(site.home / "prefect")}
    if "TMPDIR" not in os.environ:  # another user of the machine may have a worker, too
        assert {variables["TMPDIR"] for variables in environments} == {str(site.home / "prefect" / "tmp")}
        assert (site.home / "prefect" / "tmp" / "runner_storage").is_dir()


def test_up_again_joins_what_runs_and_doubles_nothing(site: Site) -> None:
    done = caseline(site.home, "up", "--detach")

    assert done.returncode == 0
    assert "ran already" in done.stdout
    assert running_services.read(site.home) == site.running
    assert sorted(one["name"] for one in site.api.post("/automations/filter", {})) == sorted(
        [furnish.NAME, furnish.FAILED, furnish.LATE]
    )
    shipped = yaml.safe_load((Path(__file__).parents[2] / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert sorted(one["name"] for one in site.api.post("/deployments/filter", {})) == sorted(
        one["name"] for one in shipped
    )


def test_what_has_nothing_to_do_here_is_paused(site: Site) -> None:
    paused = [one["name"] for one in site.api.post("/deployments/filter", {}) if one["paused"]]

    assert sorted(paused) == ["ingest-mail", "send-outbox", "sync-bitrix24"]


def test_what_a_schedule_asks_for_is_run(site: Site) -> None:
    """With the scheduler broken, all processes live and every run by hand succeeds: nothing else would tell."""
    wait_until(
        lambda: by_schedule(site, "COMPLETED"),
        patience_s=180,
        otherwise=lambda: f"no run that a schedule asked for has completed; there are {by_schedule(site) or 'none'}",
    )
    assert not by_schedule(site, "FAILED")


def test_killed_flow_run_goes_on_by_retry_where_it_stopped(site: Site, sample: ExportSummary) -> None:
    run_id = begin(site, sample)
    wait_until(lambda: progress(site, run_id) >= 10)
    (flow_process,) = site.worker().children()
    flow_process.kill()
    wait_until(lambda: state(site, run_id)["type"] == "CRASHED")
    wait_until(lambda: retried(site, run_id))
    wait_until(lambda: state(site, run_id)["type"] == "COMPLETED")

    resumed = [line for line in site.api.our_lines(run_id) if line.startswith("Resuming")]
    run = site.api.get(f"/flow_runs/{run_id}")
    found = re.match(r"Resuming run 1 of salesforce at ([\d,]+) of about [\d,]+ rows \(\d+ %\)", resumed[0])
    assert found is not None
    assert int(found[1].replace(",", "")) > 0
    assert run["run_count"] >= 2  # each Retry that began is counted, also one that the second report took back
    assert f"{read_in(sample.rows):,} rows" in run["state"]["message"]
    assert f"{read_in(sample.failed):,} FAILED" in run["state"]["message"]


def test_a_failed_run_is_told_to_the_operators_by_the_desk(site: Site) -> None:
    """By Prefect's automation and our desk alone: the letter names the run, what it failed by and its page."""
    nowhere = {"paths": [str(site.home / "nowhere")], "mapping": MAPPING}
    deployment = site.api.get("/deployments/name/import-legacy/import-legacy")
    run = site.api.post(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"options": nowhere}})
    url = embedded.status(site.home).url
    assert url is not None
    with psycopg.connect(url) as connection:

        def letters() -> list[tuple[str, str]]:
            query = "SELECT subject, body FROM outbox.letter WHERE occasion LIKE 'run import-legacy Failed%'"
            return list(connection.execute(query))

        wait_until(
            letters, otherwise=lambda: f"no letter; the run is {site.api.get('/flow_runs/' + run['id'])['state']}"
        )
        ((subject, body),) = letters()
    assert subject == "import-legacy: не удался"
    assert run["name"] in body or "nowhere" in body
    assert f"{site.running.page}/runs/flow-run/{run['id']}" in body


def test_worker_that_died_is_replaced_by_up(site: Site) -> None:
    before = site.worker()
    before.kill()

    done = caseline(site.home, "up", "--detach")

    assert done.returncode == 0
    assert site.worker().pid != before.pid
    assert running_services.read(site.home).alive("server") == site.running.alive("server")


def test_runs_that_died_with_worker_and_server_give_their_places_to_the_next(site: Site) -> None:
    """Each deployment of these has one place: kept by a run that is gone, it would never run again."""
    wait_until(lambda: site.worker().children(), otherwise=lambda: "no run has begun")
    server = running_services.read(site.home).alive("server")
    assert server is not None
    family = [psutil.Process(server.pid), site.worker(), *site.worker().children(recursive=True)]
    for one in family:
        one.kill()
    psutil.wait_procs(family, timeout=30)
    before = len(by_schedule(site_again(site), "COMPLETED"))

    wait_until(
        lambda: len(by_schedule(site, "COMPLETED")) > before,
        patience_s=200,
        otherwise=lambda: f"nothing has completed since; there are {by_schedule(site)}",
    )


def test_down_ends_what_up_started_and_up_resumes(site: Site) -> None:
    processes = running_services.read(site.home).processes

    done = caseline(site.home, "down")

    assert done.returncode == 0
    assert not [process for process in processes if process.lives]
    assert not embedded.status(site.home).running
    assert "Nothing to end" in caseline(site.home, "down").stdout


def test_ctrl_c_ends_what_up_started_but_not_a_database_that_ran_before(site: Site) -> None:
    caseline(site.home, "down")
    embedded.ensure_running(site.home)
    with subprocess.Popen(command("up"), env=environment(site.home), stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        assert any("Ctrl-C" in line for line in up.stdout)
        processes = running_services.read(site.home).processes
        up.send_signal(signal.SIGINT)
        code = up.wait(timeout=120)

    assert code == 0
    assert len(processes) == 3
    assert not [process for process in processes if process.lives]
    assert embedded.status(site.home).running


def by_schedule(site: Site, *states: str) -> list[tuple[str, str]]:
    """Names and states of runs that a schedule of once a minute asked for, those to come included."""
    wanted: dict[str, Any] = {"deployments": {"name": {"any_": ["notify", "index-requests"]}}}
    runs = site.api.post("/flow_runs/filter", wanted)
    found = [(run["name"], run["state_type"]) for run in runs if run["auto_scheduled"]]
    return [one for one in found if not states or one[1] in states]


def site_again(site: Site) -> Site:
    """The same with everything up again."""
    done = caseline(site.home, "up", "--detach", "--port", str(site.running.port))
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def begin(site: Site, sample: ExportSummary) -> str:
    deployment = site.api.get("/deployments/name/import-legacy/import-legacy")
    options = {"paths": [str(sample.folder)], "mapping": MAPPING}
    run = site.api.post(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"options": options}})
    return str(run["id"])


def retried(site: Site, run_id: str) -> bool:
    """Whether the run has begun again; as long as it is Crashed, Retry is pressed.

    The worker reports a killed process twice, some seconds apart, and the second report takes back a Retry in between.
    """
    if state(site, run_id)["type"] == "CRASHED":
        retry(site, run_id)
    return state(site, run_id)["type"] in {"RUNNING", "COMPLETED"}


def retry(site: Site, run_id: str) -> None:
    """What the button Retry sends."""
    state = {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the Prefect UI"}
    answer = site.api.post(f"/flow_runs/{run_id}/set_state", {"state": state, "force": False})
    assert answer["status"] == "ACCEPT"


def state(site: Site, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = site.api.get(f"/flow_runs/{run_id}")["state"]
    return found


def progress(site: Site, run_id: str) -> float:
    found = site.api.artifacts(run_id)
    return float(found.get("import-salesforce-progress", 0))


def read_in(numbers: dict[str, int]) -> int:
    return sum(number for file, number in numbers.items() if file != "Attachment.csv")
