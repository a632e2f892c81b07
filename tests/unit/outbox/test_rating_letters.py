"""Letters that ask for feedback: every link in both parts, small, from nowhere else, and readable without pictures."""

import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from email import message_from_bytes
from email import policy as policies
from email.message import EmailMessage
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.outbox import autotexts, faces, pictures, smileys, tags, templates
from caseline.outbox.autotexts import Autotext
from caseline.outbox.compose import compose
from caseline.outbox.faults import OutboxFault, TemplateFault
from caseline.outbox.letters import Attachment, Letter, Nature
from caseline.outbox.minting import Thread
from caseline.outbox.smileys import Smiley
from caseline.outbox.tags import SERVICE_TAGS, SYNONYMS, Tag
from caseline.outbox.templates import Template, Words
from tests.factories.letters import kept, mint, new_letter

BASE: Final = "https://feedback.example.org"
PAGE: Final = f"{BASE}/f/smileys/request/abcdefghijkl.{'s' * 43}"
STOP: Final = f"{BASE}/u/abcdefghijkl.{'s' * 43}"
CLIPPED: Final = 102_000
"""Bytes of HTML beyond which mailers cut a letter."""
RATING: Final = sorted(key for key in templates.shipped() if key[0].startswith(tags.RATING))
ADDRESS: Final = re.compile(r"""(?:https?:)?//[^\s"'<>)]+""")


def chosen(count: int, language: str = "ru") -> list[Smiley]:
    return [Smiley(place + 1, smileys.usual(place, count, language), f"{PAGE}/{place + 1}") for place in range(count)]


def worded(code: str, language: str, *, count: int = 5, shown: bool = True) -> Words:
    found = pictures.shipped() if shown else {}
    values = {tag: f"value of {tag}" for tag in Tag}
    values |= {Tag.LINK: PAGE, Tag.UNSUBSCRIBE: STOP, Tag.SMILEYS: smileys.block(chosen(count, language), found)}
    return templates.render(templates.shipped()[code, language], values, found)


@pytest.mark.parametrize(("code", "language"), RATING)
def test_a_shipped_rating_letter_holds_each_link_in_both_parts_and_nothing_from_elsewhere(
    code: str, language: str
) -> None:
    words = worded(code, language)

    assert words.html is not None
    asked = tags.used(templates.shipped()[code, language].text)
    links = [PAGE, *([STOP] if Tag.UNSUBSCRIBE in asked else [])]
    links += [f"{PAGE}/{value}" for value in range(1, 6)] if Tag.SMILEYS in asked else []
    for link in links:
        assert f'href="{link}"' in words.html
        assert re.search(rf"{re.escape(link)}$", words.text, re.MULTILINE)
    assert code == "ask_address" or Tag.UNSUBSCRIBE in asked
    assert not tags.names(words.subject + words.text + words.html)
    assert len(words.html.encode()) < CLIPPED
    for part in (words.text, words.html):
        assert all(found.startswith(f"{BASE}/") for found in ADDRESS.findall(part))
    assert set(re.findall(r'src="([^":]*):', words.html)) <= {"cid"}
    assert "<script" not in words.html
    assert "<form" not in words.html


@pytest.mark.parametrize("language", templates.LANGUAGES)
@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("shown", [True, False])
def test_each_smiley_says_its_value_in_number_and_word_whether_pictures_are_shown_or_not(
    count: int, language: str, shown: bool
) -> None:
    words = worded("ask_smileys", language, count=count, shown=shown)

    assert words.html is not None
    cells = re.findall(r'<td class="smiley".*?</td>', words.html)
    assert len(cells) == count
    for cell, one in zip(cells, chosen(count, language), strict=True):
        assert 'bgcolor="#' in cell
        assert f'href="{one.link}"' in cell
        assert "display: block" in cell
        assert f">{one.value}</b>" in cell
        assert f">{one.word}</span>" in cell
        picture = re.search(r'<img src="cid:(smiley-\d)@caseline" width="40" height="40" border="0" alt="(.)"', cell)
        sign = re.search(r'<span class="sign"[^>]*>(.)</span>', cell)
        assert (picture is not None, sign is not None) == (shown, not shown)
        assert f"{one.value} — {one.word}: {one.link}\n" in words.text
    assert [one.name for one in words.pictures] == ([f"smiley-{step}" for step in _steps(count)] if shown else [])


def _steps(count: int) -> Sequence[int]:
    return {2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}[count]


def test_the_words_of_a_form_are_escaped() -> None:
    one = [Smiley(1, "<b>плохо</b> & «так»", f"{PAGE}/1"), Smiley(2, "good", f"{PAGE}/2")]

    block = smileys.block(one, {})

    assert "&lt;b&gt;плохо&lt;/b&gt; &amp; «так»" in block.html
    assert "<b>плохо</b> & «так»" in block


# ------------------------------------------------------------------------------------------------- service tags

NAMES: Final = sorted(
    {*(tag.value for tag in SERVICE_TAGS), *(n for n, tag in SYNONYMS.items() if tag in SERVICE_TAGS)}
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["subject", "text", "html"])
def test_a_service_tag_is_refused_in_other_letters_with_its_name_and_the_template(name: str, field: str) -> None:
    for written in (name, name.upper()):
        fields = {"subject": "s", "text": "t", "html": "", field: f"<p>x %{written}% y</p>"}
        with pytest.raises(TemplateFault) as refused:
            templates.check(Template("request_received", "ru", **fields))
        assert f"template request_received (ru), {field}: %{written}%" in str(refused.value)
        assert "begins with ask_: take it out" in str(refused.value)
        if not (field == "subject" and Tag.SMILEYS is tags.meaning(name)):
            templates.check(Template("ask_own", "ru", **fields))


def test_smileys_stand_in_no_subject() -> None:
    with pytest.raises(TemplateFault, match="no smileys can stand in a subject"):
        templates.check(Template("ask_own", "en", "%Smileys%", "t", ""))


# --------------------------------------------------------------------------------------------------- autotexts


@pytest.mark.parametrize("name", [*NAMES, "Number", "номер", "ПОДПИСЬ", "REQUESTNUMBERDATE"])
def test_an_autotext_cannot_be_called_as_a_tag_is(name: str) -> None:
    with pytest.raises(TemplateFault, match="name of a tag"):
        autotexts.check(Autotext(name, "Слова", ""))


@pytest.mark.parametrize("name", ["", "two words", "9th", "a%b", "x" * 51, "<b>", "a-b"])
def test_an_autotext_has_a_name_that_can_stand_between_percent_signs(name: str) -> None:
    with pytest.raises(TemplateFault, match="a name is one word"):
        autotexts.check(Autotext(name, "Слова", ""))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%Часы%", "no tag %Часы%"),
        ("%Смайлики%", "only in letters that ask"),
        ("%Номр%", "write %Номер%"),
        (" ", "empty"),
    ],
)
def test_an_autotext_holds_tags_of_any_letter_and_no_other_autotext(text: str, why: str) -> None:
    autotexts.check(Autotext("Часы", "%Номер% и 100 %%", ""))
    with pytest.raises(TemplateFault, match=why):
        autotexts.check(Autotext("Другой", text, ""))


def test_autotexts_stand_in_any_template_escaped_once_and_filled_in() -> None:
    own = Template("note", "en", "%hours%", "%HOURS%|%%Hours%%|%Number%", "<p>%Hours%</p>")
    templates.check(own, ["Hours"])
    with pytest.raises(TemplateFault, match="no tag %Hors%: write %Hours%"):
        templates.check(Template("note", "en", "s", "%Hors%", ""), ["Hours"])
    with pytest.raises(TemplateFault, match="%BonusUntil%, %Hours%, or %% for"):
        templates.check(Template("note", "en", "s", "%Qwxz%", ""), ["Hours"])

    words = templates.render(templates.expanded(own, {"hours": "9 <to> 18\n%Number%"}), {Tag.NUMBER: "<7>"})

    assert words.subject == "9 <to> 18 <7>"
    assert words.text == "9 <to> 18\n<7>|%Hours%|<7>\n"
    assert '<p style="margin: 0 0 14px 0;">9 &lt;to&gt; 18<br>\n&lt;7&gt;</p>' in str(words.html)


def test_an_autotext_asks_for_no_other_though_somebody_has_written_it_into_the_table() -> None:
    own = Template("note", "en", "s", "%A%", "")

    words = templates.render(templates.expanded(own, {"a": "%B%", "b": "%A%"}), {})

    assert words.text == "%B%\n"


# ---------------------------------------------------------------------------------------------------- pictures


def test_faces_are_pictures_that_differ() -> None:
    drawn = [faces.face(step) for step in range(1, 6)]

    assert len(set(drawn)) == 5
    for one in drawn:
        read = pictures.read("smiley-1", one)
        assert (read.content_type, read.width, read.height) == ("image/png", faces.SIZE, faces.SIZE)
        start = one.index(b"IDAT")
        pixels = zlib.decompress(one[start + 4 :][: int.from_bytes(one[start - 4 : start], "big")])
        assert len(pixels) == faces.SIZE * (1 + 4 * faces.SIZE)
        assert len(one) < 2_000


GIF: Final = b"GIF89a" + (30).to_bytes(2, "little") + (20).to_bytes(2, "little") + bytes(10)
JPEG: Final = (
    b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08" + (20).to_bytes(2, "big") + (30).to_bytes(2, "big") + bytes(9)
)


@pytest.mark.parametrize(("content", "kind"), [(GIF, "image/gif"), (JPEG, "image/jpeg")])
def test_other_pictures_are_known_by_their_content(content: bytes, kind: str) -> None:
    read = pictures.read("logo", content)

    assert (read.content_type, read.width, read.height) == (kind, 30, 20)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("smiley-9", GIF, "choose one of smiley-1, "),
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or GIF"),
        ("logo", JPEG[:12], "no PNG, JPEG or GIF"),
        ("logo", GIF + bytes(100_000), "100,000 are the most"),
        ("logo", b"GIF89a" + b"\xff\xff\x01\x00", "65535 by 1 pixels"),
        ("logo", b"GIF89a" + bytes(8), "0 by 0 pixels"),
    ],
)
def test_what_cannot_stand_in_a_letter_is_refused_with_the_remedy(name: str, content: bytes, why: str) -> None:
    with pytest.raises(OutboxFault, match=rf"picture {name}: .*{why}"):
        pictures.read(name, content)


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8", b""]), st.binary(max_size=60))
def test_no_file_breaks_reading(begins: bytes, rest: bytes) -> None:
    with suppress(OutboxFault):
        read = pictures.read("logo", begins + rest)
        assert 0 < read.shown[0] <= 280
        assert 0 < read.shown[1] <= 90


# --------------------------------------------------------------------------------------------------- the letter


def letter(thread: Thread = Thread(45), *files: Attachment) -> Letter:  # noqa: B008 - frozen
    words = worded("ask_smileys", "ru")
    found = [Attachment(one.file_name, one.content_type, one.content, one.cid) for one in words.pictures]
    asked = new_letter(
        thread=thread,
        nature=Nature.ASK,
        occasion="ask 1",
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=[*files, *found],
        unsubscribe=STOP,
    )
    made = kept(asked)
    return Letter(**{name: getattr(made, name) for name in Letter.__dataclass_fields__} | {"unsubscribe": STOP})


def read(content: bytes) -> EmailMessage:
    made = message_from_bytes(content, policy=policies.default)
    assert isinstance(made, EmailMessage)
    return made


def test_it_says_how_to_want_no_more_and_that_no_machine_should_answer() -> None:
    message = read(compose(letter()))

    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] == "bulk"


@pytest.mark.parametrize("files", [[], [Attachment("act.pdf", "application/pdf", b"%PDF")]])
def test_pictures_lie_beside_the_html_that_names_them(files: list[Attachment]) -> None:
    message = read(compose(letter(Thread(45), *files)))

    html = message.get_body(("html",))
    related = message.get_body(("related",))
    assert html is not None
    assert related is not None
    parts = list(related.iter_parts())
    assert parts[0].get_content() == html.get_content()
    named = re.findall(r'src="cid:([^"]+)"', html.get_content())
    assert [part["Content-ID"] for part in parts[1:]] == [f"<{cid}>" for cid in named]
    assert [part.get_content() for part in parts[1:]] == [faces.face(step) for step in range(1, 6)]
    assert {part.get_content_disposition() for part in parts[1:]} == {"inline"}
    assert [part.get_filename() for part in message.iter_attachments()] == [one.name for one in files]
    assert compose(letter(Thread(45), *files)) == compose(letter(Thread(45), *files))


def test_a_letter_about_no_request_has_an_id_and_own_address_and_is_in_no_thread() -> None:
    one, made = letter(Thread(None)), mint()

    assert re.fullmatch(r"<0\.0\.7\.[a-z2-7]{16}@example\.org>", one.message_id)
    assert made.read_id(one.message_id) is None
    assert one.reply_to == made.address
    with pytest.raises(ValueError, match="belongs to a request"):
        Thread(None, 5)
