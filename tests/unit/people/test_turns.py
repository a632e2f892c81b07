"""Whose turn it is, who has least, who stands in, who is whose head."""

from hypothesis import given
from hypothesis import strategies as st

from caseline.people import trees
from caseline.people.turns import Choice, Presence, head_of, in_turn, least_loaded, present_head

ALL = range(1, 8)
PEOPLE = st.integers(1, 7)
PRESENCES = st.builds(
    Presence,
    active=st.frozensets(PEOPLE),
    away=st.dictionaries(PEOPLE, st.none() | PEOPLE),
)


def test_members_take_turns_round_and_round() -> None:
    everybody, last, order = Presence(ALL, {}), None, []
    for _ in range(7):
        choice = in_turn([5, 2, 3], last, everybody)
        assert choice is not None
        last = choice.turn
        order.append(choice.person)
    assert order == [2, 3, 5, 2, 3, 5, 2]


def test_the_turn_goes_on_after_a_member_who_has_left_the_group() -> None:
    assert in_turn([2, 5], 3, Presence(ALL, {})) == Choice(5, 5)
    assert in_turn([2, 5], 7, Presence(ALL, {})) == Choice(2, 2)


def test_who_is_away_is_passed_over_or_the_deputy_steps_in() -> None:
    assert in_turn([2, 3], None, Presence(ALL, {2: None})) == Choice(3, 3)
    assert in_turn([2, 3], None, Presence(ALL, {2: 6})) == Choice(6, 2)
    assert in_turn([2, 3], None, Presence(ALL, {2: 6, 6: 7})) == Choice(7, 2)
    assert in_turn([2], None, Presence(ALL, {2: 6, 6: 2})) is None
    assert in_turn([2], None, Presence([2], {2: 6})) is None
    assert in_turn([], None, Presence(ALL, {})) is None


def test_whoever_has_least_gets_the_next_and_the_lower_id_where_two_are_equal() -> None:
    everybody = Presence(ALL, {})
    assert least_loaded([2, 3, 4], {2: 5, 3: 1, 4: 1}, everybody) == Choice(3, 3)
    assert least_loaded([2, 3, 4], {2: 5, 3: 1}, everybody) == Choice(4, 4)
    assert least_loaded([2, 3], {2: 5, 3: 9}, Presence(ALL, {2: 6})) == Choice(6, 2)
    assert least_loaded([2], {}, Presence([], {})) is None


@given(members=st.lists(PEOPLE, max_size=6), last=st.none() | PEOPLE, presence=PRESENCES)
def test_a_choice_is_always_somebody_who_is_there_in_place_of_a_member(
    members: list[int], last: int | None, presence: Presence
) -> None:
    for choice in (in_turn(members, last, presence), least_loaded(members, {}, presence)):
        reachable = [member for member in members if presence.stand_in(member) is not None]
        assert (choice is None) == (not reachable)
        if choice is not None:
            assert choice.turn in members
            assert choice.person in presence.active
            assert choice.person not in presence.away
            assert presence.stand_in(choice.turn) == choice.person


@given(members=st.lists(PEOPLE, min_size=1, unique=True), presence=PRESENCES)
def test_in_one_round_each_member_who_can_has_one_turn(members: list[int], presence: Presence) -> None:
    able = sorted(member for member in members if presence.stand_in(member) is not None)
    last, turns = None, []
    for _ in able:
        choice = in_turn(members, last, presence)
        assert choice is not None
        last = choice.turn
        turns.append(last)
    assert turns == able


def test_the_head_is_that_of_the_own_division_or_of_the_nearest_above() -> None:
    parents = {1: None, 2: 1, 3: 2}
    assert head_of(9, 3, parents, {1: 5, 2: None, 3: None}) == [5]
    assert head_of(9, 3, parents, {1: 5, 2: 6, 3: 9}) == [6, 5]
    assert head_of(9, None, parents, {1: 5}) == []
    assert head_of(9, 3, {3: 2, 2: 3}, {2: 6, 3: 7}) == [7, 6]


def test_a_head_who_is_away_is_stood_in_for_but_never_by_the_person_himself() -> None:
    assert present_head([6, 5], 9, Presence(ALL, {})) == 6
    assert present_head([6, 5], 9, Presence(ALL, {6: 7})) == 7
    assert present_head([6, 5], 9, Presence(ALL, {6: None})) == 5
    assert present_head([6, 5], 7, Presence(ALL, {6: 7})) == 5
    assert present_head([6], 9, Presence([], {})) is None


@given(st.dictionaries(st.integers(1, 6), st.none() | st.integers(1, 6)))
def test_the_way_up_ends_even_in_a_circle(parents: dict[int, int | None]) -> None:
    for one in parents:
        found = trees.above(parents, one)
        assert len(found) == len(set(found))
        assert found[0] == one
