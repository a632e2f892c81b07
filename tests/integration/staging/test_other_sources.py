"""A new source is a YAML file and no code: two exports that have nothing in common with the shipped ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.factories.imports import Desk

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = ROOT / "tests" / "data" / "sources"
LONG: Final = "Предпочтительное время для обратного звонка специалиста технической поддержки"
"""A column whose name is longer than the 63 bytes that PostgreSQL gives a name."""


@pytest.fixture(scope="module")
def journal(shared_desk: Desk) -> Desk:
    shared_desk.run(SOURCES / "journal_2010_2020.csv", mapping=SOURCES / "helpdesk_ru.yaml", confirmed=True)
    return shared_desk


@pytest.fixture(scope="module")
def tracker(shared_desk: Desk) -> Desk:
    shared_desk.run(SOURCES / "tickets.jsonl", mapping=SOURCES / "tracker.yaml", confirmed=True)
    return shared_desk


# ------------------------------------------------------------------------------------ a flat file in windows-1251


def test_flat_file_gives_every_good_line_and_names_every_fault(journal: Desk) -> None:
    rows = [row for row in journal.rows("request") if row.file.endswith(".csv")]

    assert {row.line: row.codes for row in rows} == {
        2: [],
        3: [],
        4: [],
        6: [],
        7: ["BAD_DATE"],
        8: ["UNKNOWN_VALUE", "BAD_NUMBER", "BAD_BOOLEAN", "BAD_DATE"],
        9: [],
        10: ["DUPLICATE"],
    }
    assert {row.status for row in rows if not row.errors} == {"SUCCESS"}


def test_company_without_id_is_one_company_however_it_is_spelled(journal: Desk) -> None:
    companies = {
        record["origin"]: record for record in journal.records("company").values() if record["source"] == "helpdesk-ru"
    }

    assert {origin: company["name"] for origin, company in companies.items()} == {
        "7701234567": "ООО «Ромашка»",
        "ип петр семенов": "ИП  Пётр Семёнов",
    }
    assert companies["7701234567"]["tax_number"] == "7701234567"


def test_contact_of_a_line_belongs_to_the_company_of_that_line(journal: Desk) -> None:
    contacts = journal.records("contact")

    assert set(contacts) == {"anna@romashka.example", "семенов петр|ип петр семенов"}
    assert contacts["anna@romashka.example"]["company"] == "7701234567"
    assert contacts["anna@romashka.example"]["phone"] == "+7 495 111-22-33"
    assert contacts["семенов петр|ип петр семенов"]["company"] == "ип петр семенов"


def test_values_of_a_flat_file_arrive_with_their_types(journal: Desk) -> None:
    record = journal.records()["2010/7"]

    assert (record["number"], record["subject"], record["stage"], record["priority"]) == (
        "2010/7",
        "Принтер не печатает",
        "done",
        "high",
    )
    assert (record["company"], record["contact"]) == ("7701234567", "anna@romashka.example")
    own = {
        "Сумма претензии": 1234.5,
        "VIP": True,
        "Теги": ["принтер", "сеть"],
        "Следующий звонок": "2010-08-01",
        LONG: "после 18:00",
    }
    assert record["extra"] == own | {
        "Клиент": "ООО «Ромашка»",
        "ИНН клиента": "7701234567",
        "Контактное лицо": "Иванова Анна",
        "Телефон": "+7 495 111-22-33",
        "Электронная почта": "anna@romashka.example",
    }


@pytest.mark.parametrize(
    ("key", "moment"),
    [
        ("2010/7", datetime(2010, 7, 15, 8, tzinfo=UTC)),  # summer time, UTC+4
        ("2012/1", datetime(2012, 7, 15, 8, tzinfo=UTC)),  # summer time all the year, UTC+4
        ("2015/3", datetime(2015, 7, 15, 9, tzinfo=UTC)),  # winter time all the year, UTC+3
        ("2016/4", datetime(2016, 1, 31, 21, 30, tzinfo=UTC)),  # the day before
    ],
)
def test_times_are_those_of_the_zone_at_that_time(journal: Desk, key: str, moment: datetime) -> None:
    assert journal.records()[key]["created_at"] == moment


def test_texts_of_a_flat_file_stay_as_they_are(journal: Desk) -> None:
    records = journal.records()

    assert records["2012/1"]["subject"] == "Нет связи; телефон молчит"
    assert records["2015/3"]["subject"] == 'Труба 5" лопнула'
    assert records["2015/3"]["description"] == "Вода\nв подвале\nПерезвонить лично"
    assert records["2015/3"]["priority"] == "срочная", "not in the value map, kept by `unmapped: keep`"
    assert records["2015/3"]["extra"]["Сумма претензии"] == 1_000_000
    assert records["2019/7"]["extra"] == {LONG: "утром"}
    assert records["2012/1"]["extra"]["Электронная почта"] == "Anna@Romashka.example", "as it stands in this line"
    assert records["2019/7"]["company"] is None


# ------------------------------------------------------------------------------------------------- nested JSON


def test_nested_file_gives_every_good_line_and_names_every_fault(tracker: Desk) -> None:
    rows = [row for row in tracker.rows("request") if row.file.endswith(".jsonl")]

    found = {row.key: [(error["code"], error["field"]) for error in row.errors] for row in rows}
    assert found == {
        "4711": [],
        "4712": [],
        "4713": [],
        "4715": [
            ("UNKNOWN_VALUE", "ticket.state"),
            ("BAD_BOOLEAN", "urgent"),
            ("BAD_DATE", "opened"),
            ("BAD_NUMBER", "value"),
            ("BAD_NUMBER", "votes"),
        ],
        "4716": [],
    }
    assert tracker.query("SELECT key, reason FROM staging.filtered") == [("4714", "spam")]


def test_numbers_booleans_and_lists_of_json_keep_their_meaning(tracker: Desk) -> None:
    records = tracker.records()

    assert [records["4711"]["extra"][name] for name in ("labels", "value", "votes")] == [
        ["web", "slow, very"],
        1234567.89,
        1200,
    ]
    assert [records["4712"]["extra"].get(name) for name in ("labels", "value", "votes")] == [None, 99.5, 1200]
    assert records["4716"]["extra"]["labels"] == ["single"]
    assert (records["4711"]["escalated"], records["4712"]["escalated"]) == (True, False)
    assert records["4712"]["subject"] == "A title that is much"


def test_times_of_json_are_in_utc_where_they_say_so_and_local_where_not(tracker: Desk) -> None:
    records = tracker.records()

    assert records["4711"]["created_at"] == datetime(2023, 5, 1, 10, tzinfo=UTC)
    assert records["4712"]["created_at"] == datetime(2023, 7, 1, 12, 30, tzinfo=UTC)
    assert records["4712"]["closed_at"] == datetime(2023, 12, 1, 13, 30, tzinfo=UTC)


def test_records_inside_a_line_become_records_of_their_own(tracker: Desk) -> None:
    assert {origin: person["name"] for origin, person in tracker.records("person").items()} == {
        "kim": "Kim Berg",
        "lee": "Unnamed",
    }
    assert tracker.records("company")["O-1"]["name"] == "Alfa", "the first line wins"
    assert tracker.records("company")["O-1"]["owner"] == "kim"
    reply = tracker.records("message")["r-1"]
    assert (reply["record"], reply["text"], reply["sent_at"]) == ("4711", "On it", datetime(2023, 5, 1, 11, tzinfo=UTC))
    assert tracker.records()["4711"]["parent"] == "4713"


def test_keys_of_json_that_no_rule_knows_are_kept(tracker: Desk) -> None:
    records = tracker.records()

    assert records["4711"]["extra"]["customer.city"] == "Riga"
    assert records["4712"]["extra"]["channel.kind"] == "mail"
    assert json.loads(records["4712"]["extra"]["channel.hops"]) == [1, 2]
    assert records["4712"]["extra"]["score"] == "0.10"
    rest = json.loads(records["4713"]["extra"]["rest"])
    assert rest["rest"] == "a name of our own"
    assert rest["ticket"]["custom"] == {"a.b": 1}
    mistaken = json.loads(records["4716"]["extra"]["rest"])
    assert (mistaken["customer"], mistaken["assignee"]) == ("Alfa", ["kim"])


def test_key_that_appears_only_deep_in_the_file_is_kept_too(desk: Desk, tmp_path: Path) -> None:
    line = '{{"ticket": {{"id": {0}, "title": "t", "state": "open"}}, "opened": "2023-05-01T10:00:00Z"{1}}}\n'
    lines = [line.format(number, ', "late": {"key": 1}' if number == 1500 else "") for number in range(1501)]
    (tmp_path / "tickets.jsonl").write_text("".join(lines), encoding="utf-8")

    desk.run(tmp_path / "tickets.jsonl", mapping=SOURCES / "tracker.yaml")

    assert json.loads(desk.records()["1500"]["extra"]["rest"]) == {"late": {"key": 1}}


# ------------------------------------------------------------------------------------------------ and no code


@pytest.mark.parametrize(
    "word", ["helpdesk-ru", "journal_", "tickets.jsonl", "Номер", "customer.org", "Europe/Moscow: "]
)
def test_no_code_knows_these_sources(word: str) -> None:
    """Of what an import is made of: the parts that know portals and people's languages may use such words."""
    packages = [ROOT / name for name in ("caseline/actions", "caseline/db", "staging", "flows", "tasks", "keywords")]
    packages.append(ROOT / "caseline" / "crm" / "embedded")
    code = [path for package in packages for path in package.rglob("*") if path.suffix in {".py", ".yaml", ".sql"}]

    assert code
    assert [path for path in code if word in path.read_text(encoding="utf-8")] == []
