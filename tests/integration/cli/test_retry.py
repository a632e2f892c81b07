"""Retry: FAILED rows once more, without their files."""

from pathlib import Path

import pytest

from tests.integration.cli.conftest import Command, Imported, Query, case_id, write

MENDED = """
version: 1
source: salesforce
title: With the status that was missing
extends: salesforce
parts:
  request:
    fields:
      stage:
        column: Status
        values: { New: new, Nobody knows: working }
"""


@pytest.fixture
def database_url(imported: Imported) -> str:
    """The tests of this file begin after a first import."""
    return imported.url


def test_a_mended_mapping_saves_the_rows_that_it_was_missing_for(
    caseline: Command, query: Query, tmp_path: Path
) -> None:
    mapping = tmp_path / "mended.yaml"
    mapping.write_text(MENDED, encoding="utf-8")

    answer = caseline("retry", "--code", "UNKNOWN_VALUE", "--mapping", mapping, "--json")

    assert answer.code == 3, answer.err
    assert answer.object["run"] == 2
    assert answer.object["entities"]["request"]["success"] == 3
    assert query("SELECT stage FROM crm.record WHERE origin = %s", case_id(11)) == [("working",)]


def test_what_came_in_later_heals_rows_that_pointed_at_it(caseline: Command, imported: Imported, query: Query) -> None:
    contact = {"Id": "003000000000999AAA", "IsDeleted": "0", "LastName": "Late", "AccountId": "", "Email": ""}
    write(imported.folder / "Contact.csv", contact)
    caseline("import", imported.folder / "Contact.csv", "--mapping", "salesforce", "--no-retry-failed")

    answer = caseline("retry", "--part", "request")

    assert answer.code == 3
    assert "import rejects.zip --mapping salesforce\n" in answer.out.replace(" \n", "\n"), "the mapping of the last run"
    assert query("SELECT subject FROM crm.record WHERE origin = %s", case_id(12)) == [("Case number 12",)]


def test_a_part_that_the_mapping_does_not_have_is_wrong_usage(caseline: Command) -> None:
    answer = caseline("retry", "--part", "nonsense")

    assert answer.code == 2
    assert "'nonsense' is no part of the mapping" in answer.err
