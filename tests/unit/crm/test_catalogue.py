"""The catalogue as a tree: found by parts of names, chosen from either end, moved without circles."""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm import catalogue_file, catalogue_plan
from caseline.crm.catalogue import DEEPEST, Product, Tree, folded
from caseline.crm.catalogue_plan import Kind
from caseline.text_files.faults import FileFault

PUMPS: Final = (
    Product(id=1, parent_id=None, name="Насосы", position=1),
    Product(id=2, parent_id=1, name="Центробежные", position=1),
    Product(id=3, parent_id=2, name="НЦ-45"),
    Product(id=4, parent_id=2, name="НЦ-60", active=False),
    Product(id=5, parent_id=1, name="Шестерённые", position=2),
    Product(id=6, parent_id=5, name="НЦ-45"),
    Product(id=7, parent_id=None, name="Лебёдки", position=2),
    Product(id=8, parent_id=7, name="Центробежные"),
)
WORDS: Final = ("Насос", "насос ё", "НЦ-4", "=1+1", "a;b", 'x"y')
TREE: Final = Tree(PUMPS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("насос 45", [3, 6]),
        ("45 НАСОС", [3, 6]),
        ("нц45", [3, 6]),
        ("шестеренные 45", [6]),
        ("ЛЕБЕДК", [7]),
        ("лебёдки центр", [8]),
        ("центробежные", [2, 8]),
        ("60", []),
        ("ничего", []),
        ("  ", []),
        ("%", []),
    ],
)
def test_words_in_any_order_and_on_any_level_find_a_product(text: str, found: list[int]) -> None:
    assert [one.id for one in TREE.search(text)] == found


def test_what_is_out_of_use_is_found_where_it_is_asked_for() -> None:
    assert [one.id for one in TREE.search("60", idle=True)] == [4]


def shown(chosen: int | None) -> list[tuple[int | None, list[int]]]:
    return [
        (level.chosen.id if level.chosen else None, [one.id for one in level.options]) for level in TREE.cascade(chosen)
    ]


def test_without_a_choice_every_list_holds_its_whole_level() -> None:
    assert shown(None) == [(None, [1, 7]), (None, [2, 5, 8]), (None, [3, 6])]


def test_an_upper_group_narrows_the_lists_below() -> None:
    assert shown(7) == [(7, [1, 7]), (None, [8])]
    assert shown(1) == [(1, [1, 7]), (None, [2, 5]), (None, [3, 6])]


def test_a_lower_product_fills_the_lists_above() -> None:
    assert shown(6) == [(1, [1, 7]), (5, [2, 5]), (6, [6])]


def test_a_product_out_of_use_that_is_chosen_stays_in_its_list() -> None:
    assert shown(4)[-1] == (4, [3, 4])


@pytest.mark.parametrize(
    ("before", "lists", "after"),
    [
        (None, [None, None, None], None),
        (None, [1, None, None], 1),
        (None, [None, None, 6], 6),
        (3, [7, 2, 3], 7),  # another group above: what was chosen below is gone
        (3, [1, 5, 3], 5),
        (3, [1, None, 3], 1),
        (3, [None, 2, 3], None),
        (3, [1, 2, None], 2),
        (1, [7, None, 6], 6),  # without scripts several are changed at once: the lowest counts
        (3, [1, 2, 999], 2),
        (999, [None], None),
    ],
)
def test_lists_are_changed_from_either_end(before: int | None, lists: list[int | None], after: int | None) -> None:
    assert TREE.choose(before, lists) == after


def test_long_lists_keep_the_chosen_one() -> None:
    tree = Tree(Product(id=n, parent_id=None, name=f"Товар {n:03}") for n in range(1, 11))

    (level,) = tree.cascade(10, most=3)

    assert ([one.id for one in level.options], level.left_out) == ([1, 2, 10], 7)


@pytest.mark.parametrize("depth", [1, 3, 7])
def test_a_catalogue_of_any_depth_with_equal_names_is_chosen_from_leaf_middle_and_root(depth: int) -> None:
    tree = Tree(grown(depth))
    assert tree.depth == depth
    for one in tree.branch(None):
        way = [each.id for each in tree.path(one.id)]
        cascade = tree.cascade(one.id)
        assert [level.chosen and level.chosen.id for level in cascade] == way + [None] * (len(cascade) - len(way))
        assert len(cascade) == depth
        for level in cascade:
            for option in level.options:
                lists = [*way, *[None] * (depth - len(way))]
                lists[level.number - 1] = option.id
                assert tree.choose(one.id, lists) == (one.id if option.id in way else option.id)


def grown(depth: int) -> Iterator[Product]:
    """Two products below each, called alike everywhere."""
    above: list[int | None] = [None]
    number = 0
    for level in range(depth):
        below: list[int | None] = []
        for parent in above:
            for name in ("Левый", "Правый"):
                number += 1
                yield Product(id=number, parent_id=parent, name=f"{name} {level}")
                below.append(number)
        above = below


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    parents: list[int | None] = [None]
    products = []
    for number in range(1, draw(st.integers(1, 25)) + 1):
        parent = draw(st.sampled_from(parents))
        name = f"{draw(st.sampled_from(WORDS))} {number}"
        products.append(Product(id=number, parent_id=parent, name=name, active=draw(st.booleans())))
        parents.append(number)
    return Tree(products)


@given(trees(), st.data())
def test_a_branch_is_moved_without_making_a_circle_or_losing_anything(tree: Tree, data: st.DataObject) -> None:
    every = list(tree.branch(None))
    one, other = data.draw(st.sampled_from(every)), data.draw(st.sampled_from([None, *every]))
    target = other.id if other else None
    inside = {below.id for below in tree.branch(one.id)}

    assert tree.may_move(one.id, target) == (target not in inside)
    if tree.may_move(one.id, target):
        after = Tree(
            Product(id=each.id, parent_id=target if each is one else each.parent_id, name=each.name) for each in every
        )
        assert {each.id for each in after.branch(None)} == {each.id for each in every}
        assert {each.id for each in after.branch(one.id)} == inside


@given(trees())
def test_every_product_in_use_is_found_by_the_words_of_its_path(tree: Tree) -> None:
    for one in tree.branch(None):
        words = " ".join(each.name for each in tree.path(one.id))
        assert (one in tree.search(words, most=100)) == tree.usable(one.id)


@given(trees(), st.booleans())
def test_an_export_is_read_back_without_change(tree: Tree, by_ids: bool) -> None:
    sheet = catalogue_file.read(catalogue_file.written(tree, by_ids=by_ids).encode(), "catalogue.csv")

    found = catalogue_plan.plan(tree, sheet, retire=True)

    assert (found.faults, [step for step in found.steps if step.kind is not Kind.RETIRED]) == ((), [])
    assert {one.id for one in tree.branch(None) if one.active} == {one.id for one in after(tree, found) if one.active}


def test_no_product_stands_deeper_than_the_limit() -> None:
    chain = Tree(Product(id=n, parent_id=n - 1 or None, name=str(n)) for n in range(1, DEEPEST + 1))
    more = Tree([*chain.branch(None), Product(id=99, parent_id=None, name="x")])

    assert not more.may_move(99, DEEPEST)
    assert more.may_move(99, DEEPEST - 1)


# --------------------------------------------------------------------------------------------------- files


def after(tree: Tree, found: catalogue_plan.Plan) -> list[Product]:
    """The catalogue as a plan leaves it."""
    now = {one.id: one for one in tree.branch(None)}
    for step in found.steps:
        now[step.product] = Product(id=step.product, parent_id=step.parent, name=step.name, active=step.active)
    return list(now.values())


def planned(text: str, *, retire: bool = False) -> catalogue_plan.Plan:
    return catalogue_plan.plan(TREE, catalogue_file.read(text.encode(), "x.csv"), retire=retire)


def test_columns_are_levels_and_groups_are_made_on_the_way() -> None:
    found = planned("Группа;Вид;Модель\nнасосы;Вихревые;ВК-1\nНасосы;вихревые;ВК-2\nЛебедки;;\n")

    assert [step.after for step in found.steps] == [
        "Насосы / Вихревые",
        "Насосы / Вихревые / ВК-1",
        "Насосы / Вихревые / ВК-2",
    ]
    assert found.unchanged == 1


def test_faulty_rows_are_named_and_the_others_followed() -> None:
    found = planned(f"a,b,active\nНасосы,,maybe\n,x,\n{'x' * 301},,\nНовое,,\n")

    assert [(fault.line, fault.text) for fault in found.faults] == [
        (2, catalogue_file.ODD_ACTIVE),
        (3, catalogue_file.NO_GAP),
        (4, catalogue_file.TOO_LONG),
    ]
    assert [step.name for step in found.steps] == ["Новое"]


def test_ids_tell_what_was_renamed_and_moved_whatever_the_order_of_rows() -> None:
    found = planned("id,parent,name\nc,b,Модель\nb,a,Вид\na,,Группа\n#3,#8,НЦ-45\n#7,,Краны\n")

    assert [(step.kind, step.before, step.after) for step in found.steps] == [
        (Kind.MADE, "", "Группа"),
        (Kind.MADE, "", "Группа / Вид"),
        (Kind.MADE, "", "Группа / Вид / Модель"),
        (Kind.MOVED, "Насосы / Центробежные / НЦ-45", "Лебёдки / Центробежные / НЦ-45"),
        (Kind.RENAMED, "Лебёдки", "Краны"),
    ]


def test_circles_strangers_and_doubles_are_refused_row_by_row() -> None:
    found = planned(
        "id,parent,name\n#1,#3,Насосы\nx,y,X\ny,x,Y\nz,nobody,Z\n#99,,Q\nk,#1,центробежные\nw,,W\nw,,W2\n,,No\n"
    )

    assert [(fault.line, fault.text) for fault in found.faults] == [
        (2, catalogue_file.CIRCLE),
        (3, catalogue_file.CIRCLE),
        (4, catalogue_file.CIRCLE),
        (5, catalogue_file.NO_PARENT),
        (6, catalogue_file.NOT_OURS),
        (7, catalogue_file.SAME_NAME),
        (9, catalogue_file.TWICE),
        (10, catalogue_file.NO_ID),
    ]
    assert [step.name for step in found.steps] == ["W"]


def test_what_a_file_does_not_name_is_retired_on_wish_only() -> None:
    assert planned("a,b\nЛебёдки,\n").steps == ()

    found = planned("a,b\nЛебёдки,Центробежные\n", retire=True)

    assert [step.product for step in found.of(Kind.RETIRED)] == [1, 2, 3, 5, 6]


def test_a_file_without_headings_is_no_catalogue() -> None:
    for text in ("", ";;;\n", "a,a\nx,y\n"):
        with pytest.raises(FileFault):
            planned(text)


def test_names_are_compared_as_the_register_does() -> None:
    assert folded("  ШЕСТЕРЁННЫЕ   насосы ") == "шестеренные насосы"
