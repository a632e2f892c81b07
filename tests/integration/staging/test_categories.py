"""A mapping may bring the category of requests; one that nobody has made is refused with the remedy, in a dry run too."""

from pathlib import Path

from caseline.actions import rehearse_import, settle_times
from caseline.actions.run_import import Order
from caseline.actions.settle_times import Settled
from staging.register import Options
from tests.factories import checks
from tests.factories.checks import case, case_id
from tests.factories.imports import NOW, Desk

MAPPING = """
extends: salesforce
parts:
  request:
    fields:
      category: { column: Type, values: { Problem: it }, unmapped: keep }
"""
REMEDY = "make it (`caseline category set CODE --hours 24`)"


def mapped(tmp_path: Path) -> Path:
    """A mapping with categories."""
    file = tmp_path / "mapping.yaml"
    file.write_text(MAPPING, encoding="utf-8")
    return file


def exported(folder: Path) -> Path:
    """Four open cases: of a category that there is, of two that there are not, of none."""
    kinds = ("Problem", "Claim", "Idea", "")
    return checks.export(folder, [case(n, ClosedDate="", Type=kind) for n, kind in enumerate(kinds, 1)])


def test_a_category_that_nobody_has_made_fails_its_record_only(desk: Desk, tmp_path: Path) -> None:
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")

    desk.run(exported(tmp_path / "export"), mapping=mapped(tmp_path))

    assert sorted(desk.records()) == [case_id(1), case_id(4)]
    errors = {row.key: row.errors for row in desk.rows("request") if row.errors}
    assert errors.keys() == {case_id(2), case_id(3)}
    (error,) = errors[case_id(2)]
    assert (error["code"], error["value"]) == ("UNKNOWN_VALUE", "Claim")
    assert REMEDY in str(error)
    assert "Type" in str(error)


def test_what_the_remedy_says_helps(desk: Desk, tmp_path: Path) -> None:
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    desk.run(exported(tmp_path / "export"), mapping=mapped(tmp_path))

    desk.execute(
        "INSERT INTO crm.category (code, label, hours, active) VALUES ('Claim', 'C', 48, false), ('Idea', 'I', 72, true)"
    )
    desk.retry(mapped(tmp_path))

    assert len(desk.records()) == 4
    assert settle_times.settle(desk.house, now=NOW) == Settled(stage_rows=0, deadlines=3)
    assert desk.query("SELECT target_s / 3600 FROM crm.deadline ORDER BY record_id") == [(24,), (48,), (72,)]


def test_a_dry_run_foresees_it(desk: Desk, tmp_path: Path) -> None:
    desk.execute("INSERT INTO crm.category (code, label, hours) VALUES ('it', 'IT', 24)")
    order = Order((exported(tmp_path / "export"),), str(mapped(tmp_path)), Options())

    found = rehearse_import.rehearse(desk.house, order, clock=lambda: NOW)

    assert (found.outlook["request"].create, found.totals["request"].failed) == (2, 2)
    assert {group.code for group in found.errors} == {"UNKNOWN_VALUE"}
