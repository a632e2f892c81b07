"""What is typed into the search is understood as what it says, whatever is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.listing import codes, snippets, typed
from caseline.listing.search_marks import BREAK, END, START
from caseline.listing.snippets import Piece
from caseline.listing.typed import Beginning, Either, Every, Token, Without, Words


@pytest.mark.parametrize("typed", ["ВА47-29", "ва 47-29", "BA47-29", "Ba47/29", "ВА4729", "ва.47.29", "ВА47‑29"])
def test_all_spellings_of_a_code_meet(typed: str) -> None:
    found = codes.tokens(f"Автомат {typed}, новый")

    assert "=ва4729" in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("кто-то и где-то", []),
        ("в 2024 до 100 шт 25", []),
        ("РЭК77/4", ["=рэк774", "=рэк77"]),
        ("S201-C16", ["=s201с16", "=s201", "=с16"]),
        ("ВА47-29-3P-C16", ["=ва47293рс16", "=ва4729", "=ва47293р", "=ва47", "=3р", "=с16"]),
        ("12.05", ["=1205"]),
        ("a" * 50 + "1", []),
    ],
)
def test_codes_of_a_text_are_its_wholes_their_beginnings_and_their_mixed_pieces(text: str, found: list[str]) -> None:
    assert sorted(codes.tokens(text)) == sorted(token for token in found if len(token) > 3)


def test_a_number_puts_its_digits_without_zeros_there() -> None:
    assert codes.of_number("R-26-0998877") == ["=r260998877", "=998877"]
    assert codes.of_number("") == []


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  ... -- *", None),
        ("насос", Words("насос")),
        ("насос перегрев", Every((Words("насос"), Words("перегрев")))),
        ("насос OR кран", Either((Words("насос"), Words("кран")))),
        ("насос ИЛИ кран вода", Either((Words("насос"), Every((Words("кран"), Words("вода")))))),
        ("насос -кран", Every((Words("насос"), Without(Words("кран"))))),
        ("«не работает»", Words("не работает", row=True)),
        ("насос*", Beginning("насос")),
        ("на*", Words("на*")),
        ("ва47*", Token("=ва47", begins=True)),
        ("BA47-29", Token("=ва4729")),
        ("ва 47-29", Either((Token("=ва4729"), Every((Words("ва"), Token("=4729")))))),
        ("автомат 47-29", Every((Words("автомат"), Token("=4729")))),
        ("998877", Either((Words("998877"), Token("=998877")))),
        ("a@example.org", Words("a@example.org")),
        ("OR OR", None),
    ],
)
def test_what_is_typed_is_understood(text: str, tree: object) -> None:
    assert typed.read(text).tree == tree


@pytest.mark.parametrize(
    ("text", "number"),
    [("R-26-0998877", "R-26-0998877"), (" 00012 ", "00012"), ("насос 12", None), ("насос", None), ("1", None)],
)
def test_what_looks_like_a_number_is_looked_for_as_one(text: str, number: str | None) -> None:
    assert typed.read(text).number == number


def test_a_huge_text_is_cut_and_that_is_said() -> None:
    assert typed.read("насос " * 100_000).cut
    assert typed.read("слово" * 100_000).cut
    assert not typed.read("насос").cut


@given(st.text(max_size=400))
def test_every_text_is_understood_as_something(text: str) -> None:
    query = typed.read(text)

    assert query.tree is None or query.codes is not None
    for code in codes.found(text):
        assert 0 <= code.start < code.end <= len(text)


def test_a_period_is_months_up_to_a_year_and_years_beyond() -> None:
    assert typed.period(date(2025, 12, 3), date(2026, 1, 1)) == ("_m202512", "_m202601")
    assert typed.period(date(2024, 6, 1), date(2026, 1, 1)) == ("_y2024", "_y2025", "_y2026")


def test_passages_are_pieces_that_are_hits_or_not_and_codes_are_hits_too() -> None:
    marked = f"<b>{START}Насосы{END}</b> ВА 47-29{BREAK}ещё"

    assert snippets.passages(marked, ["ва4729"]) == (
        (Piece("<b>"), Piece("Насосы", hit=True), Piece("</b> "), Piece("ВА 47-29", hit=True)),
        (Piece("ещё"),),
    )


def test_a_code_deep_in_a_text_is_shown_with_what_stands_around_it() -> None:
    whole = "слово " * 100 + "автомат BA47-29 сгорел " + "слово " * 100

    (passage,) = snippets.passages("слово слово", ["ва4729"], whole=whole)

    assert [piece.text for piece in passage if piece.hit] == ["BA47-29"]
    assert passage[0].text.startswith("… ")
    assert len("".join(piece.text for piece in passage)) < 250
