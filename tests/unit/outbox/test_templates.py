"""Tags are a closed list, and what fills them in is words, never code."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.outbox import tags, templates
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.inlining import inlined
from caseline.outbox.showing import shown
from caseline.outbox.tags import SYNONYMS, Tag
from caseline.outbox.templates import Template

_PIECES = (
    *(
        "<style>",
        "</style>",
        "p {",
        "color:",
        ";",
        "}",
        "@media",
        "(",
        "<p style='",
        "'>",
        '"',
        "</p>",
        "<",
        "&",
        "<!--",
    ),
    *(
        "-->",
        "{{",
        "@import url(file:///x);",
        "\\",
        "<link rel=stylesheet href=x>",
        "é",
        "<svg>",
        "<![CDATA[",
        "<b>",
        "<br/>",
    ),
)
VALUES = {tag: f"value of {tag}" for tag in Tag}


def template(**changes: str) -> Template:
    fields = {"code": "note", "language": "en", "subject": "s", "text": "t", "html": ""}
    return Template(**fields | changes)


def test_every_tag_has_a_russian_synonym_that_means_the_same() -> None:
    assert set(SYNONYMS.values()) == set(Tag)
    for name, tag in SYNONYMS.items():
        assert tags.fill(f"%{name}%", VALUES) == tags.fill(f"%{tag}%", VALUES) == VALUES[tag]


def test_letter_case_of_tags_does_not_matter() -> None:
    assert tags.fill("%NUMBER% %номер%", {Tag.NUMBER: "7"}) == "7 7"


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("%Numbr%", "%Number%"),
        ("%Номр%", "%Номер%"),
        ("%ClientNam%", "%ClientName%"),
        ("%Qwxz%", "%Number%, %Subject%"),
    ],
)
def test_an_unknown_tag_is_refused_with_the_nearest_right_one(text: str, nearest: str) -> None:
    with pytest.raises(TemplateFault) as refused:
        templates.check(template(text=f"Dear {text}"))

    assert text in str(refused.value)
    assert nearest in str(refused.value)
    assert "template note (en), text" in str(refused.value)


@pytest.mark.parametrize("text", ["100 %", "5% and 10%", "50%%", "%%Number%%", "a % b % c", "%1%"])
def test_percent_signs_that_are_no_tags_are_left_alone(text: str) -> None:
    templates.check(template(text=text))

    assert tags.fill(text, VALUES) == text.replace("%%", "%")


def test_a_value_is_never_taken_for_a_tag() -> None:
    assert tags.fill("%Text% %Number%", {Tag.TEXT: "%Number% %%", Tag.NUMBER: "7"}) == "%Number% %% 7"


def test_a_missing_value_is_a_dash_and_a_missing_signature_is_nothing() -> None:
    assert tags.fill("%Deadline%|%Signature%|", {}) == "—||"


@pytest.mark.parametrize(
    ("template", "name", "filled"),
    [
        ("Здравствуйте, %ИмяКлиента%!", "", "Здравствуйте!"),
        ("Здравствуйте, %ИмяКлиента%!", "anna@client.example", "Здравствуйте!"),
        ("Здравствуйте, %ИмяКлиента%!", "Анна", "Здравствуйте, Анна!"),
        ("<p>Hello %ClientName%,</p>", "", "<p>Hello,</p>"),
        ("%ClientName%, hello", "", "—, hello"),
    ],
)
def test_whoever_has_no_name_is_greeted_without_one(template: str, name: str, filled: str) -> None:
    assert tags.fill(template, {Tag.CLIENT_NAME: name}) == filled


def test_values_are_escaped_in_html_and_left_as_they_are_in_text() -> None:
    words = templates.render(template(text="%Text%", html="<p>%Text%</p>"), {Tag.TEXT: '<script>"&\nx'})

    assert words.text == '<script>"&\nx\n'
    assert words.html is not None
    assert "<script>" not in words.html
    assert "&lt;script&gt;" in words.html
    assert "<br>" in words.html


def test_a_subject_is_one_line_and_answers_do_not_pile_up() -> None:
    words = templates.render(template(subject="Re: %Subject%"), {Tag.SUBJECT: "RE: re: Printer\r\nBcc: x@example.org"})

    assert words.subject == "Re: Printer Bcc: x@example.org"


def test_styles_stand_at_the_elements() -> None:
    words = templates.render(template(html='<p class="signature">x</p>'), {})

    assert words.html is not None
    assert "<style" not in words.html
    assert 'style="margin: 0 0 14px 0;color: #5a6675;"' in words.html


def test_styles_are_loaded_from_nowhere(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text("p { color: #abcdef }")
    page = f'<link rel="stylesheet" href="file://{sheet}"><style>@import url(file://{sheet});</style><p>x</p>'

    assert "abcdef" not in inlined(page)


@pytest.mark.parametrize(
    ("html", "why"),
    [
        ("<div>" * 50_000, "more than 2,000 tags"),
        ("<p style='a;b{'>x</p>", "its styles cannot be read"),
    ],
    ids=["nested", "styles"],
)
def test_html_that_cannot_be_read_is_refused_when_it_is_saved(html: str, why: str) -> None:
    with pytest.raises(TemplateFault, match=rf"template note \(en\): HTML: .*{why}"):
        templates.check(template(html=html))


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_no_html_breaks_more_than_itself(html: str) -> None:
    """Either it is refused in words, or what comes of it is HTML that comes through once more."""
    made = ""
    with suppress(OutboxFault):
        made = inlined(html)

    assert not made or inlined(made)


@pytest.mark.parametrize("key", templates.shipped(), ids=str)
def test_shipped_templates_can_be_saved_and_filled_in(key: tuple[str, str]) -> None:
    one = templates.shipped()[key]
    templates.check(one)

    words = templates.render(one, VALUES)

    assert not tags.names(words.subject + words.text + str(words.html))
    assert "%" not in words.subject + words.text
    assert tags.used(one.text) == tags.used(one.html)


def test_each_shipped_template_is_there_in_both_languages_with_the_same_tags() -> None:
    for code, language in templates.shipped():
        assert language in templates.LANGUAGES
        both = [templates.shipped()[code, other] for other in templates.LANGUAGES]
        assert tags.used(both[0].text) == tags.used(both[1].text)


@pytest.mark.parametrize("changes", [{"code": "Bad Code"}, {"language": "de"}, {"subject": " "}, {"text": ""}])
def test_a_template_without_what_it_needs_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(TemplateFault):
        templates.check(template(**changes))


@given(st.text(), st.text())
def test_no_text_breaks_filling_in(text: str, value: str) -> None:
    filled = tags.fill(text, dict.fromkeys(Tag, value))

    assert tags.used(text) <= set(Tag)
    assert tags.used(text) or filled == text.replace("%%", "%")


def test_secret_links_are_blanked_escaped_or_not_and_the_longest_first() -> None:
    links = ["https://example.org/a", "https://example.org/a?b=1&c=2"]

    assert shown("x https://example.org/a?b=1&c=2 y https://example.org/a?b=1&amp;c=2", links) == "x […] y […]"
