"""Nothing goes out during an import: no event that anybody would act on, no connection but the database's."""

import json
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.factories import processes, trials, verdict
from tests.factories.processes import Place
from tests.factories.trials import Export

WATCHED = """
import json, sys
seen = []
def watch(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}:
        seen.append([event, str(args[1])])
    if event in {"socket.getaddrinfo", "socket.gethostbyname", "smtplib.connect", "urllib.Request"}:
        seen.append([event, str(args)])
    if event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}:
        seen.append([event, str(args[0])])
sys.addaudithook(watch)
report = sys.argv.pop(1)
from caseline.cli import main
try:
    main()
finally:
    with open(report, "w") as file:
        json.dump(seen, file)
"""


def test_an_import_talks_to_nobody_but_the_database(
    place: Place, export: Callable[[int], Export], tmp_path: Path
) -> None:
    sample, report = export(1_000), tmp_path / "seen.json"
    words = ("import", sample.folder, "--mapping", "salesforce-sample", "--json")
    networked = set()
    # The database's driver is written in C and passes Python's hooks by, so the process is looked at from outside too.
    with processes.started(place, "-c", WATCHED, report, *words) as process:
        looks = 0
        while process.poll() is None:
            found = _internet_connections(process.pid)
            networked |= found or set()
            looks += found is not None
        done = processes.finish(process)
    assert done.returncode == 3, done.stderr
    assert looks > 20
    assert networked == set()
    assert json.loads(report.read_text()) == []
    assert verdict.complaints(place.url or "", sample.expected) == []
    assert trials.value(place, "SELECT bool_and(imported) FROM crm.event") is True


def _internet_connections(pid: int) -> set[str] | None:
    """Its connections; None when it is just ending, and so not to be looked into any more."""
    try:
        return {str(connection) for connection in psutil.Process(pid).net_connections(kind="inet")}
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return None


def test_the_watch_sees_a_connection(place: Place, tmp_path: Path) -> None:
    report = tmp_path / "seen.json"
    talk = (
        "import socket\ndef main():\n    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))\n"
    )
    done = processes.run(place, "-c", WATCHED.replace("from caseline.cli import main\n", talk), report)
    assert done.returncode == 0, done.stderr
    assert json.loads(report.read_text()) == [["socket.connect", "('127.0.0.1', 9)"]]
