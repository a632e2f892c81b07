"""`caseline bitrix24 check`: what is said of a portal and of an export, and that nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from caseline.crm.bitrix24.trial import SOURCE
from tests.factories import shop
from tests.integration.portal.conftest import Command, Query, Start, call, request, write, write_export


def topics(answer: dict[str, Any]) -> dict[str, str]:
    """The gravest level of each topic."""
    order = ["ok", "warning", "error"]
    found: dict[str, str] = {}
    for one in answer["findings"]:
        found[one["topic"]] = max(found.get(one["topic"], "ok"), one["level"], key=order.index)
    return found


def test_a_portal_that_is_ready_has_no_errors(caseline: Command, start: Start, mapping: Path, export: Path) -> None:
    with start("--no-limit"):
        caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes")

        answer = caseline("bitrix24", "check", export, "--mapping", mapping, "--json")

        assert answer.code == 0, answer.err
        found = answer.object
        assert {topic for topic, level in topics(found).items() if level != "ok"} == set()
        assert found["losses"] == []
        assert found["records"] == {"company": 1, "contact": 2, "request": 5, "message": 2}


def test_a_fresh_portal_lacks_what_provision_makes(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit") as portal:
        found = caseline("bitrix24", "check", "--mapping", mapping, "--json").object

        assert {topic for topic, level in topics(found).items() if level == "warning"} == {
            *("fields", "stages", "sources", "cards")
        }
        assert all(one["remedy"] for one in found["findings"] if one["level"] != "ok")
        assert portal.judge.records("userfield") == []


def test_every_finding_but_a_good_one_has_its_remedy(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit", "--non-admin", "--scope", "crm", "--robot", "create"):
        answer = caseline("bitrix24", "check", "--mapping", mapping, "--json")

        assert answer.code == 3
        assert topics(answer.object)["administrator"] == "error"
        assert {name for name, level in topics(answer.object).items() if level == "warning"} >= {
            *("scope bizproc", "automation")
        }
        assert all(one["remedy"] for one in answer.object["findings"] if one["level"] != "ok")


def test_only_rights_that_the_webhook_needs_are_asked_for(caseline: Command, start: Start) -> None:
    """Tabs are of the application, which has rights of its own; employees of the portal are asked by nobody."""
    with start("--no-limit", "--scope", "crm,bizproc"):
        found = topics(caseline("bitrix24", "check", "--json").object)

        assert {name: level for name, level in found.items() if name.startswith(("scope", "application"))} == {
            "scope crm": "ok",
            "scope bizproc": "ok",
        }


def test_what_the_application_lacks_is_told(caseline: Command, start: Start) -> None:
    with start("--no-limit", BITRIX24_APP_ID="local.1", BITRIX24_APP_SECRET="secret"):  # noqa: S106 - of nobody
        found = caseline("bitrix24", "check", "--json").object

        (told,) = (one for one in found["findings"] if one["topic"] == "application")
        assert (told["level"], told["remedy"]) == ("warning", "open it in the portal as an administrator")


def test_without_the_scope_crm_nothing_else_is_asked(caseline: Command, start: Start) -> None:
    with start("--no-limit", "--scope", "user"):
        answer = caseline("bitrix24", "check", "--json")

        assert (answer.code, topics(answer.object)["scope crm"]) == (3, "error")


def test_a_webhook_that_is_not_accepted_is_named_with_its_remedy(
    caseline: Command, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start("--no-limit") as portal:
        monkeypatch.setenv("CASELINE_BITRIX24_URL", portal.url.rstrip("/").rpartition("/")[0] + "/wrong/")

        answer = caseline("bitrix24", "check")

        assert answer.code == 3
        assert "make a new inbound webhook" in answer.out
        assert "wrong" not in answer.out


@pytest.mark.parametrize(("robot", "level"), [("", "ok"), ("create", "ok"), ("CONVERTED", "warning")])
def test_robots_are_told_of(caseline: Command, start: Start, robot: str, level: str) -> None:
    with start("--no-limit", *(("--robot", robot) if robot else ())):
        found = caseline("bitrix24", "check", "--json").object

        assert topics(found)["automation"] == level


def test_mandatory_fields_of_others_that_the_mapping_leaves_empty_are_errors(
    caseline: Command, start: Start, mapping: Path
) -> None:
    with start("--no-limit") as portal:
        field = {"FIELD_NAME": "BRANCH", "USER_TYPE_ID": "string", "LABEL": "Branch", "MANDATORY": "Y"}
        call(portal, "crm.lead.userfield.add", fields=field)

        answer = caseline("bitrix24", "check", "--mapping", mapping, "--json")

        (finding,) = (one for one in answer.object["findings"] if one["topic"] == "mandatory fields")
        assert (finding["level"], "UF_CRM_BRANCH (Branch)" in finding["text"]) == ("error", True)


def test_mandatory_fields_of_what_a_mapping_does_not_bring_are_no_errors(
    caseline: Command, start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(shop.MAPPING, encoding="utf-8")
    assert "company" not in shop.MAPPING
    with start("--no-limit"):
        answer = caseline("bitrix24", "check", "--mapping", file, "--json")

        assert (answer.code, topics(answer.object)["mandatory fields"]) == (0, "ok")


def lossy(folder: Path) -> Path:
    return write_export(
        folder,
        request(1, subject="Очень длинная тема " * 20),
        request(2, text="я" * 40_000),
        request(3, channel="phone", priority="H"),
        name="Анна " + "Длинная" * 12,
        email="anna at example.com",
    )


def test_what_would_be_lost_is_counted_with_the_first_places(
    caseline: Command, start: Start, mapping: Path, tmp_path: Path
) -> None:
    with start("--no-limit"):
        found = caseline("bitrix24", "check", lossy(tmp_path / "export"), "--mapping", mapping, "--json").object

        losses = {(one["rule"]["entity"], one["rule"]["field"], one["rule"]["probe"]): one for one in found["losses"]}
        assert losses.keys() == {
            ("request", "subject", "letters"),
            ("request", "description", "bytes"),
            ("contact", "name", "name"),
            ("contact", "email", "mail"),
        }
        (spot,) = losses["request", "subject", "letters"]["first"]
        assert (spot["key"], spot["file"], spot["line"]) == ("r1", "requests.csv", 2)
        assert losses["contact", "email", "mail"]["count"] == 1


@pytest.mark.parametrize(
    ("number", "lost"),
    [
        (("number", "0.1"), []),
        (("number", "123456789012345"), []),
        (("number", "1234567890123456"), ["digits"]),
        (("number", "0.12345"), ["decimals"]),
        (("number", "-100000000000.12345"), ["digits", "decimals"]),
        (("number", "100000000000000000000"), ["digits"]),
        (("integer", "2147483647"), []),
        (("integer", "-2147483649"), ["whole"]),
    ],
)
def test_numbers_that_a_portal_does_not_keep(
    caseline: Command, start: Start, mapping: Path, export: Path, number: tuple[str, str], lost: list[str]
) -> None:
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("type: date, label", f"type: {number[0]}, label"), encoding="utf-8")
    write(
        export / "companies.csv",
        {"id": "c1", "name": "A", "size": "S", "since": number[1], "created": "2024-03-01 10:00:00"},
    )
    with start("--no-limit"):
        found = caseline("bitrix24", "check", export, "--mapping", mapping, "--json").object

        assert [(one["rule"]["field"], one["rule"]["probe"]) for one in found["losses"]] == [
            ("since", probe) for probe in lost
        ]


def test_a_check_leaves_the_house_as_it_was(
    caseline: Command, start: Start, mapping: Path, export: Path, query: Query
) -> None:
    with start("--no-limit"):
        caseline("bitrix24", "check", export, "--mapping", mapping, "--sample", 5)

        tables = ("portal.bond", "portal.choice", "portal.intent", "staging.run", "staging.row", "crm.record")
        assert [query(f"SELECT count(*) FROM {table}")[0][0] for table in tables] == [0] * len(tables)


def test_hours_rest_on_the_operating_time_that_the_sample_was_charged(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    costs = "crm.item.batchimport=2,crm.timeline.comment.add=0.5"
    with start("--no-limit", "--cost", costs, BITRIX24_OPERATING="480", BITRIX24_RATE="1000") as portal:
        answer = caseline("bitrix24", "check", export, "--mapping", mapping, "--sample", 20, "--json")

        hours = {one["method"]: one for one in answer.object["hours"]}
        # 20 leads cost 2 s in one command: 0.1 s each; of 480 s in ten minutes nine tenths are used, 0.72 s each second.
        assert hours["crm.item.batchImport"]["by_operating"] == pytest.approx(8 * 0.1 / 0.72 / 3600)
        assert hours["crm.timeline.comment.add"]["by_operating"] == pytest.approx(2 * 0.5 / 0.72 / 3600)
        assert "the operating time" in hours["crm.timeline.comment.add"]["rests_on"]
        assert [portal.judge.number(kind) for kind in ("lead", "contact", "company", "comment")] == [0] * 4
        assert portal.judge.calls()["crm.timeline.comment.add"] == 20


def test_without_a_sample_the_hours_are_a_floor_and_nothing_is_written(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit") as portal:
        answer = caseline("bitrix24", "check", export, "--mapping", mapping)

        assert "at least" in answer.out
        assert not {
            name for name in portal.judge.calls() if name.endswith((".add", ".update", "import", ".delete", ".set"))
        }


def test_no_sample_is_written_where_it_might_start_a_robot(caseline: Command, start: Start) -> None:
    with start("--no-limit", "--robot", "create", BITRIX24_WRITE="add") as portal:
        answer = caseline("bitrix24", "check", "--sample", 5, "--json")

        assert topics(answer.object)["sample"] == "error"
        assert (portal.judge.letters(), portal.judge.number("lead")) == ([], 0)


def test_what_a_killed_check_has_left_the_next_one_removes(caseline: Command, start: Start) -> None:
    with start(
        "--no-limit", "--latency", "crm.timeline.comment.add=0.1", "--ceiling", "60", BITRIX24_CEILING="60"
    ) as portal:
        command = [sys.executable, "-m", "caseline.cli", "bitrix24", "check", "--sample", "60"]
        with subprocess.Popen(command, env=os.environ.copy(), stdout=subprocess.DEVNULL) as process:
            end = time.monotonic() + 60
            while portal.judge.number("comment") < 3 and time.monotonic() < end:
                time.sleep(0.1)
            process.send_signal(signal.SIGKILL)
        before = -1
        while (number := portal.judge.number("comment")) != before:  # the portal goes on with what it was sent
            before = number
            time.sleep(1)
            call(portal, "profile")  # with each answer its store is written
        left = portal.judge.records("lead", SOURCE)
        assert len(left) == 60
        call(portal, "crm.lead.add", fields={"TITLE": "Of somebody else", "ORIGINATOR_ID": "caseline-checked"})

        assert topics(caseline("bitrix24", "check", "--json").object)["leftovers"] == "warning"
        assert len(portal.judge.records("lead", SOURCE)) == 60, "without a sample it only reads"

        found = caseline("bitrix24", "check", "--sample", "1", "--json").object

        assert topics(found)["leftovers"] == "warning"
        assert [entry.originator for entry in portal.judge.records("lead")] == ["caseline-checked"]
        assert portal.judge.number("comment") == 0
        assert topics(caseline("bitrix24", "check", "--json").object)["leftovers"] == "ok"


def test_an_export_that_is_imported_already_is_said_to_be(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit"):
        caseline("import", export, "--mapping", mapping)

        found = caseline("bitrix24", "check", export, "--mapping", mapping, "--json").object

        assert (topics(found)["export"], found["records"]) == ("ok", {})


def test_a_path_needs_a_mapping(caseline: Command, export: Path) -> None:
    assert caseline("bitrix24", "check", export).code == 2


def test_a_house_of_another_crm_is_told_what_to_say(caseline: Command) -> None:
    answer = caseline("bitrix24", "check")

    assert (answer.code, "CASELINE_CRM" in answer.err) == (1, True)
