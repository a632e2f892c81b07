"""Agreements come through the mapping file as everything else does, and a bad line costs itself alone."""

from datetime import date
from pathlib import Path
from typing import Final

from tests.factories.checks import check
from tests.factories.imports import Desk

MAPPING: Final = Path(__file__).parents[2] / "data" / "sources" / "agreements.yaml"
HEAD: Final = "Договор;Клиент;ИНН;Почта;Услуга;Менеджер;Статус;Начало;Окончание;Примечание"
GOOD: Final = "Д-1;ООО «Пример»;7700000001;post@example.org;Сопровождение;Анна Петрова;В работе;01.02.2026;;скидка"
DONE: Final = "Д-2;ООО «Образец»;7700000002;;Аудит;Анна Петрова;Выполнен;01.01.2026;20.02.2026;"
BAD: Final = {
    "Д-3;ООО «Пример»;7700000001;;Сопровождение;Анна Петрова;Отложен;01.02.2026;;": "UNKNOWN_VALUE",
    "Д-4;ООО «Пример»;7700000001;;Сопровождение;Анна Петрова;В работе;31.02.2026;;": "BAD_DATE",
    "Д-5;ООО «Пример»;7700000001;;Аудит;Анна Петрова;Выполнен;01.02.2026;01.01.2026;": "REFUSED",
    "Д-6;ООО «Пример»;7700000001;;Надзор;Анна Петрова;Новый;01.02.2026;;": "UNKNOWN_REFERENCE",
    "Д-7;ООО «Пример»;7700000001;;;Анна Петрова;Новый;01.02.2026;;": "MISSING",
    "Д-8;;;;Аудит;Анна Петрова;Новый;01.02.2026;;": "REFUSED",
    "Д-1;ООО «Пример»;7700000001;;Аудит;Анна Петрова;Новый;01.02.2026;;": "DUPLICATE",
}
"""Lines that cannot be taken, each with the code of its error."""


def sheet(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return path


def test_a_bad_line_costs_itself(desk: Desk, tmp_path: Path) -> None:
    desk.run(sheet(tmp_path / "agreements.csv", GOOD, *BAD, DONE), mapping=MAPPING, confirmed=True)

    rows = desk.rows("agreement")
    assert [row.codes for row in rows] == [[], *([code] for code in BAD.values()), []]
    assert [row.status for row in rows] == ["SUCCESS", *("FAILED" for _ in BAD), "SUCCESS"]
    assert desk.records("agreement").keys() == {"Д-1", "Д-2"}
    first, second = (desk.records("agreement")[key] for key in ("Д-1", "Д-2"))
    assert (first["status"], first["started_on"], first["finished_on"]) == ("work", date(2026, 2, 1), None)
    assert (first["company"], first["manager"], first["extra"]) == (
        "7700000001",
        "анна петрова",
        {"Примечание": "скидка"},
    )
    assert (second["status"], second["service"], second["finished_on"]) == ("done", "аудит", date(2026, 2, 20))
    services = {one["code"]: (one["label"], one["kind"]) for one in desk.records("service").values()}
    assert services == {"support": ("Сопровождение", "subscription"), "audit": ("Аудит", "once")}


def test_a_later_sheet_moves_on_what_was_asked_about_meanwhile_and_not_what_people_edited(
    desk: Desk, tmp_path: Path
) -> None:
    desk.run(sheet(tmp_path / "agreements1.csv", GOOD, GOOD.replace("Д-1", "Д-9")), mapping=MAPPING, confirmed=True)
    desk.execute("UPDATE crm.agreement SET asked_at = now() WHERE number = 'Д-1'")
    desk.execute("UPDATE crm.agreement SET finished_on = '2026-03-01' WHERE number = 'Д-9'")
    lines = [one.replace("В работе", "Выполнен") for one in (GOOD, GOOD.replace("Д-1", "Д-9"))]

    desk.run(sheet(tmp_path / "agreements2.csv", *lines), mapping=MAPPING, confirmed=True)

    found = {row.number: row for row in desk.query("SELECT * FROM crm.agreement")}
    assert (found["Д-1"].status, found["Д-9"].status) == ("done", "work")
    assert found["Д-1"].asked_at is not None
    assert found["Д-1"].done_at is not None, "when it became done is known by whatever way it did"
    assert desk.row("Д-9", "agreement").codes == ["EDITED_SINCE"]


def test_what_was_imported_is_found_as_the_files_say(desk: Desk, tmp_path: Path) -> None:
    desk.run(sheet(tmp_path / "agreements.csv", GOOD, DONE), mapping=MAPPING, confirmed=True)

    assert not check(desk).findings.kept
    desk.execute("UPDATE crm.agreement SET finished_on = '2026-02-21' WHERE number = 'Д-2'")
    assert [(one.part, one.key, one.field) for one in check(desk).findings.kept] == [
        ("agreement", "Д-2", "finished_on")
    ]
