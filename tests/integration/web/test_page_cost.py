"""What pages cost the database: a card and a table ask few questions, and what is kept in memory is never stale."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from caseline.actions.wiring import House
from tests.factories import pages
from tests.factories.pages import Browser


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    sa.event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(house.engine, "before_cursor_execute", note)


@pytest.fixture
def signed_in(house: House, browser: Browser) -> Browser:
    pages.login(house, "boss")
    browser.sign_in("boss")
    return browser


def test_a_card_is_read_with_few_statements(house: House, signed_in: Browser) -> None:
    number = pages.request(house, "It does not start.")
    signed_in.get(f"/requests/{number}")

    with counted(house) as statements:
        assert signed_in.get(f"/requests/{number}").status_code == 200

    assert len(statements) <= 18
    assert len([one for one in statements if "crm.record.description" in one]) <= 2  # the card, and its fields


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("UPDATE crm.stage SET label = 'Quite fresh' WHERE code = 'new'", "Quite fresh"),
        ("UPDATE crm.category SET label = 'Water works' WHERE code = 'water'", "Water works"),
        ("INSERT INTO people.\"group\" (name) VALUES ('Night shift')", "Night shift"),
    ],
)
def test_what_somebody_sets_up_elsewhere_is_seen_with_the_next_page(
    house: House, signed_in: Browser, change: str, word: str
) -> None:
    pages.category(house, "water", "Water")
    number = pages.request(house, "It does not start.")
    assert word not in signed_in.get(f"/requests/{number}").text

    with house.engine.begin() as connection:
        connection.execute(sa.text(change))

    assert word in signed_in.get(f"/requests/{number}").text


def test_the_table_is_read_with_few_statements(house: House, signed_in: Browser) -> None:
    pages.request(house, "It does not start.")
    signed_in.client.headers["Accept"] = "text/html"
    signed_in.get("/requests")

    with counted(house) as statements:
        assert "a letter" in signed_in.get("/requests").text

    assert len(statements) <= 11  # a list that does not fill a page looks for rows without a deadline, too
