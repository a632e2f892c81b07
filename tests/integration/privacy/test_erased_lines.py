"""A flat export: who is erased shares lines with his company, and his key says who he is."""

import csv
from pathlib import Path
from typing import Final

import pytest

from caseline.actions import erase_personal
from caseline.actions.wiring import House
from caseline.privacy import holding
from staging import erased_lines, load
from tests.factories import imports, marked_person
from tests.factories.imports import Desk
from tests.factories.marked_person import ADDRESS, NAME, NOW

SOURCES: Final = Path(__file__).parents[3] / "tests" / "data" / "sources"
_FIRST: Final = (
    {"Номер": "1", "Тема": "Zyzzyva", "Описание": "zyzzyva", "Контактное лицо": NAME, "Электронная почта": ADDRESS},
    {"Номер": "2", "Тема": "Насос", "Контактное лицо": "Пример", "Электронная почта": "other@client.example"},
)


def _journal(folder: Path, *lines: dict[str, str]) -> Path:
    with (SOURCES / "journal_2010_2020.csv").open(encoding="cp1251", newline="") as file:
        header = next(csv.reader(file, delimiter=";"))
    folder.mkdir()
    path = folder / "journal_1.csv"
    usual = {
        "Состояние": "Открыто",
        "Клиент": "Ромашка",
        "ИНН клиента": "7701234567",
        "Зарегистрировано": "01.02.2026 10:00",
    }
    with path.open("w", encoding="cp1251", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=";")
        writer.writeheader()
        writer.writerows({**usual, **line} for line in lines)
    return path


@pytest.fixture
def journal(database_url: str, tmp_path: Path) -> Desk:
    desk = imports.desk(database_url, tmp_path)
    desk.run(_journal(tmp_path / "one", *_FIRST), mapping=SOURCES / "helpdesk_ru.yaml", confirmed=True)
    return desk


def test_the_company_of_a_wiped_line_stays_and_the_person_does_not_come_back(journal: Desk, tmp_path: Path) -> None:
    house: House = journal.house
    assert len(marked_person.where(house)) >= 4
    erase_personal.erase(house, ADDRESS, by="anna", now=NOW)
    assert marked_person.where(house) == {}
    ((key, status),) = marked_person.ask(house, "SELECT key, status FROM staging.row WHERE key LIKE 'erased:%'")
    assert (len(key), status) == (71, "SUCCESS")
    rows = "SELECT part_id, key, status, crm_id FROM staging.row ORDER BY id"
    before = marked_person.ask(house, rows)

    changed = [{**_FIRST[0], "Описание": "zyzzyva again"}, _FIRST[1]]
    new = [
        {"Номер": "3", "Тема": "Zyzzyva 3", "Контактное лицо": NAME, "Электронная почта": ADDRESS},
        {"Номер": "4", "Тема": "Мотор", "Контактное лицо": "Пример", "Электронная почта": "other@client.example"},
    ]
    later = _journal(tmp_path / "two", *changed, *new)
    journal.run(later, mapping=SOURCES / "helpdesk_ru.yaml", confirmed=True)

    assert marked_person.where(house) == {}
    after = marked_person.ask(house, rows)
    assert after[: len(before)] == before
    assert [row[1] for row in after[len(before) :]] == ["4"]
    assert journal.records("request").keys() == {"1", "2", "4"}
    assert journal.records("company")["7701234567"]["name"] == "Ромашка"
    left_out = marked_person.ask(house, "SELECT key, reason FROM staging.filtered")
    assert left_out == [("3", "erased")]
    with house.engine.begin() as connection:
        erased_lines.sweep(connection, write=True)
    kept = marked_person.ask(house, "SELECT count(*) FROM landing.t1 WHERE c1 IS NULL")
    assert kept[0][0] >= 1, "the line of the erased request, of which the company is still made"


def test_an_erasure_holds_the_lock_of_whoever_adds_rows() -> None:
    assert holding._NEW_ROWS == load.ROW_IDS_LOCK
