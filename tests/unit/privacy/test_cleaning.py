"""What is taken out of texts and JSON, and what is left."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caseline.privacy import cleaning
from caseline.privacy.cleaning import Words
from caseline.privacy.fates import RULES
from caseline.web.desk import personal_words

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@given(_JSON)
def test_codes_keep_the_shape_and_no_free_words(value: object) -> None:
    left = cleaning.codes(value)
    assert cleaning.codes(left) == left
    assert type(left) is type(value)
    assert all(
        text == "" or (text.isascii() and " " not in text.replace("T", "").rstrip("Z")[:10]) for text in _texts(left)
    )


def test_codes_numbers_and_instants_stay() -> None:
    data = {"old": "new", "by": 7, "at": "2026-03-02T10:00:00+00:00", "text": "Пример сказал", "who": "a@b.example"}
    assert cleaning.codes(data) == {**data, "text": "", "who": ""}


def test_words_are_found_whole_whatever_their_case_and_blanks() -> None:
    words = Words(["Иванов Пётр", "p.ivanov@mail.example", "+7 495 123-45-67", "Ян"])
    assert words.without("Звонил ИВАНОВ\n пётр (P.Ivanov@mail.example), +7 495 123-45-67.") == "Звонил … (…), …."
    for other in (
        "Иванов Пётрович",
        "xp.ivanov@mail.example",
        "p.ivanov@mail.example.ru",
        "a.p.ivanov@mail.example",
        "Ян",
    ):
        assert words.without(other) == other
    assert words.without({"a": ["Иванов Пётр"], "Иванов Пётр": 1}) == {"a": ["…"], "…": 1}


def test_a_key_that_says_who_somebody_is_becomes_a_digest() -> None:
    words = Words(["a.b@mail.example"])
    assert words.key("0038d00000GFV6fAAH") == "0038d00000GFV6fAAH"
    hidden = words.key("a.b@mail.example")
    assert (hidden[:7], len(hidden), words.key(hidden)) == ("erased:", 71, hidden)


def test_a_line_of_the_log_keeps_its_number() -> None:
    assert [cleaning.number(one) for one in ("Пример (17)", "17", "Пример")] == ["(17)", "17", ""]


def test_every_table_has_a_kind_at_the_desk() -> None:
    tables = {rule.table for rule in RULES} | {"staging.row", "landing", "files.content", "feedback.opt_out"}
    assert {table for table in tables if personal_words.kind(table) == personal_words.OTHER} == set()
