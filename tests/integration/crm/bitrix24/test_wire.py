"""Answers without an end, connections of processes that were forked off, and what the HTTP library is told."""

import json
import subprocess
import sys
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from caseline.crm.bitrix24 import wire
from caseline.crm.bitrix24.address import Address
from caseline.crm.bitrix24.answers import Fault, Kind, Reply
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.wire import Wire
from tests.factories import portal_steps as script
from tests.factories.portal_clock import Bench
from tests.factories.processes import Place, wait_for

FORKING = """
import json, os, sys, traceback
from pydantic import SecretStr
from caseline.crm.bitrix24.client import Portal
from caseline.db.engine import open_engine

engine = open_engine(sys.argv[1])
portal = Portal(SecretStr(sys.argv[2]), engine)

def session():
    return portal._traffic._line._connection.connection.driver_connection.info.backend_pid

told = {"first": portal.read("profile").value, "before": session()}
client = portal._traffic._wire._client
locked = portal._traffic._line._lock, portal._traffic._wire._lock
for lock in locked:
    lock.acquire()  # as if another thread were at work in the moment of the fork
child = os.fork()
if not child:
    code = 1
    try:
        portal.read("profile")
        print(json.dumps({"child": session(), "own": portal._traffic._wire._client is not client}), flush=True)
        portal.close()
        del client
        import gc
        gc.collect()
        code = 0
    except BaseException:
        traceback.print_exc()
    if sys.argv[3] == "hard":
        os._exit(code)
    sys.exit(code)
told["code"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
for lock in locked:
    lock.release()
told["kept"] = portal._traffic._wire._client is client
told["last"] = portal.read("profile").value
told["after"] = session()
print(json.dumps(told), flush=True)
"""


@pytest.mark.parametrize("name", ["drip", "stall"])
def test_an_answer_that_has_begun_and_does_not_end_is_a_lost_one(
    table: Bench, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = {"drip": script.drip, "stall": script.stall}
    table.server.script.append(steps[name])
    line = Wire(Address(SecretStr(table.server.url)), timeout=200)

    with monkeypatch.context() as patch:
        if name == "drip":  # each time that the clock is looked at a minute has passed
            patch.setattr(wire, "time", SimpleNamespace(monotonic=partial(next, count(0, 60))))
        else:
            patch.setattr(wire, "_SILENCE_S", 0.2)
        found = line.post("crm.lead.add", b"{}")  # without a limit the test would not end

    assert isinstance(found, Fault)
    assert (found.kind, found.code) == (Kind.AMBIGUOUS, wire.NO_ANSWER)
    assert len(table.server.executed) == 1
    assert isinstance(line.post("crm.lead.add", b"{}"), Reply)
    line.close()


def test_an_answer_may_not_fill_the_memory(table: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST_BYTES", 100_000)
    table.server.script.append(script.says(200, b" " * 200_000))
    line = Wire(Address(SecretStr(table.server.url)), timeout=60)

    found = line.post("crm.lead.add", b"{}")

    assert isinstance(found, Fault)
    assert (found.kind, found.text) == (Kind.AMBIGUOUS, "no answer came: ReadError the answer is too long")
    line.close()


def test_a_long_answer_comes_through(table: Bench, portal: Portal) -> None:
    text = "я" * 1_000_000
    table.server.answers = lambda _method, _params: text

    assert portal.read("crm.lead.get").value == text


def test_the_portals_sessions_are_not_kept(table: Bench, portal: Portal) -> None:
    table.server.script.append(script.html(500, more="Set-Cookie: PHPSESSID=1; path=/\r\n"))
    portal.read("profile")

    client = portal._traffic._wire._client
    assert client is not None
    assert list(client.cookies.jar) == []


@pytest.mark.parametrize("end", ["hard", "soft"])
def test_a_process_that_is_forked_off_leaves_its_parents_connections_alone(
    table: Bench, shared_url: str, home: Path, end: str
) -> None:
    words = [sys.executable, "-c", FORKING, shared_url, table.server.url, end]
    done = subprocess.run(words, env=Place(home).environment(), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    child, parent = map(json.loads, done.stdout.splitlines())
    assert child["own"]
    assert child["child"] != parent["before"]
    assert parent["code"] == 0
    assert parent["kept"]
    assert parent["after"] == parent["before"], "the parent has had to open another connection"
    assert (parent["first"], parent["last"]) == (1, 3)


def test_a_client_that_was_closed_opens_again(table: Bench, portal: Portal) -> None:
    for _turn in range(2):
        portal.read("profile")
        portal.close()

    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def gone() -> bool:
        with table.engine.connect() as connection:
            return not connection.execute(sa.text(query)).scalar_one()

    # The server ends a session some time after its client has.
    wait_for(gone, "no session is left")
    assert [asked.method for asked in table.server.asked] == ["profile", "profile"]
