"""`caseline bitrix24 reconcile`: what people or troubles did to a portal is found, and mended exactly once."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from staging import renumbered
from tests.factories.portals import Sandbox
from tests.integration.portal.conftest import Command, Query, Start, call, request, write_export

LEAD, CONTACT, COMPANY = 1, 3, 4
Counts = dict[str, dict[str, int]]


@pytest.fixture
def imported(caseline: Command, start: Start, mapping: Path, export: Path) -> Iterator[Sandbox]:
    """One company, two contacts, five leads, two comments of lead r1."""
    with start("--no-limit") as portal:
        assert caseline("import", export, "--mapping", mapping).code == 0
        yield portal


def differences(caseline: Command, *words: str) -> Counts:
    found: Counts = caseline("bitrix24", "reconcile", *words, "--json").object["found"]
    return {entity: kinds for entity, kinds in found.items() if kinds}


def repaired(caseline: Command) -> dict[str, object]:
    answer = caseline("bitrix24", "reconcile", "--repair", "--yes", "--json")
    assert answer.code == 0, answer.out + answer.err
    found: dict[str, object] = answer.object
    return found


def ids(portal: Sandbox, kind: str = "lead") -> dict[str, int]:
    return {entry.origin: entry.id for entry in portal.judge.records(kind, "shop")}


def delete(portal: Sandbox, type_id: int, number: int) -> None:
    call(portal, "crm.item.delete", entityTypeId=type_id, id=number)


def test_before_any_import_nothing_is_said_to_be_equal(caseline: Command, start: Start) -> None:
    with start("--no-limit"):
        answer = caseline("bitrix24", "reconcile")

        assert (answer.code, "Equal" in answer.out) == (0, False)
        assert "Nothing was brought there yet" in answer.out


def test_right_after_an_import_both_are_equal(caseline: Command, imported: Sandbox) -> None:
    before = {kind: imported.judge.records(kind) for kind in ("lead", "contact", "company", "comment", "userfield")}

    answer = caseline("bitrix24", "reconcile")

    assert (answer.code, "Equal" in answer.out) == (0, True)
    assert before == {kind: imported.judge.records(kind) for kind in before}


def test_each_kind_of_difference_is_found_with_its_link(caseline: Command, imported: Sandbox) -> None:
    leads = ids(imported)
    delete(imported, LEAD, leads["r2"])
    call(imported, "crm.item.update", entityTypeId=LEAD, id=leads["r3"], fields={"title": "By somebody"})
    for origin in ("r4", "r99"):
        call(imported, "crm.lead.add", fields={"TITLE": "Twin", "ORIGINATOR_ID": "shop", "ORIGIN_ID": origin})
    call(imported, "crm.lead.add", fields={"TITLE": "Of others", "ORIGINATOR_ID": "other", "ORIGIN_ID": "r1"})

    answer = caseline("bitrix24", "reconcile", "--json")

    assert answer.code == 3
    assert answer.object["found"]["request"] == {"altered": 1, "doubled": 1, "unknown": 1, "missing": 1}
    altered = next(one for one in answer.object["examples"] if one["kind"] == "altered")
    assert (altered["origin"], altered["fields"]) == ("r3", ["subject"])
    assert altered["link"] == f"{imported.url.partition('/rest/')[0]}/crm/lead/details/{leads['r3']}/"


def test_looking_changes_nothing(caseline: Command, imported: Sandbox) -> None:
    delete(imported, LEAD, ids(imported)["r2"])
    written = imported.judge.calls()

    answer = caseline("bitrix24", "reconcile")
    asked = caseline("bitrix24", "reconcile", "--repair")

    assert (answer.code, asked.code) == (3, 1)
    assert "Say --yes" in asked.err
    told = {name for name, n in imported.judge.calls().items() if n != written.get(name)}
    assert not {name for name in told if not name.endswith((".list", ".fields"))}


def test_what_is_altered_is_written_back(caseline: Command, imported: Sandbox) -> None:
    contact, lead = ids(imported, "contact")["p1"], ids(imported)["r3"]
    call(imported, "crm.contact.update", id=contact, fields={"NAME": "Мария"})
    fields = {"TITLE": "Other", "UF_CRM_CL_PRIORITY": "", "STATUS_ID": "JUNK", "SOURCE_ID": "OTHER"}
    call(imported, "crm.lead.update", id=lead, fields=fields)
    assert differences(caseline) == {"contact": {"altered": 1}, "request": {"altered": 1}}

    repaired(caseline)

    assert differences(caseline) == {}
    (row,) = (entry.fields for entry in imported.judge.records("lead") if entry.id == lead)
    assert (row["TITLE"], row["STATUS_ID"], row["SOURCE_ID"]) == ("Request 3", "NEW", "CALL")


def test_who_takes_the_key_away_from_a_record_does_not_make_two_of_it(caseline: Command, imported: Sandbox) -> None:
    lead = ids(imported)["r3"]
    call(imported, "crm.lead.update", id=lead, fields={"ORIGINATOR_ID": "", "ORIGIN_ID": ""})
    assert differences(caseline) == {"request": {"altered": 1}}

    repaired(caseline)

    assert ids(imported)["r3"] == lead
    assert imported.judge.number("lead") == 5


def test_of_doubles_the_one_that_the_register_knows_stays(caseline: Command, imported: Sandbox) -> None:
    lead, comment = ids(imported)["r3"], imported.judge.records("comment")[0]
    call(imported, "crm.lead.add", fields={"TITLE": "Twin", "ORIGINATOR_ID": "shop", "ORIGIN_ID": "r3"})
    fields = {name: comment.fields[name] for name in ("ENTITY_ID", "ENTITY_TYPE", "COMMENT")}
    call(imported, "crm.timeline.comment.add", fields=fields)
    assert differences(caseline) == {"request": {"doubled": 1}, "message": {"doubled": 1}}

    repaired(caseline)

    assert imported.judge.doubles("lead") == {}
    assert ids(imported)["r3"] == lead
    assert [entry.id for entry in imported.judge.records("comment")] == [1, 2]


def test_what_the_register_has_never_heard_of_is_left_alone(caseline: Command, imported: Sandbox) -> None:
    call(imported, "crm.lead.add", fields={"TITLE": "Own", "ORIGINATOR_ID": "shop", "ORIGIN_ID": "r99"})

    answer = caseline("bitrix24", "reconcile", "--repair", "--yes")

    assert (answer.code, "never heard of it" in answer.out) == (3, True)
    assert "r99" in ids(imported)


def test_a_lead_that_is_gone_is_made_again_with_its_comments(
    caseline: Command, imported: Sandbox, query: Query
) -> None:
    old = ids(imported)["r1"]
    for entry in imported.judge.records("comment"):
        call(imported, "crm.timeline.comment.delete", id=entry.id)
    delete(imported, LEAD, old)
    versions = query("SELECT origin, version FROM crm.record ORDER BY origin")

    found = repaired(caseline)

    new = ids(imported)["r1"]
    assert new != old
    assert found["renumbered"] == 3
    assert {entry.fields["ENTITY_ID"] for entry in imported.judge.records("comment")} == {str(new)}
    assert imported.judge.number("comment") == 2
    assert differences(caseline) == {}
    assert query("SELECT id FROM crm.record WHERE origin = 'r1'") == [(new,)]
    assert query("SELECT DISTINCT record_id FROM crm.message") == [(new,)]
    assert query("SELECT count(*) FROM crm.stage_row WHERE record_id = %s", new) == [(1,)]
    assert query("SELECT crm_id FROM staging.row WHERE key = 'r1'") == [(new,)]
    assert query("SELECT origin, version FROM crm.record ORDER BY origin") == versions


def test_after_a_repair_a_delta_and_a_rollback_work_as_ever(
    caseline: Command, imported: Sandbox, mapping: Path, export: Path
) -> None:
    delete(imported, LEAD, ids(imported)["r2"])
    repaired(caseline)

    again = caseline("import", export, "--mapping", mapping, "--yes", "--json")
    assert caseline("verify").code == 0
    changed = write_export(export, request(1), request(2, subject="Renamed"), *(request(n) for n in range(3, 6)))
    delta = caseline("import", changed, "--mapping", mapping, "--yes", "--json")

    assert (again.code, delta.code) == (0, 0), delta.out
    titles = {entry.origin: entry.fields["TITLE"] for entry in imported.judge.records("lead")}
    assert (titles["r2"], len(titles), imported.judge.number("lead")) == ("Renamed", 5, 5)
    assert caseline("rollback", 1, "--yes").code == 0
    assert [imported.judge.number(kind) for kind in ("lead", "contact", "company", "comment")] == [0] * 4


def test_what_points_at_a_record_that_is_made_again_points_at_the_new_one(caseline: Command, imported: Sandbox) -> None:
    company = ids(imported, "company")["c1"]
    delete(imported, COMPANY, company)

    repaired(caseline)

    new = str(ids(imported, "company")["c1"])
    assert {entry.fields["COMPANY_ID"] for entry in imported.judge.records("lead")} == {new}
    assert {entry.fields["COMPANY_ID"] for entry in imported.judge.records("contact")} == {new}
    assert differences(caseline) == {}


def test_a_double_takes_the_place_of_a_record_that_is_gone(caseline: Command, imported: Sandbox) -> None:
    call(imported, "crm.lead.add", fields={"TITLE": "Twin", "ORIGINATOR_ID": "shop", "ORIGIN_ID": "r4"})
    delete(imported, LEAD, min(entry.id for entry in imported.judge.records("lead") if entry.origin == "r4"))

    repaired(caseline)

    assert imported.judge.doubles("lead") == {}
    titles = {entry.origin: entry.fields["TITLE"] for entry in imported.judge.records("lead")}
    assert titles["r4"] == "Request 4"
    assert imported.judge.number("lead") == 5


def test_a_double_of_a_comment_that_is_gone_takes_its_place_and_stays(caseline: Command, imported: Sandbox) -> None:
    comment = imported.judge.records("comment")[0]
    fields = {name: comment.fields[name] for name in ("ENTITY_ID", "ENTITY_TYPE", "COMMENT")}
    double = call(imported, "crm.timeline.comment.add", fields=fields)
    elsewhere = call(imported, "crm.timeline.comment.add", fields={**fields, "ENTITY_ID": ids(imported)["r3"]})
    call(imported, "crm.timeline.comment.delete", id=comment.id)

    repaired(caseline)

    left = {entry.id for entry in imported.judge.records("comment")}
    assert (double in left, elsewhere in left, len(left)) == (True, False, 2)
    assert differences(caseline) == {}


def test_a_key_that_may_not_be_written_back_is_not_told_to_be_mended(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    """Changing the record would start a workflow."""
    with start("--no-limit", "--robot", "change") as portal:
        caseline("import", export, "--mapping", mapping)
        call(portal, "crm.lead.update", id=ids(portal)["r3"], fields={"ORIGIN_ID": ""})
        letters = len(portal.judge.letters())

        answer = caseline("bitrix24", "reconcile", "--repair", "--yes")

        assert (answer.code, "Mended: nothing" in answer.out, "on every change" in answer.out) == (3, True, True)
        assert len(portal.judge.letters()) == letters


def test_a_repair_moves_nothing_into_a_stage_where_a_robot_waits(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit", "--robot", "NEW") as portal:
        caseline("import", export, "--mapping", mapping)
        call(portal, "crm.lead.update", id=ids(portal)["r3"], fields={"STATUS_ID": "JUNK"})
        delete(portal, LEAD, ids(portal)["r4"])

        answer = caseline("bitrix24", "reconcile", "--repair", "--yes")

        assert (answer.code, "CASELINE_BITRIX24_ALLOW_AUTOMATION=1" in answer.out) == (3, True)
        assert portal.judge.letters() == []
        assert "r4" in ids(portal)


def test_only_one_source_is_compared_where_it_is_named(caseline: Command, imported: Sandbox) -> None:
    delete(imported, LEAD, ids(imported)["r2"])

    typo = caseline("bitrix24", "reconcile", "--source", "shp")
    assert (typo.code, "nothing in the register came from shp: use one of shop" in typo.err) == (1, True)
    assert differences(caseline, "--source", "shop") == {"request": {"missing": 1}}


def test_nothing_is_repaired_while_an_import_is_not_finished(
    caseline: Command, imported: Sandbox, query: Query
) -> None:
    delete(imported, LEAD, ids(imported)["r2"])
    query("UPDATE staging.run SET state = 'open', finished_at = NULL")

    answer = caseline("bitrix24", "reconcile", "--repair", "--yes")

    assert (answer.code, "is not finished" in answer.err) == (1, True)
    assert "r2" not in ids(imported)


def test_more_than_a_page_is_walked_to_its_end(caseline: Command, start: Start, mapping: Path, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", *(request(n) for n in range(1, 181)))
    with start("--no-limit") as portal:
        caseline("import", export, "--mapping", mapping)
        leads = ids(portal)
        gone = ["r1", "r50", *(f"r{n}" for n in range(90, 171)), "r180"]
        for origin in gone:
            delete(portal, LEAD, leads[origin])

        assert differences(caseline)["request"] == {"missing": len(gone)}
        repaired(caseline)

        assert differences(caseline) == {}
        assert len(ids(portal)) == portal.judge.number("lead") == 180


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_answers_that_are_lost_double_nothing(
    caseline: Command, start: Start, mapping: Path, tmp_path: Path, seed: int
) -> None:
    export = write_export(tmp_path / "export", *(request(n) for n in range(1, 41)))
    with start("--no-limit") as portal:
        caseline("import", export, "--mapping", mapping)
        leads = ids(portal)
        for n in range(1, 21):
            delete(portal, LEAD, leads[f"r{n}"])
        delete(portal, COMPANY, ids(portal, "company")["c1"])
        same = ("--code", portal.url.rstrip("/").rpartition("/")[2], "--port", str(httpx.URL(portal.url).port))
    troubles = "reset_after=0.05,truncated=0.05,reset_before=0.05,batch_cut=0.1,command_failed_though_done=0.1"
    with start("--no-limit", *same, "--faults", troubles, "--seed", str(seed)) as portal:
        tries = (caseline("bitrix24", "reconcile", "--repair", "--yes", "--json").code for _ in range(6))

        assert 0 in tries
        assert sum(portal.judge.faults().values()) > 2
        assert [portal.judge.doubles(kind) for kind in ("lead", "contact", "company")] == [{}, {}, {}]
        assert len(ids(portal)) == 40
        assert differences(caseline) == {}


def test_another_portal_is_not_taken_for_one_that_has_lost_everything(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit"):
        caseline("import", export, "--mapping", mapping)
    with start("--no-limit", "--port", "0") as other:
        for entry in other.judge.records("lead"):
            delete(other, LEAD, entry.id)

        answer = caseline("bitrix24", "reconcile", "--repair", "--yes")

        assert (answer.code, "belongs to another portal" in answer.err) == (1, True)
        assert other.judge.number("lead") == 0


def test_who_dies_after_a_record_is_made_again_finds_it_the_next_time(
    caseline: Command, imported: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    delete(imported, LEAD, ids(imported)["r2"])
    with monkeypatch.context() as patched:
        patched.setattr(renumbered, "follow", die)
        assert caseline("bitrix24", "reconcile", "--repair", "--yes").code == 130
    made = ids(imported)["r2"]

    repaired(caseline)

    assert ids(imported)["r2"] == made
    assert imported.judge.number("lead") == 5
    assert differences(caseline) == {}
