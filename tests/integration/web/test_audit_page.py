"""The audit log speaks the language of whoever reads it."""

import csv
import io
import re
from pathlib import Path

import pytest

from caseline.actions.wiring import House
from caseline.web.desk import audit_deeds, audit_words
from caseline.web.language import Texts
from tests.factories import pages as factory
from tests.factories.pages import Browser

ROOT = Path(__file__).parents[3]
_NOTED = re.compile(r'(?:logins\.note|note_deed\.note)\((?:[^()"]|\([^()]*\))*"([a-z_]+)"')
_EDITED = re.compile(r'"([a-z_]+)\.(?:added|changed|removed)"')


def test_every_deed_and_role_has_words_in_both_languages() -> None:
    noted = {name for path in (ROOT / "caseline").rglob("*.py") for name in _NOTED.findall(path.read_text("utf-8"))}
    assert noted == set(audit_deeds.DEEDS)
    actions = (ROOT / "caseline" / "actions").rglob("*.py")
    assert {kind for path in actions for kind in _EDITED.findall(path.read_text("utf-8"))} == set(audit_words.KINDS)
    words = (audit_deeds.DEEDS, audit_words.KINDS, audit_words.VERBS, audit_words.DETAILS, *audit_words.CODES.values())
    for word in (word for table in words for word in table.values()):
        assert re.search("[а-яА-Я]", Texts("ru").say(word)), word


def test_a_russian_reads_no_codes(house: House, browser: Browser) -> None:
    factory.login(house, "anna", language="ru")
    browser.sign_in("anna")

    page = browser.get("/audit").text

    assert "вход выполнен" in page
    assert 'title="администратор"' in page
    assert "signed_in" not in re.sub(r'value="[a-z_]*"', "", page)


@pytest.mark.parametrize(("language", "mark"), [("ru", ";"), ("en", ",")])
def test_what_a_stranger_types_at_the_door_is_no_formula_in_the_file_of_the_log(
    house: House, browser: Browser, language: str, mark: str
) -> None:
    typed = {f"a{mark}=1+1{mark}b", "=1+1", "\uff1d1+1", "@a"}
    for name in typed:
        browser.sign_in(name, "not the password")
    factory.login(house, "anna", language=language)
    browser.sign_in("anna")

    text = browser.get("/audit/export").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=mark))

    assert {len(row) for row in rows} == {7}
    assert {row[3].lstrip("'") for row in rows[1:]} >= typed
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "\uff1d"))]
