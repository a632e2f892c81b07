"""What the CRM refuses costs the records that break its rules, whatever stands around them in the batch."""

from pathlib import Path
from random import Random
from string import ascii_letters
from typing import Any

import pytest

from tests.factories.imports import Desk
from tests.factories.salesforce import account, account_id, case, case_id, export

CASES: dict[str, Any] = {"only": ("request",)}
COMPANIES: dict[str, Any] = {"only": ("company",), "confirmed": True}
TOO_LONG_FOR_AN_INDEX = "".join(Random(1).choices(ascii_letters, k=9_000))


@pytest.fixture
def roomy(tmp_path: Path) -> Path:
    """A mapping that lets names through which the index of the register cannot hold."""
    rules = "company: {fields: {name: {column: Name, required: true, max: 100000}}}"
    (tmp_path / "roomy.yaml").write_text(f"extends: salesforce\nparts:\n  {rules}\n")
    return tmp_path / "roomy.yaml"


@pytest.mark.parametrize("known", [1, 3])
def test_bad_record_beside_one_that_the_crm_knows_already(desk: Desk, tmp_path: Path, roomy: Path, known: int) -> None:
    place = {"origin": account_id(known)}
    desk.execute("INSERT INTO crm.company (source, origin, name) VALUES ('salesforce', :origin, 'old')", **place)
    companies = [account(1), account(2, Name=TOO_LONG_FOR_AN_INDEX), account(3)]

    desk.run(export(tmp_path / "export", Account=companies), mapping=roomy, **COMPANIES)

    assert [row.status for row in desk.rows("company")] == ["SUCCESS", "FAILED", "SUCCESS"]
    assert desk.records("company")[account_id(known)]["name"] == f"Company {known}"


def test_bad_record_of_the_final_pass_takes_only_its_descendants_along(desk: Desk, tmp_path: Path, roomy: Path) -> None:
    chain = [account(n, ParentId=account_id(n + 1)) for n in range(1, 10)] + [account(10)]
    broken = [
        account(20, ParentId=account_id(21)),
        account(21, ParentId=account_id(22), Name=TOO_LONG_FOR_AN_INDEX),
        account(22, ParentId=account_id(23)),
        account(23),
    ]

    desk.run(export(tmp_path / "export", Account=chain + broken), mapping=roomy, **COMPANIES)

    failed = {row.key: row.errors[0]["text"] for row in desk.rows("company") if row.status != "SUCCESS"}
    assert set(failed) == {account_id(20), account_id(21)}
    assert "is refused itself" in failed[account_id(20)]
    assert "index row" in failed[account_id(21)]


def test_two_fields_may_read_one_column(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    fields = "fields: {type: Type, reason: Type}"
    extra = "extra: {Kind: {column: Type, type: list}, When: {column: At, type: datetime}, Then: {column: At, type: datetime}}"
    mapping.write_text(f"extends: salesforce\nparts:\n  request:\n    {fields}\n    {extra}\n")

    desk.run(export(tmp_path / "export", Case=[case(1, Type="a", At="2024-01-01 10:00:00")]), mapping=mapping, **CASES)

    record = desk.records()[case_id(1)]
    assert (record["type"], record["reason"], record["extra"]["Kind"]) == ("a", "a", "a")
    assert record["extra"]["When"] == record["extra"]["Then"] == "2024-01-01T10:00:00.000Z"


def test_same_key_in_two_parts_of_one_entity_never_writes_over_the_first(desk: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        """
version: 1
source: shop
title: Shop
stages: [{code: new, label: New}]
parts:
  request: {files: [r.csv], key: id, fields: {subject: s, stage: {value: new}, created_at: at}}
  note:
    entity: message
    files: [n.csv]
    key: id
    fields: {record: {column: r, to: request}, kind: {value: comment}, text: t, sent_at: at}
  mail:
    entity: message
    files: [m.csv]
    key: id
    fields: {record: {column: r, to: request}, kind: {value: mail_in}, text: t, sent_at: at}
"""
    )
    (tmp_path / "r.csv").write_text("id,s,at\n1,one,2024-01-01\n")
    (tmp_path / "n.csv").write_text("id,r,t,at\n1,1,note,2024-01-01\n")
    (tmp_path / "m.csv").write_text("id,r,t,at\n1,1,mail,2024-01-01\n2,1,other,2024-01-01\n")

    desk.run(*(tmp_path / name for name in ("r.csv", "n.csv", "m.csv")), mapping=mapping)

    assert [row.codes for row in desk.rows("mail")] == [["DUPLICATE"], []]
    assert "part 'note'" in desk.rows("mail")[0].errors[0]["text"]
    assert {message["text"] for message in desk.records("message").values()} == {"note", "other"}


@pytest.mark.parametrize(
    ("layout", "text", "found"),
    [
        ("YYYY-MM-DD hh:mm:ss,sss", "2024-01-02 10:11:12,345", "2024-01-02T10:11:12.345Z"),
        ("YYYY-MM-DD 00:00:00", "2024-01-02 00:00:00", "2024-01-02T00:00:00.000Z"),
        ("YYYY-MM-DD hh:mm:ss", "2024-01-02 24:00:00", "2024-01-03T00:00:00.000Z"),
        ("YYYY-MM-DD hh:mm:ss", "2199-12-31 23:59:59", "2199-12-31T23:59:59.000Z"),
        ("YYYY-MM-DD hh:mm:ss", "2200-01-01 00:00:00", None),
        ("YYYY-MM-DD hh:mm:ss", "1899-12-31 23:59:59", None),
        ("YYYY-MM-DD hh:mm:ss", "2024-02-30 10:00:00", None),
        ("YYYY-MM-DD hh:mm:ss", "2024-01-02 +1:30:00", None),
        ("YYYY-MM-DD hh:mm:ss", "2024-01-02 1\u0661:30:00", None),
    ],
)
def test_layouts_of_dates(desk: Desk, tmp_path: Path, layout: str, text: str, found: str | None) -> None:
    mapping = tmp_path / "mapping.yaml"
    rule = f"{{column: At, type: datetime, formats: ['{layout}']}}"
    mapping.write_text(f"extends: salesforce\nparts:\n  request:\n    extra:\n      When: {rule}\n")

    desk.run(export(tmp_path / "export", Case=[case(1, At=text)]), mapping=mapping, **CASES)

    if found is None:
        assert desk.row(case_id(1)).codes == ["BAD_DATE"]
    else:
        assert desk.records()[case_id(1)]["extra"]["When"] == found
