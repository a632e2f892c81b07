"""A file of fifty thousand rows: read, checked, compared and saved in seconds."""

from datetime import UTC, datetime

import pytest

from caseline.actions import check_keywords, edit_keywords
from caseline.actions.edit_keywords import Consent
from keywords.drafts import Draft
from tests.factories.cards import service_desk

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


@pytest.mark.long
def test_fifty_thousand_rows_take_seconds(database_url: str) -> None:
    desk = service_desk(database_url)
    desk.category("returns", 24)
    lines = (f"возврат товара {n:x}-{n % 7},{n % 100 + 1},returns" for n in range(50_000))
    content = "\n".join(("keyword,weight,category", *lines)).encode()

    found = check_keywords.from_file(desk.house, content, "big.csv")
    draft = Draft(login="anna", source="import", title="big", edits=found.edits, made_at=NOW)
    number = edit_keywords.propose(desk.house, draft)
    assert not check_keywords.faults(desk.house, edit_keywords.review(desk.house, number).draft.edits)
    edit_keywords.save(desk.house, number, Consent(by="anna", reason="big", effect={}), now=NOW)

    assert (found.new, len(found.faults)) == (50_000, 0)
    assert desk.query("SELECT count(*) FROM keywords.entry") == [(50_000,)]
    again = check_keywords.from_file(desk.house, content, "big.csv")
    assert (again.new, again.updated, again.unchanged) == (0, 0, 50_000)
