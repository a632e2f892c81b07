"""The check reads other sources by their mapping alone, as the import does, and agrees with it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from staging.audit.findings import Kind
from tests.factories.checks import check, found, only
from tests.factories.imports import Desk

SOURCES: Final = Path(__file__).parents[2] / "data" / "sources"
STAGES: Final = """
stages:
  - { code: new, label: Новая }
  - { code: closed, label: Закрыта, closed: true }
"""

FLAT: Final = f"""
version: 1
source: oldbase
title: Old base
delimiter: ";"
encodings: [windows-1251]
zone: Europe/Moscow
dates: ["DD.MM.YYYY hh:mm", "DD.MM.YYYY"]
nulls: ["?"]
true: ["да"]
false: ["нет"]
decimal: ","
thousands: " \u00a0"
{STAGES}
parts:
  company:
    files: [base.csv]
    inline: true
    key: {{ column: Клиент, fold: true }}
    fields: {{ name: Клиент, tax_number: ИНН }}
  contact:
    files: [base.csv]
    inline: true
    key: {{ column: Почта, otherwise: [Имя, Телефон], fold: true }}
    fields:
      name: {{ column: Имя, default: без имени }}
      email: Почта
      phone: Телефон
      company: {{ to: company, here: true }}
  request:
    files: [base.csv]
    key: Номер
    skip:
      - {{ column: Состояние, is: удалена, reason: deleted }}
    fields:
      number: Номер
      subject: {{ column: Тема, max: 12, too_long: cut }}
      stage: {{ column: Состояние, values: {{ новая: new, закрыта: closed }}, default: new }}
      escalated: Срочно
      company: {{ to: company, here: true }}
      contact: {{ to: contact, here: true }}
      created_at: Создана
    extra:
      Сумма: {{ column: Сумма, type: money }}
      Часы: {{ column: Часы, type: integer }}
      Гарантия: {{ column: Гарантия, type: date }}
      Метки: {{ column: Метки, type: multi_list, separator: "|" }}
    keep: "*"
"""

FLAT_ROWS: Final = """Номер;Тема;Состояние;Срочно;Клиент;ИНН;Имя;Почта;Телефон;Создана;Сумма;Часы;Гарантия;Метки;Прочее
001;Не работает насос;новая;да;ООО «Ёлка»;7701;Пётр;petr@example.com;?;01.02.2013 10:15;1 234,50;3;05.06.2014;a | b||c;x
002;"Счёт; срочно";закрыта;нет;ооо  «елка»;?;Пётр;PETR@example.com;?;26.10.2014 01:30;?;?;?;?;?
003;Вопрос;?;?;?;?;?;?;?;31.12.1999;0,5;-7;31.12.1999;;
004;Ошибка;удалена;нет;ООО Тень;?;?;?;?;01.02.2013 10:15;?;?;?;?;?
005;Дата;новая;нет;ИП Борин;?;Борин;?;+7 495 000-00-00;32.02.2013 10:15;?;?;?;?;?
006;Число;новая;может быть;ИП Борин;?;Борин;?;+7 495 000-00-00;01.02.2013 10:15;много;1,5;?;?;?
007;\u00a0;новая;нет;ИП Борин;?;Борин;?;+7 495 000-00-00;01.02.2013 10:15;?;?;?;?;?
001;Повтор;новая;нет;?;?;?;?;?;01.02.2013 10:15;?;?;?;?;?
"""

NESTED: Final = f"""
version: 1
source: cloud
title: Cloud desk
format: jsonl
zone: Asia/Tokyo
dates: ["YYYY-MM-DDThh:mm:ss.sssZ", "YYYY-MM-DDThh:mm:ssZ", "YYYY/MM/DD hh:mm"]
thousands: ","
{STAGES}
parts:
  person:
    files: [agents.jsonl]
    key: id
    fields: {{ name: {{ column: [name.first, name.last] }}, email: mail, active: flags.active }}
    keep: "*"
  request:
    files: ["tickets*.jsonl"]
    key: id
    fields:
      number: id
      subject: title
      description: body.text
      stage: {{ column: state, values: {{ open: new, done: closed }} }}
      assignee: {{ column: agent.id, to: person }}
      parent: {{ column: parent, to: request, missing: empty }}
      created_at: created
    extra:
      amount: {{ column: money.amount, type: number }}
      tags: {{ column: tags, type: multi_list }}
      due: {{ column: due, type: datetime }}
    keep: "*"
"""

AGENTS: Final[list[dict[str, Any]]] = [
    {"id": 1, "name": {"first": "Ада", "last": "Вейл"}, "mail": "ada@example.com", "flags": {"active": True}},
    {"id": 2, "name": {"first": "Bo"}, "mail": "", "flags": {"active": False, "roles": ["a", "b"]}, "room": None},
]
TICKETS: Final[list[dict[str, Any]]] = [
    {
        "id": 10,
        "title": "Насос",
        "body": {"text": "line\r\nline", "format": "plain"},
        "state": "open",
        "agent": {"id": 1},
        "parent": 11,
        "created": "2024-02-29T23:59:59.250Z",
        "money": {"amount": "1,234,567.89", "currency": "EUR"},
        "tags": ["a", "b"],
        "due": "2024/03/01 09:00",
        "custom": {"deep": {"er": 1.5}, "list": [1, {"b": 2, "a": "x"}], "yes": True, "text": "[no json"},
    },
    {"id": 11, "title": "Two", "state": "done", "created": "2024-01-01T00:00:00Z", "agent": {}, "money": {"amount": 7}},
    {"id": 12, "title": "Bad", "state": "what", "created": "2024-01-01T00:00:00Z"},
    {"id": 13, "title": "Lost", "state": "done", "created": "2024-01-01T00:00:00Z", "parent": 99, "agent": {"id": 1}},
    {"id": 14, "title": "Odd", "state": "done", "created": "2024-13-01T00:00:00Z"},
]


def flat(folder: Path, text: str = FLAT_ROWS) -> tuple[Path, Path]:
    folder.mkdir()
    (folder / "base.csv").write_text(text, encoding="cp1251")
    (folder / "old.yaml").write_text(FLAT, encoding="utf-8")
    return folder / "base.csv", folder / "old.yaml"


def nested(folder: Path, extra: str = "") -> tuple[Path, Path]:
    (folder / "data").mkdir(parents=True)
    lines = [json.dumps(ticket, ensure_ascii=False) for ticket in TICKETS]
    (folder / "data" / "tickets.jsonl").write_text("\n".join(lines) + extra, encoding="utf-8")
    agents = "".join(json.dumps(agent) + "\n" for agent in AGENTS)
    (folder / "data" / "agents.jsonl").write_text(agents, encoding="utf-8")
    (folder / "cloud.yaml").write_text(NESTED, encoding="utf-8")
    return folder / "data", folder / "cloud.yaml"


def test_a_flat_file_in_windows_1251_is_found_equal(desk: Desk, tmp_path: Path) -> None:
    path, mapping = flat(tmp_path / "flat")
    desk.run(path, mapping=mapping)

    verdict = check(desk)

    assert found(verdict) == []
    request = verdict.parts[-1]
    assert request.outcomes == {"equal": 3, "failed": 4, "filtered": 1}
    assert request.codes == {"BAD_DATE": 1, "BAD_BOOLEAN": 1, "BAD_NUMBER": 1, "MISSING": 1, "DUPLICATE": 1}
    assert verdict.in_crm == {"company": 3, "contact": 2, "request": 3}


def test_an_altered_inline_record_is_named_by_its_folded_key(desk: Desk, tmp_path: Path) -> None:
    path, mapping = flat(tmp_path / "flat")
    desk.run(path, mapping=mapping)
    desk.execute("UPDATE crm.company SET tax_number = NULL WHERE tax_number = '7701'")

    finding = only(check(desk))

    assert (finding.part, finding.key, finding.field) == ("company", "ооо «елка»", "tax_number")
    assert (finding.expected, finding.found, finding.place) == ("7701", None, "base.csv:2")


def test_json_lines_with_nested_values_are_found_equal(desk: Desk, tmp_path: Path) -> None:
    path, mapping = nested(tmp_path / "cloud", extra='\n{"id": 15, "title"\n[1]\n{"id": 16, "title": "nul \\u0000"}\n')
    desk.run(path, mapping=mapping)

    verdict = check(desk)

    assert found(verdict) == []
    assert verdict.parts[-1].outcomes == {"equal": 3, "failed": 5}


def test_one_value_kept_from_the_depth_of_a_document_is_named_when_altered(desk: Desk, tmp_path: Path) -> None:
    path, mapping = nested(tmp_path / "cloud")
    desk.run(path, mapping=mapping)
    desk.execute("""UPDATE crm.record SET extra = jsonb_set(extra, '{custom.deep.er}', '"1.7"') WHERE origin = '10'""")

    finding = only(check(desk))

    assert (finding.kind, finding.key, finding.field) == (Kind.DIFFERENT, "10", "custom.deep.er")
    assert (finding.expected, finding.found) == ("1.5", "1.7")


@pytest.mark.parametrize(("data", "mapping"), [("journal_2010_2020.csv", "helpdesk_ru"), ("tickets.jsonl", "tracker")])
def test_the_sources_that_the_import_is_tested_with_are_found_equal(desk: Desk, data: str, mapping: str) -> None:
    desk.run(SOURCES / data, mapping=SOURCES / f"{mapping}.yaml")

    verdict = check(desk)

    assert found(verdict) == []
    assert sum(part.outcomes.get("equal", 0) for part in verdict.parts) > 0
