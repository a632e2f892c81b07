"""Pages that are kept with blanks: drawn once for what they depend on, each reader's own words are his, and escaped."""

from collections.abc import Mapping

from caseline.web.public.blank_page import Blanks


class Drawing:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, words: Mapping[str, str]) -> str:
        self.times += 1
        return f"<form action='{words['path']}'>{words['mark']} {words['path']}</form>"


def test_a_page_is_drawn_once_and_filled_in_for_each_reader() -> None:
    kept, draw, form = Blanks(), Drawing(), object()

    first = kept.filled(("ru",), form, {"path": "/f/1", "mark": "a"}, draw)
    second = kept.filled(("ru",), form, {"path": "/f/2", "mark": "b"}, draw)

    assert first == "<form action='/f/1'>a /f/1</form>"
    assert second == "<form action='/f/2'>b /f/2</form>"
    assert draw.times == 1


def test_another_key_or_another_thing_is_drawn_anew() -> None:
    kept, draw, form = Blanks(), Drawing(), {"title": "How was it?"}
    words = {"path": "/f/1", "mark": "a"}
    for key, about in ((("ru",), form), (("en",), form), (("ru",), dict(form)), (("ru",), form)):
        kept.filled(key, about, words, draw)

    assert draw.times == 3


def test_what_a_reader_brings_is_escaped() -> None:
    found = Blanks().filled((), object(), {"path": "/f/<b>'", "mark": '"'}, Drawing())

    assert found == "<form action='/f/&lt;b&gt;&#39;'>&#34; /f/&lt;b&gt;&#39;</form>"


def test_not_more_are_kept_than_there_is_room_for() -> None:
    kept, draw, form = Blanks(), Drawing(), object()
    words = {"path": "/f/1", "mark": "a"}
    for number in range(1_200):
        kept.filled((number,), form, words, draw)

    assert draw.times == 1_200
    assert len(kept._kept) <= 500
