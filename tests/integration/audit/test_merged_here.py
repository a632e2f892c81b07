"""References that a merge of clients has moved are no difference; what no merge accounts for is one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from caseline.actions import merge_clients
from caseline.crm.clients import Entity
from tests.factories.checks import ACCOUNT, CONTACT, case, case_id, check, export, found, write
from tests.factories.clients import ANNA, company, contact, merged
from tests.factories.imports import Desk

OTHER, BRANCH = "001000000000002AAA", "001000000000003AAA"


@pytest.fixture
def companies(desk: Desk, tmp_path: Path) -> Desk:
    """A desk after an import of a company with a branch, another company, and two requests of the first one."""
    folder = export(tmp_path / "export", [case(1), case(2)])
    rows = [(ACCOUNT, "Ромашка", ""), (OTHER, "ООО Ромашка", ""), (BRANCH, "Филиал", ACCOUNT)]
    firms = [{"Id": key, "IsDeleted": "0", "Name": name, "ParentId": above} for key, name, above in rows]
    write(folder / "Account.csv", firms)
    desk.run(folder)
    return desk


def number(desk: Desk, key: str, table: str = "company") -> int:
    (row,) = desk.query(f"SELECT id FROM crm.{table} WHERE origin = '{key}'")
    return int(row.id)


def test_what_followed_a_merge_into_another_imported_company_is_no_difference(companies: Desk) -> None:
    merged(companies.house, Entity.COMPANY, number(companies, ACCOUNT), number(companies, OTHER))

    verdict = check(companies)

    # Two requests, a contact, a branch.
    assert found(verdict) == []
    assert any(note.startswith("4 references") for note in verdict.notes)


def test_merges_one_after_the_other_into_clients_made_here_are_followed(companies: Desk) -> None:
    firm, person = company(companies.house, "Ромашка и партнёры"), contact(companies.house, "Борин П.")
    merged(companies.house, Entity.COMPANY, number(companies, ACCOUNT), number(companies, OTHER))
    merged(companies.house, Entity.COMPANY, number(companies, OTHER), firm)
    merged(companies.house, Entity.CONTACT, number(companies, CONTACT, "contact"), person)

    verdict = check(companies)

    assert found(verdict) == []
    assert any(note.startswith("6 references") for note in verdict.notes)


def test_a_branch_that_its_parent_went_into_has_no_parent(companies: Desk) -> None:
    merged(companies.house, Entity.COMPANY, number(companies, ACCOUNT), number(companies, BRANCH))

    assert found(check(companies)) == []


def test_a_request_that_follows_no_merge_is_a_difference(companies: Desk) -> None:
    merged(companies.house, Entity.COMPANY, number(companies, ACCOUNT), number(companies, OTHER))
    branch = number(companies, BRANCH)
    companies.execute("UPDATE crm.record SET company_id = :branch WHERE origin = :key", branch=branch, key=case_id(1))
    companies.execute("UPDATE crm.company SET parent_id = NULL WHERE id = :branch", branch=branch)

    differences = {(one.key, one.field) for one in check(companies).findings.kept}

    assert differences == {(BRANCH, "parent"), (case_id(1), "company")}


def test_after_a_merge_was_taken_back_nothing_is_forgiven(companies: Desk) -> None:
    first, second = number(companies, ACCOUNT), number(companies, OTHER)
    merged(companies.house, Entity.COMPANY, first, second)
    merge_clients.unmerge(companies.house, ANNA, Entity.COMPANY, first, now=datetime.now(UTC))
    companies.execute("UPDATE crm.record SET company_id = :other WHERE origin = :key", other=second, key=case_id(1))

    verdict = check(companies)

    assert [(one.key, one.field) for one in verdict.findings.kept] == [(case_id(1), "company")]
    assert not any("merged" in note for note in verdict.notes)
