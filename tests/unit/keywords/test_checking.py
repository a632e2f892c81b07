"""Every fault of every row is told with its remedy; what is no fault is taken as it was meant."""

from typing import Any

import pytest

from keywords import checking
from keywords.checking import Typed
from keywords.entries import Entry
from keywords.faults import Code
from keywords.vocabulary import Kind


def typed(row: int = 2, **changes: Any) -> Typed:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {"keyword": "возврат", "weight": "50", "category": "Деньги"}
    return Typed(row, **fields | changes)


def codes(*rows: Typed, categories: list[str] | None = None) -> list[tuple[int, str, Code]]:
    return [(each.row, each.field, each.code) for each in checking.check(rows, categories).faults]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("keyword", "", Code.EMPTY),
        ("keyword", " \t\n", Code.EMPTY),
        ("keyword", "я", Code.TOO_SHORT),
        ("keyword", "(5)", Code.TOO_SHORT),
        ("keyword", "!!!", Code.NO_WORDS),
        ("keyword", "№ %", Code.NO_WORDS),
        ("keyword", "\u200b\u00ad", Code.NO_WORDS),
        ("keyword", "😀", Code.NO_WORDS),
        ("keyword", "_____", Code.NO_WORDS),
        ("keyword", "слово " * 40, Code.TOO_LONG),
        ("keyword", "<b>возврат</b>", Code.HTML),
        ("keyword", "возврат&nbsp;денег", Code.HTML),
        ("keyword", "<script>alert(1)</script>", Code.HTML),
        ("keyword", "https://example.com/x", Code.ADDRESS),
        ("keyword", "пишите a@example.com", Code.ADDRESS),
        ("keyword", "воз\x00врат", Code.UNPRINTABLE),
        ("keyword", "воз\ud800врат", Code.UNPRINTABLE),
        ("note", "a\x07", Code.UNPRINTABLE),
        ("note", "a" * 2001, Code.TOO_LONG),
        ("category", " ", Code.NO_CATEGORY),
        ("weight", "", Code.NO_NUMBER),
        ("weight", "тяжело", Code.NO_NUMBER),
        ("weight", "1e2", Code.NO_NUMBER),
        ("weight", "50.5", Code.NO_NUMBER),
        ("weight", "0", Code.OUT_OF_RANGE),
        ("weight", "101", Code.OUT_OF_RANGE),
        ("weight", "-5", Code.OUT_OF_RANGE),
        ("weight", "٥", Code.NO_NUMBER),
        ("kind", "regex", Code.UNKNOWN_KIND),
        ("enabled", "maybe", Code.UNKNOWN_ENABLED),
    ],
)
def test_bad_input_is_told(field: str, value: str, code: Code) -> None:
    changes: dict[str, Any] = {field: value}
    checked = checking.check([typed(**changes)])

    assert [(each.row, each.field, each.code) for each in checked.faults] == [(2, field, code)]
    assert checked.entries == ()
    assert checked.faults[0].text.startswith(f"row 2, {field}: ")
    assert checked.faults[0].russian.startswith(f"строка 2, {field}: ")
    assert len(checked.faults[0].text) < 250


def test_all_faults_of_a_row_are_told_at_once() -> None:
    assert codes(typed(keyword="", weight="x", category="")) == [
        (2, "keyword", Code.EMPTY),
        (2, "weight", Code.NO_NUMBER),
        (2, "category", Code.NO_CATEGORY),
    ]


@pytest.mark.parametrize("twin", ["Возвраты", "ВОЗВРАТ", "«возврат»", "воз\u00adврат", " возврат "])
def test_an_entry_that_is_the_same_after_normalisation_is_a_double(twin: str) -> None:
    twin_of_it = typed(9, keyword=twin)

    assert codes(typed(), twin_of_it) == [(9, "keyword", Code.DUPLICATE)]
    assert codes(typed(), typed(9, keyword=twin, category="Другая")) == []


def test_unknown_categories_are_told_and_known_ones_get_their_own_spelling() -> None:
    checked = checking.check([typed(category=" деньги "), typed(3, category="Иное")], ["Деньги"])

    assert [each.entry.category for each in checked.entries] == ["Деньги"]
    assert [(each.row, each.code) for each in checked.faults] == [(3, Code.UNKNOWN_CATEGORY)]


def test_a_short_beginning_is_refused() -> None:
    assert codes(typed(keyword="отказ в", kind="prefix")) == [(2, "keyword", Code.SHORT_PREFIX)]
    assert codes(typed(keyword="отказ в")) == []


@pytest.mark.parametrize(
    ("changes", "entry"),
    [
        ({}, Entry("возврат", 50, "Деньги")),
        ({"keyword": "  возврат \n денег "}, Entry("возврат денег", 50, "Деньги")),
        ({"keyword": "(a+)+$"}, None),
        ({"keyword": "воз.*врат"}, Entry("воз.*врат", 50, "Деньги")),
        ({"weight": "100.0"}, Entry("возврат", 100, "Деньги")),
        ({"weight": " 7,00 "}, Entry("возврат", 7, "Деньги")),
        ({"weight": "Block"}, Entry("возврат", 0, "Деньги", blocking=True)),
        ({"weight": "блок"}, Entry("возврат", 0, "Деньги", blocking=True)),
        ({"kind": "Точно"}, Entry("возврат", 50, "Деньги", Kind.EXACT)),
        ({"enabled": "нет"}, Entry("возврат", 50, "Деньги", enabled=False)),
        ({"enabled": "TRUE", "note": " почему "}, Entry("возврат", 50, "Деньги", note="почему")),
    ],
)
def test_good_input_is_taken_as_it_was_meant(changes: dict[str, Any], entry: Entry | None) -> None:
    checked = checking.check([typed(**changes)])

    assert [each.entry for each in checked.entries] == ([entry] if entry else [])
