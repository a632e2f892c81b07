"""A comment's key leads back to the message, whatever signs it has."""

import pytest

from caseline.crm.bitrix24 import letters


@pytest.mark.parametrize("origin", ["m1", "a]b", "[m1]", "two words", "m%5D", "line\nend", " m1 ", "м1", "a\tb"])
def test_a_message_is_found_by_the_key_in_its_comment(origin: str) -> None:
    said = letters.comment("shop", {"kind": "comment", "sent_at": "2024-01-01T00:00:00Z", "origin": origin}, None)

    assert letters.keyed(said) == ("shop", origin)


def test_a_comment_is_the_same_when_only_its_author_has_another_name() -> None:
    message = {"kind": "comment", "sent_at": "2024-01-01T00:00:00Z", "origin": "m1", "text": "Text"}

    assert letters.same(letters.comment("shop", message, "Anna"), letters.comment("shop", message, "Anna Maria"))
    assert not letters.same(
        letters.comment("shop", message, "Anna"), letters.comment("shop", {**message, "text": "x"}, "Anna")
    )
