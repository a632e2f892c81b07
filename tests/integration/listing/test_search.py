"""What is found: words in their forms in two languages, codes in any spelling, numbers; whatever is typed."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from caseline.actions import index_texts, list_requests, search_requests
from caseline.actions.list_requests import Asked
from caseline.actions.search_requests import Found, Outcome
from caseline.crm.tables import record
from caseline.listing import conditions, search_store
from caseline.listing.hits import Narrow
from caseline.listing.meaning import Moment
from caseline.people.access import Viewer
from caseline.people.rights import Role
from tests.factories.cards import ServiceDesk, moscow
from tests.integration.listing.conftest import NOW, Search

TEXTS = {
    "pump": "Циркуляционный насос перегревается, счёт оплачен",
    "crane": "Протекает кран. Ещё не работает насосная станция",
    "breaker": "Сгорел автомат ВА 47-29 на щите",
    "english": "The pumps were heating; invoice S201-C16 attached",
    "html": "<b>Undo</b> & <script>alert(1)</script> молния",
}


@pytest.fixture
def opened(desk: ServiceDesk) -> ServiceDesk:
    for number, (subject, text) in enumerate(TEXTS.items()):
        desk.open(f"2026-06-0{number + 1} 10:00", subject=subject, description=text, number=f"R-26-00{number + 1}77")
    return desk


MEANT = {
    "насосы": ["pump"],
    "НАСОСАМИ": ["pump"],
    "насос*": ["crane", "pump"],
    "насосами*": ["crane", "pump"],
    "счет": ["pump"],
    "счёт": ["pump"],
    "насос -счёт": [],
    "насос OR кран": ["crane", "pump"],
    '"протекает кран"': ["crane"],
    '"кран протекает"': [],
    "pump": ["english", "pump"],
    "heats": ["english"],
    "BA47-29": ["breaker"],
    "ва 47-29": ["breaker"],
    "ВА4729": ["breaker"],
    "s201": ["english"],
    "S201/С16": ["english"],
    "ва47*": ["breaker"],
    "R-26-00377": ["breaker"],
    "r-26-00377": ["breaker"],
    "R-26": ["html", "english", "breaker", "crane", "pump"],
    "377": ["breaker"],
    "молния": ["html"],
    "ничего такого": [],
}


@pytest.mark.usefixtures("opened")
def test_what_is_typed_finds_what_people_mean(subjects: Search) -> None:
    assert {typed: subjects(typed) for typed in MEANT} == MEANT


@pytest.mark.usefixtures("opened")
def test_what_says_nothing_finds_nothing_and_says_so(ask: Callable[[str], Found]) -> None:
    said = {typed: ask(typed) for typed in ("не и на", "", "   ", "-насос", '""', "***", "the of", "()&|!<->")}

    assert {found.outcome for found in said.values()} == {Outcome.NOTHING}
    assert not [typed for typed, found in said.items() if found.cards]


HOSTILE = (
    "'; DROP TABLE crm.search; --",
    "насос' & !'",
    "':*' | (насос",
    "\\'насос\\",
    "%насос%",
    "насос\x00кран",
    "<-> <2> насос:*A",
    "=ва4729' | '",
    "ва47':*",
    "\ud800насос",
    "насос " * 50_000,
    "и" * 1_000_000,
    '"' * 1_000,
    "- -- --- ((((",
    "%_%1",
    "1%",
    "_2_",
)


def test_nothing_that_is_typed_is_an_error_or_does_harm(opened: ServiceDesk, ask: Callable[[str], Found]) -> None:
    for typed in HOSTILE:
        assert ask(typed).outcome in Outcome

    assert opened.query("SELECT count(*) FROM crm.search") == [(len(TEXTS),)]


@pytest.mark.usefixtures("opened")
def test_passages_mark_what_was_found_and_leave_signs_as_they_are(ask: Callable[[str], Found]) -> None:
    (_card, shown) = ask("молния").cards[0]
    pieces = [piece for passage in shown.passages for piece in passage]

    assert [piece.text for piece in pieces if piece.hit] == ["молния"]
    assert not [piece for piece in pieces if {"\x02", "\x03", "\x04"} & set(piece.text)]
    (_card, shown) = ask("Ва47-29").cards[0]
    assert [piece.text for passage in shown.passages for piece in passage if piece.hit] == ["ВА 47-29"]


def test_an_old_key_finds_its_request(opened: ServiceDesk, subjects: Search) -> None:
    opened.query("UPDATE crm.record SET source = 's2', origin = '500Gk00000AbCdE' WHERE subject = 'crane'")
    opened.query("UPDATE crm.record SET source = 's1', origin = 'x1' WHERE subject = 'pump'")

    assert subjects("500Gk00000AbCdE") == ["crane"]
    assert subjects("500gk00000abcde") == ["crane"]


def test_edited_and_deleted_requests_are_found_by_what_they_say_now(opened: ServiceDesk, subjects: Search) -> None:
    assert subjects("автомат") == ["breaker"]
    opened.query("UPDATE crm.record SET description = 'Заменили задвижку' WHERE subject = 'breaker'")
    opened.query("DELETE FROM crm.event")
    opened.query("DELETE FROM crm.stage_row WHERE record_id IN (SELECT id FROM crm.record WHERE subject = 'pump')")
    opened.query("DELETE FROM crm.record WHERE subject = 'pump'")

    assert subjects("автомат") == []
    assert subjects("задвижки") == ["breaker"]
    assert subjects("счет") == []
    assert opened.query("SELECT count(*) FROM crm.search") == [(len(TEXTS) - 1,)]


def test_a_text_of_any_size_becomes_searchable(desk: ServiceDesk, subjects: Search) -> None:
    words = " ".join(f"слово{number:x}б" for number in range(300_000))
    desk.open("2026-06-01 10:00", subject="large " * 5_000, description="начало " + words)
    desk.open("2026-06-02 10:00", subject="word", description="я" * 3_000_000)

    assert [one[:5] for one in subjects("начало")] == ["large"]


CAP = 2_000


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_store, "CAP", CAP)


@pytest.mark.usefixtures("_few")
def test_more_hits_than_are_fetched_are_walked_through_newest_first(desk: ServiceDesk) -> None:
    many(desk, CAP + 500)
    index_texts.index(desk.house, now=NOW)

    found = search_requests.search(desk.house, "обычный", limit=3)

    assert (found.outcome, found.hits) == (Outcome.MANY, None)
    assert [card.subject for card, _ in found.cards] == [f"made {CAP + 500 - n}" for n in range(3)]
    with desk.house.engine.connect() as connection:
        hits = search_store.find(connection, "обычный редкий250")
        assert (hits.outcome, len(hits.ids)) == (Outcome.FOUND, 1)
        many_hits = search_store.clause(search_store.find(connection, "обычный"))
        assert connection.scalar(sa.select(sa.func.count()).select_from(record).where(many_hits)) == CAP + 500


@pytest.mark.usefixtures("_few")
def test_a_choice_of_companies_and_time_makes_the_hit_list_short(desk: ServiceDesk) -> None:
    many(desk, CAP + 500)
    (row,) = desk.query(
        "INSERT INTO crm.company (name, created_at, modified_at) VALUES ('A', now(), now()) RETURNING id"
    )
    desk.query("UPDATE crm.record SET company_id = :id WHERE subject = 'made 7'", id=row[0])
    desk.query("UPDATE crm.record SET created_at = '2019-03-04 10:00Z' WHERE subject = 'made 8'")
    index_texts.index(desk.house, now=NOW)

    with desk.house.engine.connect() as connection:
        company = search_store.find(connection, "обычный", Narrow(companies=(row[0], row[0] + 1)))
        march = search_store.find(
            connection, "обычный", Narrow(since=moscow("2019-02-01 00:00"), until=moscow("2019-04-01 00:00"))
        )

    assert (company.outcome, len(company.ids)) == (Outcome.FOUND, 1)
    assert (march.outcome, len(march.ids)) == (Outcome.FOUND, 1)


def test_a_list_narrows_its_search_by_its_own_conditions(opened: ServiceDesk, ask: Callable[[str], Found]) -> None:
    (row,) = opened.query("INSERT INTO crm.company (name) VALUES ('A') RETURNING id")
    opened.query("UPDATE crm.record SET company_id = :id WHERE subject IN ('pump', 'english')", id=row[0])
    ask("")
    moment, viewer = Moment(NOW, "Europe/Moscow"), Viewer(login_id=1, name="a", role=Role.ADMINISTRATOR)

    def found(*texts: str) -> list[str]:
        asked = Asked(viewer=viewer, moment=moment, conditions=conditions.read_all(texts), search="насос* OR pump")
        return [row.values["subject"] for row in list_requests.page(opened.house, asked, "", ["subject"]).rows]

    assert found() == ["english", "crane", "pump"]
    assert found(f"company:in:{row[0]}") == ["english", "pump"]
    assert found("created_at:from:2026-06-02", "created_at:before:2026-06-04") == ["crane"]
    assert found(f"company:in:{row[0]}", "created_at:from:2026-06-02", "created_at:before:2026-07-01") == ["english"]
    assert found("company:in:999") == []


@pytest.mark.usefixtures("_few")
def test_words_are_looked_for_in_their_index(desk: ServiceDesk) -> None:
    many(desk, 4_000)
    index_texts.index(desk.house, now=NOW)

    with desk.house.engine.connect() as connection:
        hits = search_store.find(connection, "обычный редкий250")
        plan = connection.execute(sa.text("EXPLAIN " + search_store._HITS), {"query": hits.query, "most": CAP + 1})
        read = "\n".join(plan.scalars())
        walk = search_store.in_order(search_store.find(connection, "обычный"), 51)
        plan = connection.execute(sa.text("EXPLAIN " + literal(walk, connection)))
        walked = "\n".join(plan.scalars())

    assert "ix_search_tsv" in read
    assert "Seq Scan" not in read
    assert "ix_record_created_at" in walked
    assert "pk_search" in walked
    assert "Sort" not in walked


def literal(statement: sa.Select[int], engine: sa.Connection) -> str:
    compiled = statement.compile(engine, compile_kwargs={"literal_binds": True})
    return str(compiled).replace(":", "\\:")


def many(desk: ServiceDesk, count: int, filler: str = "") -> None:
    """Requests with a common and a rare word each."""
    desk.query(
        """
        INSERT INTO crm.record (kind, number, subject, description, stage, created_at, modified_at)
        SELECT 'request', 'N' || n, 'made ' || n, 'обычный редкий' || n || ' ' || :filler, 'new', t, t
        FROM generate_series(1, :count) AS n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute') AS at (t)
        """,
        count=count,
        filler=filler,
    )
    desk.query("ANALYZE crm.record")
