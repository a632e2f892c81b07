"""Files, proposals, rehearsals and judgements of the dictionary in the register."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from caseline.actions import (
    check_keywords,
    edit_keywords,
    evaluate_keywords,
    keywords_at_hand,
    learn_keywords,
    read_keywords,
    rehearse_keywords,
)
from caseline.actions.edit_keywords import Consent
from caseline.crm.cards import Category
from keywords import expansion, history, store
from keywords.drafts import Draft
from keywords.editing import Edit
from keywords.entries import Entry, Slot
from keywords.faults import NothingToJudge
from keywords.rules import Rules
from keywords.store import Overtaken
from keywords.vocabulary import Kind, Scoring
from tests.factories import pages
from tests.factories.cards import ServiceDesk, service_desk

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
WORDS = ["возврат", "деньги", "ремонт", "курьер", "счёт", "гарантия", "щиток", "доставка", "отказ", "замена"]


@pytest.fixture
def desk(database_url: str) -> ServiceDesk:
    made = service_desk(database_url)
    for code in ("returns", "repair", "delivery"):
        made.category(code, 24)
    return made


def entries(desk: ServiceDesk) -> list[tuple[object, ...]]:
    return desk.query("SELECT keyword, weight, category, kind, enabled, note FROM keywords.entry ORDER BY id")


def save(desk: ServiceDesk, edits: list[Edit], settings: Rules | None = None) -> int:
    draft = Draft(login="anna", source="edit", title="", edits=tuple(edits), settings=settings, made_at=NOW)
    number = edit_keywords.propose(desk.house, draft)
    return edit_keywords.save(
        desk.house, number, Consent(by="anna", reason="a test", effect={}, switch_agreed=True), now=NOW
    )


def test_a_file_changes_entries_and_doubles_none(desk: ServiceDesk) -> None:
    pages.dictionary(
        desk.house, Entry("возврат", 60, "returns", note="first"), Entry("щиток", 40, "repair", Kind.EXACT)
    )
    content = (
        "keyword;weight;category;note\n"
        "Возвраты;70;RETURNS;\n"  # the same words in another form
        "щиток;40;repair;\n"
        "курьер;50;Delivery;new\n"
    ).encode("cp1251")

    found = check_keywords.from_file(desk.house, content, "words.csv")
    save(desk, list(found.edits))

    assert (found.new, found.updated, found.unchanged, found.faults) == (1, 1, 1, ())
    assert entries(desk) == [
        ("Возвраты", 70, "returns", "forms", True, "first"),
        ("щиток", 40, "repair", "exact", True, ""),
        ("курьер", 50, "delivery", "forms", True, "new"),
    ]


def test_rows_without_a_kind_mean_the_entries_of_any_kind_and_other_rows_those_of_theirs(desk: ServiceDesk) -> None:
    pages.dictionary(
        desk.house,
        Entry("щиток", 40, "repair", Kind.EXACT),
        Entry("гаран", 5, "repair", Kind.PREFIX),
        Entry("курьер", 7, "repair", Kind.EXACT),
        Entry("отказ", 8, "returns", Kind.EXACT),
        Entry("замена", 9, "returns", Kind.EXACT),
    )
    content = (
        "keyword,weight,category,kind\n"
        "Щиток,41,repair,\n"
        "гаран,6,repair,\n"
        "курьер,8,delivery,\n"  # the only one of these words moves
        "отказ,9,returns,exact\nотказ,10,returns,\n"  # the first row names the entry, so the second is another one
        "замена,1,delivery,\nзамена,2,repair,\n"  # two rows, and nobody knows which of them is meant
    ).encode()

    found = check_keywords.from_file(desk.house, content, "words.csv")
    save(desk, list(found.edits))

    assert entries(desk) == [
        ("Щиток", 41, "repair", "exact", True, ""),
        ("гаран", 6, "repair", "prefix", True, ""),
        ("курьер", 8, "delivery", "exact", True, ""),
        ("отказ", 9, "returns", "exact", True, ""),
        ("замена", 9, "returns", "exact", True, ""),
        ("отказ", 10, "returns", "forms", True, ""),
        ("замена", 1, "delivery", "forms", True, ""),
        ("замена", 2, "repair", "forms", True, ""),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_no_two_rows_of_a_file_mean_the_same_entry(desk: ServiceDesk, *, turned: bool) -> None:
    pages.dictionary(desk.house, Entry("кошка", 40, "returns", Kind.EXACT))
    rows = ["кошка,90,repair,exact", "кошка,80,delivery,"]
    content = "\n".join(["keyword,weight,category,kind", *(reversed(rows) if turned else rows)]).encode()

    found = check_keywords.from_file(desk.house, content, "words.csv")
    save(desk, list(found.edits))

    assert (found.new, found.updated) == (1, 1)
    assert entries(desk) == [
        ("кошка", 90, "repair", "exact", True, ""),
        ("кошка", 80, "delivery", "forms", True, ""),
    ]


def test_a_row_means_the_entry_of_its_category_before_it_moves_one_of_another(desk: ServiceDesk) -> None:
    pages.dictionary(desk.house, Entry("щиток", 10, "returns"), Entry("щиток", 20, "repair", Kind.EXACT))
    content = "keyword,weight,category,kind\nщиток,25,repair,\nщиток,5,delivery,exact\n".encode()

    found = check_keywords.from_file(desk.house, content, "words.csv")
    save(desk, list(found.edits))

    assert entries(desk) == [
        ("щиток", 10, "returns", "forms", True, ""),
        ("щиток", 25, "repair", "exact", True, ""),
        ("щиток", 5, "delivery", "exact", True, ""),
    ]


def test_a_row_without_a_kind_moves_no_entry_into_the_place_of_another_row(desk: ServiceDesk) -> None:
    pages.dictionary(desk.house, Entry("щиток", 10, "returns", Kind.EXACT))
    content = "keyword,weight,category,kind\nщиток,1,repair,exact\nщиток,2,delivery,exact\nщиток,3,repair,\n".encode()

    found = check_keywords.from_file(desk.house, content, "words.csv")

    assert (found.new, found.updated, found.faults) == (3, 0, ())
    assert check_keywords.faults(desk.house, found.edits) == {}


def test_a_bad_row_costs_itself_and_is_named(desk: ServiceDesk) -> None:
    content = "keyword,weight,category\nвозврат,60,returns\nщиток,600,repair\n,5,returns\nx,1,nowhere\n".encode()

    found = check_keywords.from_file(desk.house, content, "words.csv")

    assert len(found.edits) == 1
    assert [fault.row for fault in found.faults] == [3, 4, 5, 5]
    assert "600 is out of range" in found.faults[0].text


def test_what_is_exported_is_read_back_without_a_change(desk: ServiceDesk) -> None:
    pages.dictionary(
        desk.house,
        Entry("=возврат", 60, "returns", note='-1+2, "кавычки"\nи строка'),
        Entry("отказ", 0, "repair", blocking=True),
        Entry("гаран", 5, "repair", Kind.PREFIX, enabled=False),
    )

    found = check_keywords.from_file(desk.house, read_keywords.exported(desk.house).encode(), "again.csv")

    assert (found.edits, found.unchanged, found.faults) == ((), 3, ())


def test_an_entry_with_the_words_of_another_is_refused(desk: ServiceDesk) -> None:
    first, _ = pages.dictionary(desk.house, Entry("возврат", 60, "returns"), Entry("щиток", 40, "repair"))

    same = check_keywords.faults(desk.house, [Edit(Entry("возвраты", 10, "returns"))])
    elsewhere = check_keywords.faults(desk.house, [Edit(Entry("возвраты", 10, "repair"))])
    itself = check_keywords.faults(desk.house, [Edit(Entry("возвраты", 10, "returns", id=first), first)])

    assert [fault.code for fault in same[0]] == ["KNOWN"]
    assert (elsewhere, itself) == ({}, {})


def test_two_hundred_dry_runs_say_what_saving_and_classifying_then_says(desk: ServiceDesk) -> None:
    chance = random.Random(7)
    for _ in range(40):
        desk.open("2026-06-08 10:00", description=" ".join(chance.choices(WORDS, k=6)), subject=chance.choice(WORDS))
    recent = rehearse_keywords.Recent()
    for _ in range(200):
        before = _categories(desk)
        edits, settings = _random_edits(desk, chance)
        told = recent.compare(desk.house, edits, settings)

        save(desk, edits, settings)

        after = _categories(desk)
        moved = {(key, before[key], after[key]) for key in before if before[key] != after[key]}
        assert {(key, step.old, step.new) for step, ids in told.steps.items() for key in ids} == moved
        assert told.total == 40


def test_words_of_requests_that_a_dry_run_keeps_no_more_go_with_them(
    desk: ServiceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearse_keywords, "MOST", 1)
    recent = rehearse_keywords.Recent()
    for word in WORDS[:4]:
        desk.open("2026-06-08 10:00", description=word)
        assert recent.compare(desk.house, [], None, most=1).total == 1

    assert set(WORDS) & set(recent._words) == {WORDS[3]}


def _categories(desk: ServiceDesk) -> dict[int, str | None]:
    classifier = keywords_at_hand.now(desk.house).classifier
    found = desk.query("SELECT id, description, subject FROM crm.record")
    return {key: classifier.decide(body, subject).category for key, body, subject in found}


def _random_edits(desk: ServiceDesk, chance: random.Random) -> tuple[list[Edit], Rules | None]:
    found = _any_edits(desk, chance)
    while check_keywords.faults(desk.house, found[0]):
        found = _any_edits(desk, chance)
    return found


def _any_edits(desk: ServiceDesk, chance: random.Random) -> tuple[list[Edit], Rules | None]:
    loaded = keywords_at_hand.now(desk.house)
    code = chance.choice(["returns", "repair", "delivery"])
    phrase = " ".join(chance.choices(WORDS, k=chance.choice([1, 1, 2])))
    edits = [Edit(Entry(phrase, chance.randint(1, 100), code))]
    if loaded.kept:
        kept = chance.choice(loaded.kept)
        other = Entry(kept.entry.keyword, chance.randint(1, 100), code, enabled=chance.random() < 0.8, id=kept.id)
        edits.append(Edit(chance.choice([other, None]), kept.id, kept.version))
    scoring, order = chance.choice(list(Scoring)), chance.choice([(), ("repair",), ("delivery", "returns")])
    rules = Rules(scoring=scoring, subject_factor=chance.choice([0, 1, 2]), category_order=order)
    return edits, rules if chance.random() < 0.3 else None


def test_history_tells_the_dictionary_of_every_version(desk: ServiceDesk) -> None:
    chance, known = random.Random(3), {}
    for _ in range(30):
        edits, settings = _random_edits(desk, chance)
        version = save(desk, edits, settings)
        with desk.house.engine.connect() as connection:
            known[version] = ({kept.id: kept.entry for kept in store.entries(connection)}, store.rules(connection))

    with desk.house.engine.connect() as connection:
        for version, expected in known.items():
            assert history.as_of(connection, version) == expected
        assert history.as_of(connection, 0)[0] == {}
    edit_keywords.restore(desk.house, 5, edit_keywords.Wish(by="anna", reason="back"), now=NOW)
    with desk.house.engine.connect() as connection:
        assert {kept.id: kept.entry for kept in store.entries(connection)} == known[5][0]


def test_whoever_saves_over_an_entry_he_has_not_seen_saves_nothing(desk: ServiceDesk) -> None:
    (entry,) = pages.dictionary(desk.house, Entry("возврат", 60, "returns"))
    stale = Edit(Entry("возврат", 80, "returns", id=entry), entry, keywords_at_hand.now(desk.house).kept[0].version)
    save(desk, [Edit(Entry("возврат", 70, "returns", id=entry), entry)])

    with pytest.raises(Overtaken):
        save(desk, [stale, Edit(Entry("щиток", 1, "repair"))])

    assert entries(desk) == [("возврат", 70, "returns", "forms", True, "")]


def test_what_is_learned_waits_as_a_draft_with_reasons_and_is_taken_in_part(desk: ServiceDesk) -> None:
    for number in range(12):
        desk.open("2026-06-08 10:00", description=f"прошу возврат денег {number}", category="returns")
        desk.open("2026-06-08 10:00", description=f"нужен ремонт щитка {number}", category="repair")
    taught = learn_keywords.examples(desk.house)
    rules = learn_keywords.rules(desk.house, None)
    learned = learn_keywords.learn(taught, rules, entries_per_category=3)

    number = learn_keywords.propose(desk.house, learned, taught, by="anna", now=NOW)
    part = learn_keywords.take(desk.house, number, [0], by="anna", now=NOW)

    review = edit_keywords.review(desk.house, number)
    assert len(review.draft.details) == len(review.lines) > 1
    assert review.draft.details[0]["precision"] == 1
    assert review.draft.details[0]["examples"]
    edit_keywords.save(desk.house, part, Consent(by="anna", reason="good", effect={}), now=NOW)
    assert len(entries(desk)) == 1
    ((source,),) = desk.query("SELECT source FROM keywords.revision")
    assert source == "learned"


def test_the_dictionary_is_judged_by_what_people_say_and_not_by_itself(desk: ServiceDesk) -> None:
    with pytest.raises(NothingToJudge):
        evaluate_keywords.evaluate(desk.house, now=NOW)
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"), Entry("ремонт", 60, "repair"))
    desk.open("2026-06-08 09:00", description="возврат", category="returns")
    assert evaluate_keywords.evaluate(desk.house, now=NOW)["texts"] == 1, "a single moment is judged as it is"
    desk.query("DELETE FROM crm.record")
    for _ in range(10):
        desk.open("2026-06-08 10:00", description="возврат")
    for hour in range(10):
        desk.open(f"2026-06-09 1{hour}:00", description="возврат", category="returns" if hour % 2 else "repair")

    found = evaluate_keywords.evaluate(desk.house, now=NOW)

    assert (found["texts"], found["accuracy"], found["coverage"]) == (2, 0.5, 1.0)
    assert evaluate_keywords.kept(desk.house)[0].version == 1


def test_a_learned_switch_of_scoring_takes_back_no_setting_that_was_changed_meanwhile(desk: ServiceDesk) -> None:
    for number in range(12):
        desk.open("2026-06-08 10:00", description=f"прошу возврат денег {number}", category="returns")
        desk.open("2026-06-08 10:00", description=f"нужен ремонт щитка {number}", category="repair")
    taught = learn_keywords.examples(desk.house)
    wanted = learn_keywords.rules(desk.house, Scoring.SUM)
    learned = learn_keywords.learn(taught, wanted, entries_per_category=3)
    save(desk, [], Rules(min_score=5))  # while it learns

    number = learn_keywords.propose(desk.house, learned, taught, by="anna", now=NOW)
    part = learn_keywords.take(desk.house, number, [0], by="anna", now=NOW)

    assert edit_keywords.review(desk.house, number).draft.settings == Rules(scoring=Scoring.SUM, min_score=5)
    save(desk, [], Rules(min_score=6))  # before it is accepted
    for draft in (number, part):
        with pytest.raises(Overtaken):
            edit_keywords.save(
                desk.house, draft, Consent(by="anna", reason="x", effect={}, switch_agreed=True), now=NOW
            )
    assert (keywords_at_hand.now(desk.house).rules, entries(desk)) == (Rules(min_score=6), [])


def test_a_draft_of_before_the_upgrade_leaves_the_order_of_categories(desk: ServiceDesk) -> None:
    wanted = Rules(scoring=Scoring.SUM)
    draft = Draft(login="anna", source="learned", title="", edits=(), settings=wanted, made_at=NOW)
    number = edit_keywords.propose(desk.house, draft)
    desk.query("UPDATE keywords.draft SET settings = settings - 'category_order'")
    save(desk, [], Rules(category_order=("repair", "returns")))

    part = learn_keywords.take(desk.house, number, [], by="anna", now=NOW)
    for each in (number, part):
        found = edit_keywords.review(desk.house, each).draft.settings
        assert found == replace(wanted, category_order=("repair", "returns"))


def test_the_report_names_conflicts_and_entries_of_no_use(desk: ServiceDesk) -> None:
    pages.dictionary(
        desk.house,
        Entry("возврат", 60, "returns"),
        Entry("возвраты", 50, "repair"),
        Entry("щиток", 40, "repair"),
        Entry("возврат денег", 30, "returns"),
    )
    for _ in range(3):
        desk.open("2026-06-08 10:00", description="возврат")

    found = read_keywords.report(desk.house)

    assert {(pair.one.keyword, pair.other.keyword) for pair in found.review.conflicts} == {("возврат", "возвраты")}
    assert [entry.keyword for entry in found.dead] == ["щиток", "возврат денег"]
    assert [entry.keyword for entry, _ in found.idle] == ["возвраты"]
    assert {entry.keyword for entry, _ in found.too_general} == {"возврат", "возвраты"}
    assert found.scored == 3


def test_the_report_calls_no_entry_dead_that_stands_inside_others_or_blocks(desk: ServiceDesk) -> None:
    pages.dictionary(
        desk.house,
        Entry("возврат", 60, "returns"),
        Entry("возврат денег", 30, "returns"),
        Entry("щиток", 0, "repair", blocking=True),
        Entry("курьер", 0, "repair", blocking=True),
    )
    desk.open("2026-06-08 10:00", description="возврат денег, щиток")

    found = read_keywords.report(desk.house)

    assert [entry.keyword for entry in found.dead] == ["курьер"]
    assert [(entry.keyword, use.hits) for entry, use in found.idle] == [("возврат", 1)]
    assert desk.query("SELECT cardinality(entries), cardinality(silent) FROM keywords.scored") == [(1, 2)]


def test_the_report_calls_no_entry_dead_that_may_have_been_silent_in_requests_of_before_the_upgrade(
    desk: ServiceDesk,
) -> None:
    pages.dictionary(
        desk.house,
        Entry("щиток", 0, "repair", blocking=True),
        Entry("курьер", 50, "delivery"),
        Entry("возврат", 60, "returns"),
        Entry("возврат денег", 30, "returns"),
    )
    for _ in range(2):
        desk.open("2026-06-08 10:00", description="щиток, возврат денег")
    desk.query("UPDATE keywords.scored SET silent = NULL")

    found = read_keywords.report(desk.house)

    assert (found.scored, [entry.keyword for entry in found.dead]) == (2, ["курьер"])


def test_a_category_of_an_entry_cannot_vanish_under_it(desk: ServiceDesk) -> None:
    pages.dictionary(desk.house, Entry("возврат", 60, "returns"))
    with desk.house.engine.begin() as connection:
        desk.intake.cards.put_category(connection, Category(code="returns", label="x", hours=1, active=False))

    assert check_keywords.faults(desk.house, [Edit(Entry("возврат", 61, "returns", id=1), 1)]) == {}


def both(desk: ServiceDesk, one: Edit, other: Edit) -> list[str]:
    """What came of two drafts that are saved at the very same time."""
    drafts = [Draft(login="anna", source="edit", title="", edits=(edit,), made_at=NOW) for edit in (one, other)]
    numbers = [edit_keywords.propose(desk.house, draft) for draft in drafts]
    together = threading.Barrier(2)

    def save_it(number: int) -> str:
        together.wait()
        try:
            edit_keywords.save(desk.house, number, Consent(by="anna", reason="a test", effect={}), now=NOW)
        except (Overtaken, edit_keywords.NotSaved) as error:
            return type(error).__name__
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(save_it, numbers))


def test_of_two_who_save_at_the_same_moment_one_is_first_and_nothing_is_lost(desk: ServiceDesk) -> None:
    first, second = pages.dictionary(desk.house, Entry("возврат", 60, "returns"), Entry("щиток", 40, "repair"))

    def edit(number: int, weight: int) -> Edit:
        kept = next(kept for kept in keywords_at_hand.now(desk.house).kept if kept.id == number)
        return Edit(replace(kept.entry, weight=weight), number, kept.version)

    assert both(desk, edit(first, 61), edit(first, 62)) == ["Overtaken", "saved"]
    assert both(desk, edit(first, 70), edit(second, 41)) == ["saved", "saved"]
    assert both(desk, Edit(Entry("курьер", 1, "repair")), Edit(Entry("курьеры", 2, "repair"))) == ["NotSaved", "saved"]

    assert [row[1] for row in entries(desk)][:2] == [70, 41]
    assert len(entries(desk)) == 3
    assert desk.query("SELECT version FROM keywords.revision ORDER BY version") == [(n,) for n in range(1, 6)]


def test_forms_are_stored_when_an_entry_is_saved_and_made_anew_when_they_are_of_older_rules(desk: ServiceDesk) -> None:
    pages.dictionary(desk.house, Entry("щиток", 40, "repair"), Entry("гаран", 5, "repair", Kind.PREFIX))
    expected = [expansion.slots("щиток"), expansion.slots("гаран", Kind.PREFIX)]
    stored = desk.query("SELECT slots, expansion FROM keywords.entry ORDER BY id")
    assert [(expansion.restored(slots), number) for slots, number in stored] == [
        (slots, expansion.VERSION) for slots in expected
    ]

    def slots() -> list[tuple[Slot, ...]]:
        with desk.house.engine.connect() as connection:
            return [kept.expanded.slots for kept in store.entries(connection)]

    with desk.house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE keywords.entry SET slots = '[[[\"x\"], false]]'"))
    assert slots() == [(Slot(("x",)),)] * 2, "what is stored is believed"
    with desk.house.engine.begin() as connection:
        connection.execute(sa.text("UPDATE keywords.entry SET expansion = expansion - 1"))
    assert slots() == expected


def test_the_same_words_added_by_two_at_once_are_saved_once(desk: ServiceDesk) -> None:
    save(desk, [Edit(Entry("возврат", 60, "returns"))])

    with pytest.raises(edit_keywords.NotSaved, match="cannot be saved"):
        save(desk, [Edit(Entry("возвраты", 70, "returns"))])
    with pytest.raises(edit_keywords.NotSaved, match="cannot be saved"):
        save(desk, [Edit(Entry("деньги", 70, "nowhere"))])

    assert [row[0] for row in entries(desk)] == ["возврат"]
