"""The command and `CASELINE_BITRIX24_CREATED=original`: what the check says of it, and what an import does."""

from pathlib import Path

import pytest

from tests.integration.portal.conftest import Command, Start, call, request, write_export

ORIGINAL = {"BITRIX24_CREATED": "original"}


def levels(answer: object) -> list[str]:
    """Of the findings about original dates."""
    assert isinstance(answer, dict)
    return [one["level"] for one in answer["findings"] if one["topic"] == "original dates"]


def test_an_import_brings_original_dates(caseline: Command, start: Start, mapping: Path, tmp_path: Path) -> None:
    rows = [request(number, created=f"2021-03-{number:02} 10:00:00") for number in range(1, 10)]
    with start("--no-limit", **ORIGINAL) as portal:
        answer = caseline("import", write_export(tmp_path / "export", *rows), "--mapping", mapping)

        assert answer.code == 0, answer.err
        made = {one.origin: one.fields["DATE_CREATE"] for one in portal.judge.records("lead")}
        assert made == {f"r{number}": f"2021-03-{number:02}T13:00:00+03:00" for number in range(1, 10)}


def test_an_empty_portal_is_in_order(caseline: Command, start: Start) -> None:
    with start("--no-limit", **ORIGINAL):
        assert levels(caseline("bitrix24", "check", "--json").object) == ["ok"] * 4


def test_nothing_is_said_of_them_unless_they_are_asked_for(caseline: Command, start: Start) -> None:
    with start("--no-limit"):
        assert levels(caseline("bitrix24", "check", "--json").object) == []


def test_the_newest_record_is_named(caseline: Command, start: Start) -> None:
    with start("--no-limit", **ORIGINAL) as portal:
        call(portal, "crm.lead.add", fields={"TITLE": "Of today"})
        today = portal.judge.records("lead")[0].fields["DATE_CREATE"][:10]

        found = caseline("bitrix24", "check", "--json").object

        (finding,) = (one for one in found["findings"] if one["topic"] == "original dates" and one["level"] != "ok")
        assert (finding["level"], today in finding["text"], bool(finding["remedy"])) == ("warning", True, True)


@pytest.mark.parametrize(
    ("words", "more"), [(("--non-admin",), {}), ((), {"BITRIX24_WRITE": "add"})], ids=["no administrator", "adding"]
)
def test_where_they_cannot_be_set_check_and_import_say_so(
    caseline: Command, start: Start, mapping: Path, export: Path, words: tuple[str, ...], more: dict[str, str]
) -> None:
    with start("--no-limit", *words, **ORIGINAL, **more) as portal:
        assert levels(caseline("bitrix24", "check", "--json").object) == ["error"]

        answer = caseline("import", export, "--mapping", mapping)

        assert (answer.code, "CASELINE_BITRIX24_CREATED" in answer.err) == (1, True)
        assert portal.judge.number("company") == 0


def test_no_sample_keeps_older_dates_out(caseline: Command, start: Start) -> None:
    with start("--no-limit", **ORIGINAL) as portal:
        found = caseline("bitrix24", "check", "--sample", 5, "--json").object

        assert [one["level"] for one in found["findings"] if one["topic"] == "sample"] == ["error"]
        assert portal.judge.number("lead") == 0
