"""Requests get the category that the dictionary finds: at once when they are opened, in sets after an import."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from caseline.actions import change_request, keep_groups, roll_back, sort_requests
from caseline.actions.change_request import Changes
from caseline.actions.wiring import open_house
from caseline.crm.cards import Category
from caseline.settings import load
from keywords.entries import Entry
from tests.factories import checks, pages
from tests.factories.cards import MOSCOW, ServiceDesk, service_desk
from tests.factories.checks import case
from tests.factories.imports import NOW, Desk

BODY = "Прошу оформить возвраты"


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    made = service_desk(database_url)
    made.category("returns", 24)
    made.category("repair", 48)
    pages.dictionary(made.house, Entry("возврат", 60, "returns"), Entry("ремонт", 70, "repair"))
    return made


def test_a_new_request_is_sorted_and_its_deadline_follows(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", description=BODY)

    assert (card.category, card.category_by) == ("returns", "keywords")
    assert card.deadline is not None
    assert card.deadline.target_s == 24 * 3600
    ((outcome, category, entries),) = desk.query("SELECT outcome, category, entries FROM keywords.scored")
    assert (outcome, category, len(entries)) == ("decided", "returns", 1)


def test_a_category_that_somebody_names_is_not_questioned(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", description=BODY, category="repair")

    assert (card.category, card.category_by) == ("repair", "person")
    assert desk.query("SELECT count(*) FROM keywords.scored") == [(0,)]


def test_a_text_without_keywords_waits_for_a_person(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", description="Какая погода?")

    assert (card.category, card.deadline) == (None, None)
    assert desk.query("SELECT outcome FROM keywords.scored") == [("nothing_found",)]
    changed = desk.categorise(card, "repair", "2026-06-08 11:00")
    assert changed.category_by == "person"


def test_a_category_out_of_use_is_not_given(desk: ServiceDesk) -> None:
    with desk.house.engine.begin() as connection:
        desk.intake.cards.put_category(connection, Category(code="returns", label="x", hours=24, active=False))

    assert desk.open("2026-06-08 10:00", description=BODY).category is None


def test_a_saved_change_counts_for_the_next_request_of_another_process(desk: ServiceDesk, database_url: str) -> None:
    other = service_desk(database_url)
    assert other.open("2026-06-08 10:00", description="щиток").category is None

    pages.dictionary(desk.house, Entry("щиток", 50, "repair"))

    assert other.open("2026-06-08 10:05", description="щиток").category == "repair"


def test_requests_are_looked_at_again_on_demand_and_people_have_the_last_word(desk: ServiceDesk) -> None:
    mine = desk.open("2026-06-08 10:00", description=BODY)
    theirs = desk.categorise(desk.open("2026-06-08 10:00", description=BODY), "returns", "2026-06-08 10:01")
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))

    found = sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)

    assert (found.looked_at, found.categorised) == (1, 1)
    assert desk.query("SELECT max(version) FROM crm.record WHERE category_by = 'keywords'") == [(1,)], "it is no edit"
    with desk.house.engine.connect() as connection:
        cards = [desk.intake.cards.get(connection, card.id) for card in (mine, theirs)]
    assert [card and card.category for card in cards] == ["repair", "returns"]
    assert cards[0] is not None
    assert cards[0].deadline is not None
    assert cards[0].deadline.target_s == 48 * 3600


def test_a_group_that_somebody_chose_stays_when_the_dictionary_changes_its_mind(desk: ServiceDesk) -> None:
    first, second, third = (keep_groups.add(desk.house, name).id for name in ("First", "Second", "Third"))
    desk.category("returns", 24, group_id=first)
    desk.category("repair", 48, group_id=second)
    mine = desk.open("2026-06-08 10:00", description=BODY)
    theirs = desk.open("2026-06-08 10:00", description=BODY)
    change_request.change(desk.house, str(theirs.number or theirs.id), Changes(group="Third"), now=NOW)
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))

    sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)

    found = [desk.read(card) for card in (mine, theirs)]
    assert [(card.category, card.group_id) for card in found] == [("repair", second), ("repair", third)]


@pytest.mark.parametrize("in_a_set", [False, True])
def test_a_group_that_came_with_a_category_follows_also_when_the_category_has_another_one_now(
    desk: ServiceDesk, *, in_a_set: bool
) -> None:
    first, second, third = (keep_groups.add(desk.house, name).id for name in ("First", "Second", "Third"))
    desk.category("returns", 24, group_id=first)
    desk.category("repair", 48, group_id=second)
    card = desk.open("2026-06-08 10:00", description=BODY)
    if in_a_set:
        empty = "UPDATE crm.record SET category = NULL, category_by = NULL, group_id = NULL"
        desk.query(empty)
        desk.query("DELETE FROM keywords.scored")
        sort_requests.sort(desk.house, processes=0, now=NOW)
    assert desk.read(card).group_id == first
    desk.category("returns", 24, group_id=third)
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))

    sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)
    assert desk.read(card).group_id == second

    desk.category("repair", 48, group_id=first)
    pages.dictionary(desk.house, Entry("прошу", 90, "returns"), Entry("оформить", 80, "returns"))
    sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)
    assert (desk.read(card).category, desk.read(card).group_id) == ("returns", third)


def test_a_group_that_a_category_without_one_has_left_goes_with_the_next_category(desk: ServiceDesk) -> None:
    first, second = (keep_groups.add(desk.house, name).id for name in ("First", "Second"))
    desk.category("returns", 24, group_id=first)
    card = desk.open("2026-06-08 10:00", description=BODY)
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))
    sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)
    assert (desk.read(card).category, desk.read(card).group_id) == ("repair", first)

    desk.category("returns", 24, group_id=second)
    pages.dictionary(desk.house, Entry("прошу", 90, "returns"), Entry("оформить", 80, "returns"))
    sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)

    assert (desk.read(card).category, desk.read(card).group_id) == ("returns", second)


def test_a_category_that_somebody_names_again_is_theirs_and_nothing_else_changes(desk: ServiceDesk) -> None:
    card = desk.open("2026-06-08 10:00", description=BODY)
    before = desk.read(card)

    answer = change_request.change(desk.house, str(card.number or card.id), Changes(category="returns"), now=NOW)
    change_request.change(desk.house, str(card.number or card.id), Changes(category="returns"), now=NOW)
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))
    again = sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)

    after = desk.read(card)
    assert (answer.done, after.category_by, after.category) == (True, "person", "returns")
    assert (after.deadline, after.category_set_at) == (before.deadline, before.category_set_at)
    assert again.looked_at == 0
    assert desk.query("SELECT data->>'set_by' FROM crm.event WHERE type = 'category_set' ORDER BY id") == [("person",)]


@pytest.fixture
def imported(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("CASELINE_DATABASE_URL", database_url)
    with open_house(load()) as house:
        pages.category(house, "returns")
        pages.dictionary(house, Entry("возврат", 60, "returns"))
        desk = Desk(house)
        lines = [
            case(1, Description=BODY, ClosedDate=""),
            case(2, Description=BODY, Status="Closed", ClosedDate="2024-05-07 07:08:09"),
            case(3, Description="погода", ClosedDate=""),
        ]
        desk.run(checks.export(tmp_path / "first", lines))
        return desk


def test_imported_requests_are_sorted_without_an_edit_that_a_delta_would_meet(imported: Desk, tmp_path: Path) -> None:
    found = sort_requests.sort(imported.house, processes=2, now=NOW)

    assert (found.looked_at, found.categorised) == (3, 2)
    assert imported.query("SELECT category, category_by, version FROM crm.record ORDER BY origin") == [
        ("returns", "keywords", 1),
        ("returns", "keywords", 1),
        (None, None, 1),
    ]
    assert imported.query("SELECT count(*) FROM crm.deadline") == [(1,)]
    assert imported.query("SELECT bool_and(imported) FROM crm.event WHERE type = 'category_set'") == [(True,)]
    again = sort_requests.sort(imported.house, processes=2, now=NOW)
    assert (again.looked_at, again.categorised) == (0, 0)

    changed = case(1, Subject="Другая тема", Description=BODY, ClosedDate="")
    imported.run(checks.export(tmp_path / "second", [changed]))
    assert imported.query("SELECT subject, category FROM crm.record WHERE version = 2") == [("Другая тема", "returns")]


def test_many_requests_are_shared_among_processes(imported: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(6):
        pages.request(imported.house, "погода")
    pages.dictionary(imported.house, Entry("погода", 50, "returns"))
    monkeypatch.setattr(sort_requests, "PART", 2)
    monkeypatch.setattr(sort_requests, "_WORTH_PROCESSES", 2)
    seen: list[tuple[int, int]] = []

    found = sort_requests.sort(
        imported.house, processes=2, now=NOW, watch=lambda done, total: seen.append((done, total))
    )

    assert (found.looked_at, found.categorised) == (9, 9)
    assert seen[-1] == (9, 9)
    assert len(seen) == 5


def test_a_save_counts_for_the_next_part_of_a_run_that_sorts(imported: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        pages.request(imported.house, "погода")
    with imported.house.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM keywords.scored"))
    monkeypatch.setattr(sort_requests, "PART", 5)

    def save(done: int, _total: int) -> None:
        if done == 5:
            pages.dictionary(imported.house, Entry("погода", 50, "returns"))

    sort_requests.sort(imported.house, processes=1, now=NOW, watch=save)

    sorted_now = "SELECT category FROM crm.record WHERE coalesce(description, subject) = 'погода' ORDER BY id"
    assert imported.query(sorted_now) == [(None,), (None,), (None,), ("returns",)]


def test_looking_again_gives_no_category_that_is_out_of_use(desk: ServiceDesk) -> None:
    desk.open("2026-06-08 10:00", description=BODY)
    pages.dictionary(desk.house, Entry("оформить", 90, "repair"))
    with desk.house.engine.begin() as connection:
        desk.intake.cards.put_category(connection, Category(code="repair", label="x", hours=24, active=False))

    found = sort_requests.sort_again(desk.house, datetime(2026, 6, 1, tzinfo=UTC), now=NOW)

    assert (found.looked_at, found.categorised) == (1, 0)
    assert desk.query("SELECT category FROM crm.record") == [("returns",)]


def test_two_sorters_at_once_and_one_that_dies_sort_every_request_once(
    imported: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.dictionary(imported.house, Entry("погода", 50, "returns"))
    # Opened while the dictionary was another one, so nothing is sorted yet.
    lines = ", ".join(f"('request', 'new', 'погода {n}', '2024-05-06', '2024-05-06')" for n in range(120))
    with imported.house.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM keywords.scored"))
        connection.execute(
            sa.text(f"INSERT INTO crm.record (kind, stage, subject, created_at, modified_at) VALUES {lines}")
        )
    monkeypatch.setattr(sort_requests, "PART", 5)
    dies = iter(range(100))

    def dying(done: int, total: int) -> None:
        if next(dies) == 3:
            raise KeyboardInterrupt(done, total)

    with pytest.raises(KeyboardInterrupt):
        sort_requests.sort(imported.house, processes=1, now=NOW, watch=dying)
    others = [service_desk(database_url).house for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda house: sort_requests.sort(house, processes=1, now=NOW), others))

    assert imported.query("SELECT count(*) FROM crm.record WHERE category IS NULL") == [(0,)]
    assert imported.query("SELECT count(*), count(DISTINCT record_id) FROM crm.event WHERE type = 'category_set'") == [
        (123, 123)
    ]
    assert sum(one.categorised for one in found) + 20 == 123


@pytest.mark.parametrize(("deadline_from", "due"), [("category", "03-03 12:30"), ("receipt", "03-03 09:00")])
def test_a_request_made_here_that_is_sorted_later_gets_its_deadline_as_if_it_were_alone(
    database_url: str, deadline_from: str, due: str
) -> None:
    desk = service_desk(database_url, deadline_from=deadline_from)
    desk.category("returns", 24)
    card = desk.open("2026-03-02 09:00", description=BODY)
    waiting = desk.move(desk.open("2026-03-02 09:00", description=BODY), "waiting", "2026-03-02 10:00")
    closed = desk.move(desk.open("2026-03-02 09:00", description=BODY), "closed", "2026-03-02 10:00")
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"))

    for _ in range(2):
        sort_requests.sort(desk.house, processes=1, now=NOW)

    found = desk.read(card)
    assert found.deadline is not None
    assert f"{found.deadline.due_at.astimezone(ZoneInfo(MOSCOW)):%m-%d %H:%M}" == due
    assert (found.deadline.stopped_at, found.deadline.quiet_until, found.version) == (None, None, card.version)
    standing = desk.read(waiting).deadline
    assert standing is not None
    assert standing.stopped_at == NOW
    assert desk.read(closed).deadline is None
    logged = "SELECT reason, old_due_at, count(*) FROM crm.deadline_change GROUP BY 1, 2"
    assert desk.query(logged) == [("category set", None, 2)]
    told = "SELECT data ->> 'reason', imported, count(*) FROM crm.event WHERE type = 'deadline_set' GROUP BY 1, 2"
    assert desk.query(told) == [("category set", False, 2)]


def test_a_rollback_takes_along_what_the_dictionary_said(imported: Desk) -> None:
    sort_requests.sort(imported.house, processes=1, now=NOW)
    ((run,),) = imported.query("SELECT max(id) FROM staging.run")

    done = roll_back.roll_back(imported.house, run, now=NOW)

    assert done.kept == {}, "what the dictionary found is no edit"
    assert imported.query("SELECT count(*) FROM crm.record") == [(0,)]
    assert imported.query("SELECT count(*) FROM keywords.scored") == [(0,)]
    assert imported.query("SELECT count(*) FROM crm.event WHERE type = 'category_set'") == [(0,)]


ANOTHER_PROCESS = """
import sys
from caseline.actions.wiring import open_house
from caseline.settings import load
with open_house(load()) as house:
    for line in sys.stdin:
        with house.engine.connect() as connection:
            print(house.words.now(connection).classifier.decide(line).category, flush=True)
"""


def test_what_is_saved_here_counts_for_the_next_text_in_a_process_that_runs(imported: Desk, database_url: str) -> None:
    environment = os.environ | {"CASELINE_DATABASE_URL": database_url}
    command = [sys.executable, "-c", ANOTHER_PROCESS]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None

        def ask() -> str:
            print("погода", file=running.stdin, flush=True)
            return str(running.stdout.readline()).strip()  # type: ignore[union-attr] # it was piped

        assert ask() == "None"
        pages.dictionary(imported.house, Entry("погода", 50, "returns"))
        assert ask() == "returns"
        running.stdin.close()
    assert running.returncode == 0
