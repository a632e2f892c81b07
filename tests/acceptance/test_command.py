"""`caseline import` from an empty machine on: exit codes, what --json says, a second run, a delta."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from caseline.db import embedded
from caseline.sample import write_export
from tests.factories import processes, trials, verdict
from tests.factories.processes import COMMAND, Place
from tests.factories.trials import Export

CASES = 600
PARTS = {
    "User.csv": "person",
    "Group.csv": "group",
    "Account.csv": "company",
    "Contact.csv": "contact",
    "Case.csv": "request",
    "CaseHistory.csv": "history",
}
REGISTER = """SELECT md5(concat(
    (SELECT string_agg(r::text, ',' ORDER BY id) FROM crm.record r),
    (SELECT string_agg(c::text, ',' ORDER BY id) FROM crm.contact c),
    (SELECT string_agg(e::text, ',' ORDER BY id) FROM crm.event e)))"""
WITHOUT_PREFECT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "prefect":
            raise ModuleNotFoundError("No module named 'prefect'", name="prefect")
sys.meta_path.insert(0, Absent())
from caseline.cli import main
main()
"""


def _import(place: Place, export: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the object that --json prints last."""
    done = processes.run(place, *COMMAND, "import", export, "--mapping", "salesforce-sample", "--json", *more)
    assert done.returncode in {0, 3}, done.stderr
    return done.returncode, json.loads(done.stdout.strip().splitlines()[-1])


def test_an_import_from_an_empty_machine_says_what_became_of_everything(
    own_home: Place, export: Callable[[int], Export]
) -> None:
    sample = export(CASES)
    code, said = _import(own_home, sample.folder)
    url = embedded.status(own_home.home).url
    first, *entries = [json.loads(line) for line in sample.truth.read_text(encoding="utf-8").splitlines()]
    assert code == 3
    assert {"run", "entities", "errors", "seconds"} <= said.keys()
    for name, part in PARTS.items():
        want = first["totals"][name]
        counts = {"read": want["read"], "new": 0, "success": want["good"], "failed": want["failed"]}
        assert said["entities"][part] == counts | {"filtered": want["filtered"]}, part
    assert said["errors"] == first["codes"]
    assert len([entry for entry in entries if entry["outcome"] == "FAILED"]) == sum(said["errors"].values())
    assert said["seconds"] > 0
    assert verdict.complaints(url or "", sample.expected) == []


def test_a_second_import_of_the_same_export_changes_nothing(place: Place, export: Callable[[int], Export]) -> None:
    sample = export(CASES)
    code, said = _import(place, sample.folder)
    before = trials.value(place, REGISTER)
    code_again, said_again = _import(place, sample.folder)
    assert (code, code_again) == (3, 3)
    assert said_again["run"] != said["run"]
    assert (said_again["entities"], said_again["errors"]) == (said["entities"], said["errors"])
    assert trials.value(place, REGISTER) == before
    assert verdict.complaints(place.url or "", sample.expected, runs=2) == []


def test_a_delta_updates_what_changed_and_adds_what_is_new(
    place: Place, export: Callable[[int], Export], tmp_path: Path
) -> None:
    sample = export(CASES)
    _import(place, sample.folder)
    cases = [case for (name, _), case in sample.expected.good.items() if name == "Case.csv"]
    changed = [case | {"Subject": f"Changed {n}"} for n, case in enumerate(cases[5:8])]
    new = cases[9] | {"Id": "5009z00000ZZZZZAAA"[:15] + _check_letters("5009z00000ZZZZZ"), "CaseNumber": "99999999"}
    delta = tmp_path / "delta"
    delta.mkdir()
    with (delta / "Case.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(cases[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*cases[:5], *changed, new])
    before = _requests(place)
    code, said = _import(place, delta)
    after = _requests(place)
    assert code == 3
    assert said["entities"]["request"]["success"] == len(cases) + 1
    assert {key for key in after if after[key] != before.get(key)} == {case["Id"] for case in [*changed, new]}
    assert [after[case["Id"]] for case in changed] == [(f"Changed {n}", 2, ["changed", "created"]) for n in range(3)]
    assert after[new["Id"]] == (new["Subject"], 1, ["created"])
    assert after.keys() >= before.keys()


def _requests(place: Place) -> dict[str, tuple[str, int, list[str]]]:
    """Subject, version and kinds of events by origin."""
    query = """SELECT origin, subject, version, (SELECT array_agg(type ORDER BY type) FROM crm.event e
               WHERE entity = 'request' AND record_id = r.id AND imported) FROM crm.record r"""
    with psycopg.connect(place.url or "") as connection:
        return {row[0]: row[1:] for row in connection.execute(query)}


def _check_letters(short: str) -> str:
    """The three letters that tell the case of the fifteen before them."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return "".join(
        letters[sum(1 << n for n, sign in enumerate(short[at : at + 5]) if sign.isupper())] for at in (0, 5, 10)
    )


def test_an_export_without_a_fault_ends_with_0_and_works_without_prefect(place: Place, tmp_path: Path) -> None:
    write_export(tmp_path / "clean", cases=200, seed=5, bad_share=0, messages=False)
    words = ("import", tmp_path / "clean", "--mapping", "salesforce-sample", "--json")
    done = processes.run(place, "-c", WITHOUT_PREFECT, *words)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.strip().splitlines()[-1])
    assert said["errors"] == {}
    assert said["entities"]["request"]["failed"] == 0


def test_what_cannot_be_imported_ends_with_1_and_wrong_usage_with_2(place: Place, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for words, code, word in _wrong(empty):
        done = processes.run(place, *COMMAND, "import", *words)
        assert (done.returncode, word in done.stderr) == (code, True), (words, done.returncode, done.stderr)
        assert "Traceback" not in done.stderr
    assert trials.value(place, "SELECT count(*) FROM staging.run") == 0


def _wrong(empty: Path) -> Iterator[tuple[tuple[str | Path, ...], int, str]]:
    yield (empty, "--mapping", "salesforce-sample"), 1, "User.csv"
    yield (empty / "no", "--mapping", "salesforce-sample"), 1, "no"
    yield (empty, "--mapping", "nosuch"), 1, "nosuch"
    yield (empty,), 2, "--mapping"
    yield (empty, "--mapping", "salesforce-sample", "--nosuch"), 2, "--nosuch"
    yield (empty, "--mapping", "salesforce-sample", "--only", "nosuch"), 2, "nosuch"
