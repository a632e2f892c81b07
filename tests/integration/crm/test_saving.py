"""Saving what people type into requests: values, rules, references, and others who save at the same time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from caseline.actions import (
    change_many,
    change_request,
    hand_over,
    keep_rules,
    move_request,
    obey_rules,
    open_request,
    request_form,
    settle_times,
)
from caseline.actions.change_many import Result
from caseline.actions.change_request import Changes
from caseline.actions.find_request import by_id
from caseline.actions.hand_over import Handing
from caseline.actions.move_request import Move
from caseline.actions.open_request import NewRequest, Order
from caseline.actions.save_request import Overtaken
from caseline.actions.seen import Absent
from caseline.actions.work_request import Asker
from caseline.crm import catalogue_tables
from caseline.crm.cards import Card, Refused
from caseline.crm.field_faults import Code, Unsaved
from caseline.crm.vocabulary import Type
from caseline.people.access import Scope, Viewer
from caseline.people.rights import Role
from tests.factories import fields
from tests.factories.cards import ServiceDesk
from tests.factories.fields import ADMIN, AGENT, NOW, READER

HOSTILE = ["'; DROP TABLE crm.record; --", '<script>alert("1")</script>', "%(x)s {0} $1 \\", "{{ 7*7 }}", "ё" * 500]


@pytest.fixture
def card(desk: ServiceDesk) -> Card:
    """A request."""
    return desk.open("2026-03-02 10:00")


def codes(save: Callable[[], object]) -> dict[str, Code]:
    """Faults by field of a save that is refused."""
    with pytest.raises(Unsaved) as raised:
        save()
    return {one.key: one.code for one in raised.value.faults}


def test_every_type_is_saved_as_the_register_keeps_it_and_shown_again(desk: ServiceDesk, card: Card) -> None:
    house = desk.house
    firm = fields.company(house, "Ромашка")
    typed = {
        fields.field(house, "City"): "  Пермь ",
        fields.field(house, "Count", Type.INTEGER): "12",
        fields.field(house, "Sum", Type.MONEY): "1250.50",
        fields.field(house, "Paid", Type.BOOLEAN): "no",
        fields.field(house, "Day", Type.DATE): "31.03.2026",
        fields.field(house, "Visit", Type.DATETIME): "2026-03-31T14:30",
        fields.field(house, "Colour", Type.LIST, choices=("red", "green")): "red",
        fields.field(house, "Tags", Type.MULTI_LIST): ["a", "b"],
        fields.field(house, "Supplier", Type.REFERENCE, to="company"): str(firm),
        "company": "РОМАШКА",
        "escalated": "yes",
    }

    saved = fields.save(house, card, typed)

    found = fields.held(house, card)
    assert saved.changed == set(typed)
    assert {key: found[key] for key in typed} == {
        "extra.City": "Пермь",
        "extra.Count": 12,
        "extra.Sum": 1250.5,
        "extra.Paid": False,
        "extra.Day": "2026-03-31",
        "extra.Visit": "2026-03-31T11:30:00.000Z",
        "extra.Colour": "red",
        "extra.Tags": ["a", "b"],
        "extra.Supplier": firm,
        "company": firm,
        "escalated": True,
    }
    form = request_form.form(house, AGENT, card.id, reader=READER)
    supplier = form.control("extra.Supplier")
    assert supplier is not None
    assert (supplier.shown, supplier.link) == ("Ромашка", f"/companies/{firm}")
    drawn = {one.key: one.drawn for part in form.sections for one in part.controls}
    assert fields.save(house, card, drawn).changed == frozenset()


def test_an_emptied_extra_field_is_gone_and_others_stay(desk: ServiceDesk, card: Card) -> None:
    city, count = fields.field(desk.house, "City"), fields.field(desk.house, "Count", Type.INTEGER)
    fields.save(desk.house, card, {city: "Perm", count: "1"})

    fields.save(desk.house, card, {city: ""})

    assert (city in fields.held(desk.house, card), fields.held(desk.house, card)[count]) == (False, 1)


def test_all_faults_are_told_at_once_with_field_and_remedy_and_nothing_is_saved(desk: ServiceDesk, card: Card) -> None:
    sums, gone = fields.field(desk.house, "Sum", Type.MONEY), fields.field(desk.house, "Gone")
    fields.field(desk.house, "Gone", active=False)
    typed = {
        sums: "much",
        gone: "typed before it was put out of use",
        "extra.Nobody": "x",
        "subject": " ",
        "category": "odd",
        "company": "999",
        "group": "Nobody's",
        "parent": str(card.id),
        "stage": "working",
        "created_at": "2020-01-01 10:00",
        "description": "x" * 10_000_000,
    }

    assert codes(lambda: fields.save(desk.house, card, typed | {"priority": "high"})) == {
        "subject": Code.REQUIRED,
        "description": Code.TOO_LONG,
        "stage": Code.READ_ONLY,
        "category": Code.NO_CATEGORY,
        "company": Code.UNKNOWN_REFERENCE,
        "group": Code.UNKNOWN_REFERENCE,
        "parent": Code.ITSELF,
        "created_at": Code.READ_ONLY,
        sums: Code.NO_NUMBER,
        gone: Code.INACTIVE,
        "extra.Nobody": Code.UNKNOWN_FIELD,
    }
    assert "priority" not in fields.held(desk.house, card)


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_is_kept_as_it_is_typed(desk: ServiceDesk, card: Card, text: str) -> None:
    city, tags = fields.field(desk.house, "City'; --"), fields.field(desk.house, "Tags", Type.MULTI_LIST)

    fields.save(desk.house, card, {city: text, tags: [text], "subject": text, "priority": text})

    found = fields.held(desk.house, card)
    assert (found[city], found[tags], found["subject"], found["priority"]) == (text, [text], text, text)
    fields.require(desk.house, "description", city, text)
    assert codes(lambda: fields.save(desk.house, card, {"priority": "low"})) == {"description": Code.REQUIRED}


# ------------------------------------------------------------------------------------------------------ rules


def test_an_obligatory_field_is_asked_for_by_every_way_of_saving_with_the_same_words(
    desk: ServiceDesk, card: Card
) -> None:
    city = fields.field(desk.house, "City")
    fields.require(desk.house, city)
    house, key = desk.house, by_id(card.id)
    ways: list[Callable[[], Any]] = [
        lambda: fields.save(house, card, {"priority": "high"}),
        lambda: change_request.change(house, key, Changes(priority="high"), now=NOW),
        lambda: change_request.change(house, key, Changes(priority="high", viewer=AGENT), now=NOW),
        lambda: move_request.move(house, Move(key=key, stage="working"), now=NOW),
        lambda: move_request.close(house, Move(key=key, viewer=AGENT), now=NOW),
        lambda: open_request.open_request(house, Order(subject="x"), now=NOW),
        lambda: open_request.open_typed(house, NewRequest(values={"subject": "x"}, viewer=AGENT), now=NOW),
    ]
    for way in ways:
        with pytest.raises(Unsaved) as raised:
            way()
        assert raised.value.said("en") == ["City: is empty, and such a request needs it: fill it in"]
        assert raised.value.said("ru") == ["«City»: пусто, а здесь это нужно: заполните"]

    saved = change_request.change(house, key, Changes(priority="high", fields={city: "Perm"}), now=NOW)

    assert (saved.done, saved.card.priority, fields.violated(house, card)) == (True, "high", [])


def test_many_requests_are_refused_one_by_one_with_the_same_words(desk: ServiceDesk, card: Card) -> None:
    city, other = fields.field(desk.house, "City"), desk.open("2026-03-02 11:00")
    fields.save(desk.house, other, {city: "Perm"})
    fields.require(desk.house, city)

    for wish in (change_many.Wish(category="short"), change_many.Wish(stage="working")):
        refused, done = change_many.change(desk.house, AGENT, [card.id, other.id], wish, now=NOW)

        assert (refused.result, done.result) == (Result.REFUSED, Result.DONE)
        assert refused.said("en") == ["City: is empty, and such a request needs it: fill it in"]
        assert refused.said("ru") == ["«City»: пусто, а здесь это нужно: заполните"]
    assert fields.events(desk.house, other, "stage_changed")[-1]["login"] == "anna"


def test_a_bulk_change_goes_on_after_a_request_that_it_has_taken_away_from_whoever_asks(
    desk: ServiceDesk, card: Card
) -> None:
    mine, theirs = fields.group(desk.house, "Pumps"), fields.group(desk.house, "Valves")
    scoped = replace(AGENT, scope=Scope.GROUPS, groups=frozenset({mine}))
    other = desk.open("2026-03-02 10:00")
    for one in (card, other):
        fields.save(desk.house, one, {"group": str(mine)})
    wish = change_many.Wish(group=by_id(theirs), stage="working")

    found = change_many.change(desk.house, scoped, [card.id, other.id], wish, now=NOW)

    assert [one.result for one in found] == [Result.PARTLY, Result.PARTLY]
    assert found[0].said("en") == ["It belongs to others now, and its stage is theirs to change."]
    assert [fields.held(desk.house, one)["group"] for one in (card, other)] == [theirs, theirs]
    assert desk.query("SELECT count(*) FROM people.audit WHERE action = 'requests_changed'") == [(1,)]


def test_a_rule_holds_for_what_a_save_makes_of_the_request_the_group_of_its_new_category_too(
    desk: ServiceDesk, card: Card
) -> None:
    city, group = fields.field(desk.house, "City"), fields.group(desk.house, "Pumps")
    desk.category("it", 24, group_id=group)
    fields.require(desk.house, city, "group", str(group))

    assert codes(lambda: fields.save(desk.house, card, {"category": "it"})) == {city: Code.REQUIRED}
    saved = fields.save(desk.house, card, {"category": "it", city: "Perm"})
    assert (saved.card.category, saved.card.group, saved.card.deadline is not None) == ("it", "Pumps", True)


def test_a_hidden_field_keeps_its_value_and_says_so(desk: ServiceDesk, card: Card) -> None:
    city = fields.field(desk.house, "City")
    fields.save(desk.house, card, {city: "Perm", "priority": "high"})
    fields.show(desk.house, city, "priority", "high")
    fields.require(desk.house, city)

    saved = fields.save(desk.house, card, {city: "Omsk", "priority": "low"})

    assert [(one.key, one.code) for one in saved.left] == [(city, Code.LEFT_OUT)]
    assert fields.held(desk.house, card)[city] == "Perm"
    form = request_form.form(desk.house, AGENT, card.id, {"priority": "high"}, reader=READER)
    control = form.control(city)
    assert control is not None
    assert (control.visible, control.obligatory, control.text) == (True, True, "Perm")


def test_what_depends_on_a_hidden_field_goes_by_what_that_one_keeps(desk: ServiceDesk, card: Card) -> None:
    first, second = fields.field(desk.house, "First"), fields.field(desk.house, "Second")
    fields.save(desk.house, card, {"priority": "low"})
    fields.show(desk.house, first, "priority", "high")
    fields.show(desk.house, second, first, "yes")

    saved = fields.save(desk.house, card, {first: "yes", second: "typed"})

    assert {one.key for one in saved.left} == {first, second}
    assert saved.changed == frozenset()


def test_a_stage_asks_for_its_fields_before_it_is_entered(desk: ServiceDesk, card: Card) -> None:
    city = fields.field(desk.house, "City")
    fields.require(desk.house, city, "stage", "closed")
    move_request.move(desk.house, Move(key=by_id(card.id), stage="working"), now=NOW)

    refused = codes(lambda: move_request.close(desk.house, Move(key=by_id(card.id)), now=NOW))

    assert refused == {city: Code.REQUIRED}
    fields.save(desk.house, card, {city: "Perm"})
    assert move_request.close(desk.house, Move(key=by_id(card.id)), now=NOW).card.stage.code == "closed"


def test_requests_are_moved_along_the_ways_that_administrators_allow(desk: ServiceDesk, card: Card) -> None:
    ways = [("new", "working"), ("working", "rejected"), ("rejected", "working")]
    keep_rules.put_ways(desk.house, ways, ADMIN)
    key = by_id(card.id)

    with pytest.raises(Unsaved, match="from 'New' no way leads to 'Closed': choose one of Working"):
        move_request.close(desk.house, Move(key=key, stage="closed"), now=NOW)
    form = request_form.form(desk.house, AGENT, card.id, reader=READER)
    assert [one.code for one in form.stages] == ["working"]
    move_request.move(desk.house, Move(key=key, stage="working"), now=NOW)
    assert move_request.close(desk.house, Move(key=key), now=NOW).card.stage.code == "rejected"
    assert move_request.reopen(desk.house, Move(key=key), now=NOW).card.stage.code == "working"


def test_what_open_requests_lack_is_noted_with_every_save_and_with_every_rule(desk: ServiceDesk, card: Card) -> None:
    city, other = fields.field(desk.house, "City"), desk.open("2026-03-02 11:00", priority="low")
    closed = move_request.close(desk.house, Move(key=by_id(desk.open("2026-03-02 11:00").id)), now=NOW).card
    rule = fields.require(desk.house, city, "priority", "low")
    assert (fields.violated(desk.house, card), fields.violated(desk.house, other)) == ([], [city])
    fields.require(desk.house, "contact")
    assert fields.violated(desk.house, other) == ["contact", city]
    assert fields.violated(desk.house, closed) == []
    keep_rules.drop_rule(desk.house, rule, ADMIN)
    assert fields.violated(desk.house, other) == ["contact"]


# ---------------------------------------------------------------------------------------------- several people


def drawn(desk: ServiceDesk, card: Card) -> tuple[int, dict[str, str]]:
    """A form that somebody has opened: its version and the texts in it."""
    form = request_form.form(desk.house, AGENT, card.id, reader=READER)
    return form.version, {one.key: one.drawn for part in form.sections for one in part.controls}


def test_the_second_of_two_people_sees_what_the_first_has_changed(desk: ServiceDesk, card: Card) -> None:
    version, base = drawn(desk, card)
    fields.save(desk.house, card, {"subject": "Theirs", "priority": "high"})

    with pytest.raises(Overtaken) as raised:
        fields.save(desk.house, card, base | {"subject": "Mine"}, version=version, base=base, merge=True)

    found = {one.key: (one.base, one.yours, one.theirs, one.conflict) for one in raised.value.differences}
    assert found == {"subject": ("Printer", "Mine", "Theirs", True), "priority": ("", "", "high", False)}
    assert not raised.value.mergeable
    assert fields.held(desk.house, card)["subject"] == "Theirs"


def test_changes_of_different_fields_are_offered_to_be_merged(desk: ServiceDesk, card: Card) -> None:
    version, base = drawn(desk, card)
    fields.save(desk.house, card, {"priority": "high"})
    mine: dict[str, Any] = {"values": base | {"subject": "Mine"}, "version": version, "base": base}

    with pytest.raises(Overtaken) as raised:
        fields.save(desk.house, card, **mine)

    assert raised.value.mergeable
    fields.save(desk.house, card, **mine, merge=True)
    found = fields.held(desk.house, card)
    assert (found["subject"], found["priority"]) == ("Mine", "high")


def test_what_was_changed_elsewhere_on_the_card_stops_nobody(desk: ServiceDesk, card: Card) -> None:
    version, base = drawn(desk, card)
    move_request.move(desk.house, Move(key=by_id(card.id), stage="working"), now=NOW)

    saved = fields.save(desk.house, card, base | {"subject": "Mine"}, version=version, base=base)

    assert saved.changed == {"subject"}


def test_who_names_a_version_without_the_texts_of_a_form_writes_over_nobody(desk: ServiceDesk, card: Card) -> None:
    fields.save(desk.house, card, {"priority": "high"})

    with pytest.raises(Overtaken, match="Subject"):
        fields.save(desk.house, card, {"subject": "Mine"}, version=card.version)


def test_of_two_who_save_at_the_same_moment_one_is_told(desk: ServiceDesk, card: Card) -> None:
    version, base = drawn(desk, card)
    told, start = [], threading.Barrier(2)

    def one(text: str) -> None:
        start.wait()
        try:
            fields.save(desk.house, card, base | {"subject": text}, version=version, base=base)
        except Overtaken as error:
            told.append(error)

    people = [threading.Thread(target=one, args=(text,)) for text in ("First", "Second")]
    for each in people:
        each.start()
    for each in people:
        each.join()

    assert len(told) == 1
    assert told[0].differences[0].theirs == fields.held(desk.house, card)["subject"]


def test_the_event_log_tells_who_changed_what_from_what(desk: ServiceDesk, card: Card) -> None:
    anna = fields.person(desk.house, "Anna")
    viewer = Viewer(login_id=7, name="anna", role=Role.AGENT, person_id=anna)
    city = fields.field(desk.house, "City")

    fields.save(desk.house, card, {city: "Perm", "assignee": "Anna", "description": "x" * 1_000}, viewer=viewer)

    told = fields.events(desk.house, card, "changed")[-1]
    assert (told["login"], told["by"], told["assignee_id"]) == ("anna", anna, anna)
    assert told["changes"][city] == {"old": None, "new": "Perm"}
    assert len(told["changes"]["description"]["new"]) == 201


# ------------------------------------------------------------------------------------------------- who may what


def test_whoever_may_not_see_a_request_may_not_save_it_nor_point_at_it(desk: ServiceDesk, card: Card) -> None:
    stranger = fields.in_groups(1)
    with pytest.raises(Absent):
        fields.save(desk.house, card, {"subject": "x"}, viewer=stranger)
    with pytest.raises(Absent):
        move_request.move(desk.house, Move(key=by_id(card.id), stage="working", viewer=stranger), now=NOW)
    with pytest.raises(Absent):
        change_request.change(desk.house, by_id(card.id), Changes(priority="high", viewer=stranger), now=NOW)
    own = fields.in_groups(person_id=fields.person(desk.house, "Petr"))
    mine = desk.open("2026-03-02 11:00", assignee_id=own.person_id)
    refused = codes(lambda: fields.save(desk.house, mine, {"parent": str(card.id)}, viewer=own))
    assert refused == {"parent": Code.UNKNOWN_REFERENCE}


def test_who_only_looks_saves_nothing(desk: ServiceDesk, card: Card) -> None:
    looks = Viewer(login_id=9, name="olga", role=Role.VIEWER)
    with pytest.raises(Refused, match="only looks at requests"):
        fields.save(desk.house, card, {"subject": "x"}, viewer=looks)


def test_people_who_have_left_are_no_assignees_any_more_and_namesakes_are_asked_for(
    desk: ServiceDesk, card: Card
) -> None:
    fields.person(desk.house, "Left", active=False)
    first, second = fields.person(desk.house, "Ivan"), fields.person(desk.house, "Ivan")

    refused = codes(lambda: fields.save(desk.house, card, {"assignee": "Left"}))
    with pytest.raises(Unsaved, match=f"say which by its id: {first}, {second}"):
        fields.save(desk.house, card, {"assignee": "Ivan"})

    assert refused == {"assignee": Code.UNKNOWN_REFERENCE}
    assert fields.save(desk.house, card, {"assignee": str(second)}).card.assignee_id == second


def test_a_new_request_of_the_desk_holds_everything_that_was_typed(desk: ServiceDesk) -> None:
    house = desk.house
    city = fields.field(house, "City")
    desk.category("it", 24)
    values = {"subject": "Noise", city: "Perm", "category": "it", "type": "fault", "stage": "working"}

    card = open_request.open_typed(house, NewRequest(values=values, viewer=AGENT, reader=READER), now=NOW)

    found = fields.held(house, card)
    assert {key: found[key] for key in values} == values
    assert card.deadline is not None
    form = request_form.form(house, AGENT, None, reader=READER)
    stage = form.control("stage")
    assert stage is not None
    assert (stage.text, stage.writable, form.record_id) == ("new", True, None)


def test_what_comes_without_a_person_is_taken_as_it_is_and_noted(desk: ServiceDesk) -> None:
    city = fields.field(desk.house, "City")
    fields.require(desk.house, city)
    by_mail, imported = desk.open("2026-03-02 10:00"), desk.open("2026-03-02 10:00")
    with desk.house.engine.begin() as connection:
        obey_rules.note_new(connection, desk.house, by_mail)
    assert (fields.violated(desk.house, by_mail), fields.violated(desk.house, imported)) == ([city], [])

    settle_times.settle(desk.house, now=NOW)

    assert fields.violated(desk.house, imported) == [city]


def test_what_was_typed_into_a_field_that_is_gone_meanwhile_is_told_in_full(desk: ServiceDesk, card: Card) -> None:
    gone, words = fields.field(desk.house, "Gone"), "long words " * 40
    fields.field(desk.house, "Gone", active=False)

    form = request_form.form(desk.house, AGENT, card.id, {gone: words}, reader=READER)

    assert [one.code for one in form.elsewhere] == [Code.INACTIVE]
    assert words.strip() in form.elsewhere[0].said("en")


def test_a_field_points_at_a_product_in_use(desk: ServiceDesk, card: Card) -> None:
    pump = fields.row(desk.house, catalogue_tables.product, name="Pump")
    fields.row(desk.house, catalogue_tables.product, name="Old pump", active=False)
    part = fields.field(desk.house, "Part", Type.REFERENCE, to="product")

    fields.save(desk.house, card, {part: "Pump"})

    assert fields.held(desk.house, card)[part] == pump
    control = request_form.form(desk.house, AGENT, card.id, reader=READER).control(part)
    assert control is not None
    assert control.shown == "Pump"
    assert codes(lambda: fields.save(desk.house, card, {part: "Old pump"})) == {part: Code.UNKNOWN_REFERENCE}


def test_whoever_hands_a_request_over_fills_in_what_it_needs(desk: ServiceDesk, card: Card) -> None:
    city, anna = fields.field(desk.house, "City"), fields.person(desk.house, "Anna")
    fields.require(desk.house, city)
    asker, wanted = Asker(viewer=AGENT, now=NOW), Handing(version=card.version, assignee_id=anna)

    assert codes(lambda: hand_over.hand_over(desk.house, asker, card.id, wanted)) == {city: Code.REQUIRED}
    saved = fields.save(desk.house, card, {city: "Perm"}).card
    given = hand_over.hand_over(desk.house, asker, card.id, replace(wanted, version=saved.version))

    assert (given.card.assignee, fields.violated(desk.house, card)) == ("Anna", [])
