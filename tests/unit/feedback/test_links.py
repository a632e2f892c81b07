"""A link works as it was sent, and with any sign of it changed it is none."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.feedback import links
from caseline.feedback.links import Known, Link

ID, SECRET = links.mint_id(), links.mint_secret()
KNOWN = Known("review", "audit", (links.digest(links.mint_secret()), links.digest(SECRET)))
PATH = Link("review", "audit", ID, SECRET).path


def opened(path: str, known: Known | None = KNOWN, number: str = ID) -> bool:
    """As the service does it: the path is taken apart, the ask found by the id, and everything compared."""
    parts = path.removeprefix("/f/").split("/")
    link = links.read(*parts) if len(parts) == 3 else None
    return link is not None and links.fits(link, known if link.id == number else None)


def test_a_link_works_as_it_was_sent() -> None:
    assert opened(PATH)


@given(st.data())
def test_any_change_makes_it_no_link(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(PATH) - 1))
    sign = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_./…ё\x00"))
    how = data.draw(st.sampled_from(["changed", "added", "dropped"]))
    changed = PATH[:place] + {"changed": sign, "added": sign + PATH[place], "dropped": ""}[how] + PATH[place + 1 :]

    assert opened(changed) == (changed == PATH)


@pytest.mark.parametrize(
    "known",
    [
        None,
        Known("nps", "audit", KNOWN.digests),
        Known("review", "tax", KNOWN.digests),
        Known("review", "audit", ()),
        Known("review", "audit", KNOWN.digests[:1]),
    ],
)
def test_all_four_parts_belong_together(known: Known | None) -> None:
    assert not opened(PATH, known)


def test_no_two_are_alike_and_none_is_written_out() -> None:
    made = {(links.mint_id(), links.mint_secret()) for _ in range(1_000)}

    assert len({one for one, _ in made}) == len({secret for _, secret in made}) == 1_000
    assert SECRET not in repr(links.read("review", "audit", f"{ID}.{SECRET}"))
    assert SECRET not in Link("review", "audit", ID, SECRET).blanked
    assert SECRET.encode() not in links.digest(SECRET)


@pytest.mark.parametrize(
    ("word", "fit"),
    [
        ("audit", True),
        ("audit-2", True),
        ("Audit", False),
        ("аудит", False),
        ("a--b", False),
        ("", False),
        ("a" * 41, False),
    ],
)
def test_words_of_a_path_are_plain(word: str, fit: bool) -> None:
    assert links.slug(word) == fit
