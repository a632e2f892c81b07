"""Phones in one form, control sums of tax numbers, what a merge fills in; refusals have words in both languages."""

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.actions import (
    choose_products,
    import_catalogue,
    keep_catalogue,
    keep_clients,
    merge_clients,
    move_request,
)
from caseline.crm import catalogue_file, phones, tax_numbers
from caseline.web.desk import refusal_words
from caseline.web.desk.refusal_texts import RARE
from caseline.web.language import Texts


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("8 (495) 123-45-67", "+74951234567"),
        ("+7 495 123 45 67 доб. 12", "+74951234567"),
        ("(495) 123-45-67", "+74951234567"),
        ("8-800-555-35-35", "+78005553535"),
        ("+375 29 123-45-67", "+375291234567"),
        ("нет; 8 916 123 45 67", "+79161234567"),
        ("8 916 123 45 67 или 8 916 765 43 21", "+79161234567"),
        ("12-34", None),
        ("позвонить позже", None),
        ("", None),
        ("0" * 10_000, None),
    ],
)
def test_phones_are_compared_in_one_form(raw: str, number: str | None) -> None:
    assert phones.number(raw, "RU") == number


@given(st.text())
def test_no_text_breaks_the_reading_of_phones(raw: str) -> None:
    found = phones.number(raw, "RU")
    assert found is None or re.fullmatch(r"\+\d{8,15}", found)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("7707083893", False),
        ("77 0708 3893", False),
        ("7707083894", True),
        ("500100732259", False),
        ("500100732258", True),
        ("", False),
        ("123", True),
        ("ИНН", True),
        ("٧٧٠٧٠٨٣٨٩٣", True),
    ],
)
def test_tax_numbers_are_doubted_by_length_and_control_sum(text: str, wrong: bool) -> None:
    assert tax_numbers.doubtful(text) == wrong


def test_what_is_refused_at_work_is_said_in_russian_too() -> None:
    written = [ast.parse(path.read_text("utf-8")) for path in Path(move_request.__file__).parent.glob("*.py")]
    calls = [one for tree in written for one in ast.walk(tree) if isinstance(one, ast.Call) and one.args]
    told = [one.args[0] for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Told"]
    texts = {one.value for one in told if isinstance(one, ast.Constant)}
    assert texts
    assert texts <= {*refusal_words.TEXTS, *refusal_words.AT_WORK, *RARE}
    for text in (*refusal_words.AT_WORK, *RARE):
        assert re.search("[а-яё]", Texts("ru").say(text)), text
        assert set(re.findall(r"%\((\w+)\)", Texts("ru").say(text))) <= set(re.findall(r"%\((\w+)\)", text))


def test_every_refusal_is_said_in_russian_too() -> None:
    modules = (choose_products, import_catalogue, keep_catalogue, keep_clients, merge_clients, catalogue_file)
    texts = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and name not in {"SOURCE", "PARENTS"} and not name.startswith("_") and isinstance(value, str)
    }
    assert texts == set(refusal_words.TEXTS)
    for text in (*texts, refusal_words.NO_PRODUCT):
        assert re.search("[а-яё]", Texts("ru").say(text)), text
        assert set(re.findall(r"%\(\w+\)s", Texts("ru").say(text))) == set(re.findall(r"%\(\w+\)s", text))
