"""`caseline bitrix24 provision`: what a mapping needs is made once, and what people have arranged stays."""

import json
from pathlib import Path

import pytest

from tests.factories.portals import Sandbox
from tests.integration.portal.conftest import Command, Start, call, facts, fields_of

EVERY_FAULT = (
    "reset_after=0.1,html504_after=0.1,truncated=0.1,reset_before=0.1,batch_cut=0.2,command_failed_though_done=0.2"
)


def card(portal: Sandbox, name: str) -> list[dict[str, object]]:
    """The sections of a card; PHP does not tell lists from maps that are counted from 0."""
    found = facts(portal)[f"configuration:{name}:common"]
    return [{**each, "elements": listed(each["elements"])} for each in found]


def listed(elements: object) -> object:
    return list(elements.values()) if isinstance(elements, dict) else elements


def state(portal: Sandbox) -> object:
    """Everything that a provision may write."""
    rows = [(kind, e.id, e.fields) for kind in ("userfield", "status") for e in portal.judge.records(kind)]
    return rows, facts(portal)


def test_everything_that_the_mapping_needs_is_made(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit") as portal:
        answer = caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes")

        assert answer.code == 0, answer.err
        leads, contacts, companies = (fields_of(portal, kind) for kind in ("lead", "contact", "company"))
        assert leads["UF_CRM_CL_CREATED_AT"]["USER_TYPE_ID"] == "datetime"
        assert [item["VALUE"] for item in leads["UF_CRM_CL_PRIORITY"]["LIST"]] == ["High", "Low"]
        assert [item["VALUE"] for item in companies["UF_CRM_CLX_SIZE"]["LIST"]] == ["large", "small"]
        assert any(name.startswith("UF_CRM_CLX_NOTE") for name in contacts)
        codes = {(e.fields["ENTITY_ID"], e.fields["STATUS_ID"]) for e in portal.judge.records("status")}
        assert {("STATUS", "CL_WAITING"), ("SOURCE", "CL_TELEGRAM")} <= codes


def test_every_field_of_ours_stands_in_our_section_of_the_cards(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit") as portal:
        caseline("bitrix24", "provision", "--mapping", mapping, "--yes")

        for kind, cards in {"lead": ("1:1", "1:2"), "contact": ("3:",), "company": ("4:",)}.items():
            for name in cards:
                (section,) = (each for each in card(portal, name) if each["name"] == "caseline")
                elements = section["elements"]
                assert isinstance(elements, list)
                assert {each["name"] for each in elements} == fields_of(portal, kind).keys()


def test_what_people_have_arranged_on_a_card_stays(caseline: Command, start: Start, mapping: Path) -> None:
    mine = [
        {"name": "main", "title": "Наше", "type": "section", "elements": [{"name": "TITLE", "optionFlags": "1"}]},
        {"name": "own", "title": "Old", "type": "section", "elements": [{"name": "UF_CRM_CL_TAX_NUMBER"}]},
    ]
    with start("--no-limit") as portal:
        call(portal, "crm.item.details.configuration.set", entityTypeId=4, scope="C", data=mine)

        caseline("bitrix24", "provision", "--mapping", mapping, "--yes")

        first, second, ours = card(portal, "4:")
        elements = ours["elements"]
        assert [first, second] == mine
        assert isinstance(elements, list)
        assert "UF_CRM_CL_TAX_NUMBER" not in {each["name"] for each in elements}


def test_a_second_run_has_nothing_to_do_and_changes_nothing(
    caseline: Command, start: Start, mapping: Path, export: Path
) -> None:
    with start("--no-limit") as portal:
        caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes")
        before, calls = state(portal), portal.judge.calls()

        answer = caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes")

        assert "there is nothing to do" in answer.out
        assert state(portal) == before
        written = {
            name: n - calls.get(name, 0) for name, n in portal.judge.calls().items() if name.endswith((".add", ".set"))
        }
        assert set(written.values()) == {0}


def test_a_dry_run_shows_the_difference_and_writes_nothing(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit") as portal:
        before = state(portal)

        answer = caseline("bitrix24", "provision", "--mapping", mapping, "--dry-run", "--json")

        needs = answer.object["needs"]
        assert {need["kind"] for need in needs} == {"field", "stage", "source", "section"}
        assert answer.object["made"] is False
        assert state(portal) == before


def test_nothing_is_made_when_nobody_agrees(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit") as portal:
        before = state(portal)

        answer = caseline("bitrix24", "provision", "--mapping", mapping)

        assert answer.code == 1
        assert "Say --yes" in answer.err
        assert state(portal) == before


@pytest.mark.long
def test_answers_that_are_lost_double_nothing(caseline: Command, start: Start, mapping: Path, export: Path) -> None:
    with start(
        "--no-limit", "--faults", EVERY_FAULT, "--seed", "5", "--ceiling", "0.5", BITRIX24_CEILING="1"
    ) as portal:
        for _ in range(4):
            if caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes").code == 0:
                break

        assert sum(portal.judge.faults().values()) > 3
        fields = [(e.fields["KIND"], e.fields["FIELD_NAME"]) for e in portal.judge.records("userfield")]
        assert len(fields) == len(set(fields))
        codes = [(e.fields["ENTITY_ID"], e.fields["STATUS_ID"]) for e in portal.judge.records("status")]
        assert len(codes) == len(set(codes))
        for entry in portal.judge.records("userfield"):
            words = [item["VALUE"] for item in entry.fields.get("LIST", ())]
            assert len(words) == len(set(words))
        assert {each["name"] for each in card(portal, "4:")} == {"main", "additional", "caseline"}
        before = json.dumps(state(portal), sort_keys=True)
        caseline("bitrix24", "provision", export, "--mapping", mapping, "--yes")
        assert json.dumps(state(portal), sort_keys=True) == before


def test_a_field_of_another_type_stands_in_the_way(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit") as portal:
        field = {"FIELD_NAME": "CL_NUMBER", "USER_TYPE_ID": "integer", "LABEL": "Number"}
        call(portal, "crm.lead.userfield.add", fields=field)
        before = state(portal)

        answer = caseline("bitrix24", "provision", "--mapping", mapping, "--yes")

        assert answer.code == 3
        assert "UF_CRM_CL_NUMBER of request is of type integer" in answer.out
        assert state(portal) == before


def test_whoever_is_no_administrator_learns_the_remedy(caseline: Command, start: Start, mapping: Path) -> None:
    with start("--no-limit", "--non-admin"):
        answer = caseline("bitrix24", "provision", "--mapping", mapping, "--yes")

        assert answer.code == 1
        assert "give the webhook's owner" in answer.err
        assert "Traceback" not in answer.err
