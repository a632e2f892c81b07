"""`caseline bitrix24 sandbox`: says where it is, serves, ends cleanly, comes back as it was."""

import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from caseline.cli import main
from caseline.portal_sandbox import Judge

COMMAND = (sys.executable, "-m", "caseline.cli", "bitrix24", "sandbox")


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    store = tmp_path / "portal.sqlite"
    with started("--store", str(store)) as (process, webhook):
        answer = httpx.post(webhook + "crm.lead.add", json={"fields": {"TITLE": "x", "ORIGIN_ID": "k"}})
        assert answer.json()["result"] == 1
        process.send_signal(ending)
        assert process.wait(10) == 0

    assert Judge(store).records()[0].origin == "k"
    with started("--store", str(store), "--no-limit", "--json") as (_process, line):
        told = json.loads(line)
        assert told["webhook"].rpartition("/rest")[2] == webhook.rpartition("/rest")[2]
        found = httpx.post(told["webhook"] + "crm.lead.list", json={"filter": {"=ORIGIN_ID": "k"}}).json()
        assert [row["ID"] for row in found["result"]] == ["1"]
        assert httpx.post(told["webhook"] + "crm.lead.add", json={"fields": {"TITLE": "x"}}).json()["result"] == 2


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    store = tmp_path / "portal.sqlite"
    with started("--store", str(store)) as (_process, webhook):
        httpx.post(webhook + "crm.lead.add", json={"fields": {"TITLE": "x", "ORIGIN_ID": "k"}})

    assert [entry.origin for entry in Judge(store).records()] == ["k"]


def test_https_with_a_certificate_of_its_own() -> None:
    with started("--tls", "--json") as (_process, line):
        told = json.loads(line)
        context = ssl.create_default_context(cafile=told["certificate"])
        assert httpx.get(told["webhook"] + "scope", verify=context).status_code == 200


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--faults", "nothing=1", "reset_after"),
        ("--latency", "crm.lead.add", "say METHOD=SECONDS"),
        ("--cost", "crm.lead.add=x", "'x' is no number of seconds"),
        ("--certificate", "{folder}/none.pem", "none.pem"),
        ("--store", "{folder}/none/portal.sqlite", "none/portal.sqlite"),
        ("--store", "{folder}/text.txt", "a portal cannot be kept in it"),
    ],
)
def test_wrong_options_are_explained(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_words: None)  # those of the tests stay as they are
    (tmp_path / "text.txt").write_text("No database. " * 100, encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        main(["bitrix24", "sandbox", option, value.format(folder=tmp_path)])

    assert ended.value.code in {1, 2}
    # Long lines are broken anywhere, as wide as the terminal is.
    said = "".join(capsys.readouterr().err.replace("│", "").split())
    assert "".join(words.split()) in said
