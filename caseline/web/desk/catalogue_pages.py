"""The catalogue as administrators keep it: a tree that opens level by level, and what can be done to one product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from caseline.actions import catalogue_at_hand, keep_catalogue
from caseline.crm.cards import Refused
from caseline.crm.catalogue import Product, Tree
from caseline.people.rights import Right
from caseline.web.desk import refusal_words
from caseline.web.desk.visit import Visit

_MOST: Final = 500
"""Products of one parent that the page shows."""
_HITS: Final = 50


@dataclass(frozen=True, slots=True)
class Twig:
    """A product in the tree, with what is open below it."""

    product: Product
    number: int
    """How many stand right below it."""
    idle: bool
    below: tuple["Twig", ...] | None = None
    """None: they are fetched when somebody opens it."""
    left_out: int = 0


def shown(visit: Visit) -> Response:
    """The tree, open as far as the product that is looked at."""
    return _page(visit, visit.number("at"))


def below(visit: Visit) -> Response:
    """What stands right below a product."""
    tree, of = catalogue_at_hand.tree(visit.house), visit.number("of")
    if of is None or of not in tree:
        return visit.page("problem.html", status=404, code="404")
    idle = not tree.usable(of)
    twigs, left_out = _twigs(tree, of, [], idle=idle)
    return visit.page("catalogue/twigs.html", twigs=twigs, left_out=left_out, at=None)


def changed(visit: Visit) -> Response:
    """Do to a product what the form says."""
    here = visit.number("product")
    try:
        work = _DEEDS.get(visit.text("deed"))
        if work is None:
            return visit.page("problem.html", status=404, code="404")
        at = work(visit, here)
    except Refused as error:
        return _page(visit, here, problem=refusal_words.said(visit.texts, error), typed=visit.text("name"), status=422)
    return visit.go(f"/settings/catalogue?at={at}" if at is not None else "/settings/catalogue", notice="saved")


def _page(visit: Visit, at: int | None, *, problem: str = "", typed: str = "", status: int = 200) -> Response:
    tree = catalogue_at_hand.tree(visit.house)
    here = tree.get(at)
    way = [one.id for one in tree.path(here.id)] if here else []
    twigs, left_out = _twigs(tree, None, way, idle=False)
    return visit.page(
        "catalogue/tree.html",
        status=status,
        tree=tree,
        twigs=twigs,
        left_out=left_out,
        here=here,
        at=here.id if here else None,
        **_facts(visit, tree, here),
        **_found(visit, tree, here),
        problem=problem,
        typed=typed,
        edits=visit.may(Right.EDIT_SETTINGS),
    )


def _facts(visit: Visit, tree: Tree, here: Product | None) -> Mapping[str, Any]:
    if here is None:
        return {"used": 0, "within": 0, "way": ()}
    branch = [one.id for one in tree.branch(here.id)]
    used = keep_catalogue.usage(visit.house, branch)
    return {"used": used.get(here.id, 0), "within": len(branch) - 1, "way": tree.path(here.id)}


def _found(visit: Visit, tree: Tree, here: Product | None) -> Mapping[str, Any]:
    text, target = visit.text("q").strip()[:200], visit.text("to").strip()[:200]
    hits = [(one, tree.words(one.id)) for one in tree.search(text, most=_HITS, idle=True)]
    targets = [
        (one, tree.words(one.id))
        for one in (tree.search(target, most=_HITS, idle=True) if here and target else [])
        if here and one.id != here.parent_id and tree.may_move(here.id, one.id)
    ]
    return {"text": text, "hits": hits, "target": target, "targets": targets}


def _twigs(tree: Tree, of: int | None, way: list[int], *, idle: bool) -> tuple[tuple[Twig, ...], int]:
    children = tree.children(of)
    shown = list(children[:_MOST])
    if way and way[0] not in {one.id for one in shown}:
        shown += [one for one in children[_MOST:] if one.id == way[0]]
    return tuple(_twig(tree, one, way, idle=idle) for one in shown), len(children) - len(shown)


def _twig(tree: Tree, one: Product, way: list[int], *, idle: bool) -> Twig:
    number, off = len(tree.children(one.id)), idle or not one.active
    if not way or way[0] != one.id or not number:
        return Twig(one, number, off)
    found, left_out = _twigs(tree, one.id, way[1:], idle=off)
    return Twig(one, number, off, found, left_out)


# ------------------------------------------------------------------------------------------------- deeds


def _add(visit: Visit, product: int | None) -> int | None:
    keep_catalogue.add(visit.house, visit.login.name, product, visit.text("name"), now=visit.now)
    return product


def _rename(visit: Visit, product: int | None) -> int | None:
    number, version = _named(visit, product)
    keep_catalogue.rename(visit.house, visit.login.name, number, visit.text("name"), version=version, now=visit.now)
    return product


def _move(visit: Visit, product: int | None) -> int | None:
    number, version = _named(visit, product)
    parent = visit.number("parent")
    keep_catalogue.move(visit.house, visit.login.name, number, parent, version=version, now=visit.now)
    return product


def _use(visit: Visit, product: int | None) -> int | None:
    number, version = _named(visit, product)
    active = visit.text("active") == "yes"
    keep_catalogue.use(visit.house, visit.login.name, number, active=active, version=version, now=visit.now)
    return product


def _shift(visit: Visit, product: int | None) -> int | None:
    number, _version = _named(visit, product)
    keep_catalogue.shift(visit.house, visit.login.name, number, up=visit.text("up") == "yes", now=visit.now)
    return product


def _sort(visit: Visit, product: int | None) -> int | None:
    keep_catalogue.by_name(visit.house, visit.login.name, product, now=visit.now)
    return product


def _drop(visit: Visit, product: int | None) -> int | None:
    number, version = _named(visit, product)
    above = catalogue_at_hand.tree(visit.house).get(number)
    keep_catalogue.drop(visit.house, visit.login.name, number, version=version, now=visit.now)
    return above.parent_id if above else None


def _named(visit: Visit, product: int | None) -> tuple[int, int]:
    return product or 0, visit.number("version") or 0


_DEEDS: Final[Mapping[str, Callable[[Visit, int | None], int | None]]] = {
    "add": _add,
    "rename": _rename,
    "move": _move,
    "use": _use,
    "shift": _shift,
    "sort": _sort,
    "drop": _drop,
}
