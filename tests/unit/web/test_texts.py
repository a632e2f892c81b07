"""Every text of a page has its Russian, with the same names in it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from caseline.web.desk import pages, refusal_words, request_words
from caseline.web.language import Texts, choose

WEB = Path(__file__).parents[3] / "caseline" / "web"
KEYWORDS = {"say": None, "count": (1, 2), "later": None, "_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}
NAME = re.compile(r"%\((\w+)\)[rs]")


def said() -> set[str]:
    found = extract_from_dir(str(WEB), METHODS, OPTIONS, KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, *_ in found}


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with (WEB / "texts" / "ru.po").open("rb") as file:
        return read_po(file, locale="ru")


def messages(catalogue: Catalog) -> dict[str, Message]:
    return {one.id[0] if isinstance(one.id, tuple) else str(one.id): one for one in catalogue if one.id}


def test_every_text_is_translated_and_none_is_left_over(russian: Catalog) -> None:
    pages = said()

    assert len(pages) > 200
    assert pages == set(messages(russian)), "make texts, then translate what is new in caseline/web/texts/ru.po"


def test_no_text_is_said_both_with_a_number_and_without() -> None:
    found = list(extract_from_dir(str(WEB), METHODS, OPTIONS, KEYWORDS))
    counted = {message[0] for _, _, message, *_ in found if isinstance(message, tuple)}

    assert counted
    assert not counted & {message for _, _, message, *_ in found if isinstance(message, str)}


def test_no_translation_is_empty_or_a_guess(russian: Catalog) -> None:
    for key, one in messages(russian).items():
        words = one.string if isinstance(one.string, tuple) else (one.string,)
        assert all(words), key
        assert not one.fuzzy, key
        assert len(words) == (3 if isinstance(one.id, tuple) else 1), key


def test_translations_fill_in_the_same_names(russian: Catalog) -> None:
    for key, one in messages(russian).items():
        ids = one.id if isinstance(one.id, tuple) else (one.id,)
        words = one.string if isinstance(one.string, tuple) else (one.string,)
        allowed = {name for text in ids for name in NAME.findall(str(text))} | ({"num"} if len(ids) > 1 else set())
        # The page of a request says itself what a refusal is about.
        needed = set() if ids[0] in refusal_words.AT_WORK else set(NAME.findall(str(ids[-1])))
        for word in words:
            found = set(NAME.findall(str(word)))
            assert needed <= found <= allowed, key


@pytest.mark.parametrize(("number", "words"), [(1, "1 запись"), (2, "2 записи"), (5, "5 записей"), (21, "21 запись")])
def test_russian_counts_by_its_own_rules(number: int, words: str) -> None:
    assert Texts("ru").count("%(num)s entry", "%(num)s entries", number) == words


@pytest.mark.parametrize(
    ("wanted", "accepted", "language"),
    [
        ("en", "ru", "en"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "de,ru;q=0.5", "ru"),
        ("xx", "", "ru"),
        (None, "", "ru"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(wanted: str | None, accepted: str, language: str) -> None:
    assert choose(wanted, accepted) == language


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_template_compiles_in_both_languages(language: str) -> None:
    environment = pages.environment(language)

    names = environment.list_templates()
    assert len(names) > 15
    for name in names:
        assert environment.get_template(name)


def test_days_are_those_of_the_readers_clock() -> None:
    late = datetime(2026, 6, 8, 22, 30, tzinfo=UTC)

    assert Texts("en", "Europe/Moscow").day(late) == "9 Jun 2026"
    assert Texts("en", "America/New_York").day(late) == "8 Jun 2026"
    assert Texts("en", "Asia/Omsk").local(late).isoformat() == "2026-06-09T04:30:00+06:00"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("type", "Problem", "проблема"),
        ("reason", "Equipment Complexity", "сложность оборудования"),
        ("reason", "Протечка", "Протечка"),
        ("subject", "Problem", "Problem"),
    ],
)
def test_usual_words_of_exports_are_said_in_russian(key: str, text: str, said: str) -> None:
    assert request_words.code(Texts("ru"), key, text) == said
    assert request_words.code(Texts("en"), key, text) == text
