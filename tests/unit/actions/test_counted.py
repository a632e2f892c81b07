"""Numbers with their nouns."""

import pytest

from caseline.actions.counted import counted


@pytest.mark.parametrize(
    ("number", "one", "said"),
    [
        (0, "file", "0 files"),
        (1, "mailbox", "1 mailbox"),
        (2, "mailbox", "2 mailboxes"),
        (3, "entry", "3 entries"),
        (2, "day", "2 days"),
        (1200, "new mail", "1,200 new mails"),
    ],
)
def test_a_noun_stands_in_the_number_of_its_number(number: int, one: str, said: str) -> None:
    assert counted(number, one) == said


def test_what_is_no_regular_noun_is_given() -> None:
    assert counted(2, "record stays", "records stay") == "2 records stay"
    assert counted(1, "record stays", "records stay") == "1 record stays"
