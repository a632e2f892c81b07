"""Products of a request: chosen in lists from either end, or by typing part of a name."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from caseline.actions import catalogue_at_hand, choose_products
from caseline.actions.choose_products import Choice
from caseline.crm.cards import Refused
from caseline.crm.catalogue import Level, Tree
from caseline.crm.port import NotOffered
from caseline.crm.refusals import Told
from caseline.people.rights import Right
from caseline.web.desk import refusal_words
from caseline.web.desk.visit import SEE_OTHER, Visit, whole

_HITS: Final = 20


@dataclass(frozen=True, slots=True)
class Option:
    """A line of a list, or a product that was found."""

    id: int
    name: str
    above: str
    """The groups that it stands in, where its name alone does not tell which one it is."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """One list on the page."""

    number: int
    chosen: int | None
    options: tuple[Option, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Picker:
    """How far somebody has come with choosing."""

    record_id: int | None
    chosen: int | None
    words: str
    """The path of the chosen one."""
    lists: tuple[Choosing, ...]
    text: str
    hits: tuple[Option, ...] | None
    """None: nothing was searched for."""


def panel(visit: Visit, choice: Choice) -> Mapping[str, Any]:
    """What `products/panel.html` needs to be included in the card of a request."""
    return _panel(visit, choice)


def shown(visit: Visit) -> Response:
    """The products of a request by themselves."""
    return _answer(visit, choose_products.of_request(visit.house, visit.viewer, _record(visit)))


def picked(visit: Visit) -> Response:
    """The lists after one of them was changed, or a product named; without scripts also what a search has found."""
    record_id = visit.number("request")
    tree = catalogue_at_hand.tree(visit.house)
    if visit.piece:
        return visit.page("products/picker.html", picker=_picker(visit, tree, record_id))
    if record_id is None:
        return visit.page("problem.html", status=404, code="404")
    return _answer(visit, choose_products.of_request(visit.house, visit.viewer, record_id))


def found(visit: Visit) -> Response:
    """Products whose names bear what was typed."""
    tree = catalogue_at_hand.tree(visit.house)
    return visit.page("products/options.html", hits=_hits(tree, visit.text("q")), text=visit.text("q").strip())


def added(visit: Visit) -> Response:
    """Let a request be about one more product."""
    return _changed(visit, given=True)


def removed(visit: Visit) -> Response:
    """Let a request no longer be about a product."""
    return _changed(visit, given=False)


def _changed(visit: Visit, *, given: bool) -> Response:
    record_id, product_id = _record(visit), visit.number("product")
    act = choose_products.add if given else choose_products.remove
    try:
        if product_id is None:
            raise Told(refusal_words.NO_PRODUCT)
        choice = act(visit.house, visit.viewer, record_id, product_id, now=visit.now)
    except (Refused, NotOffered) as error:
        choice = choose_products.of_request(visit.house, visit.viewer, record_id)
        return _answer(visit, choice, problem=refusal_words.said(visit.texts, error), status=422)
    if visit.piece:
        return _answer(visit, choice)
    return RedirectResponse(f"/requests/{record_id}?notice={'saved' if choice.done else 'nothing'}", SEE_OTHER)


def _answer(visit: Visit, choice: Choice, *, problem: str = "", status: int = 200) -> Response:
    template = "products/panel.html" if visit.piece else "products/request.html"
    return visit.page(template, status=status, **_panel(visit, choice, problem))


def _panel(visit: Visit, choice: Choice, problem: str = "") -> dict[str, Any]:
    works = visit.may(Right.WORK_REQUESTS)
    picker = _picker(visit, choice.tree, choice.card.id) if works else None
    return {"choice": choice, "picker": picker, "product_problem": problem}


def _record(visit: Visit) -> int:
    number: int = visit.request.path_params["record"]
    return number


def _picker(visit: Visit, tree: Tree, record_id: int | None) -> Picker:
    """By the address: `product` names one; else `level`, once for each list, says what became of those of `before`."""
    asked = visit.request.query_params
    chosen = whole(asked.get("product", ""))
    if chosen is None or chosen not in tree:
        chosen = tree.choose(whole(asked.get("before", "")), [whole(one) for one in asked.getlist("level")])
    text = asked.get("q", "").replace("\0", "").strip()
    return Picker(
        record_id=record_id,
        chosen=chosen,
        words=tree.words(chosen) if chosen is not None else "",
        lists=tuple(_choosing(tree, level) for level in tree.cascade(chosen)),
        text=text,
        hits=_hits(tree, text) if text and not visit.piece else None,
    )


def _choosing(tree: Tree, level: Level) -> Choosing:
    alike = Counter(one.name for one in level.options)
    options = tuple(
        Option(one.id, one.name, _above(tree, one.id) if alike[one.name] > 1 else "") for one in level.options
    )
    return Choosing(level.number, level.chosen.id if level.chosen else None, options, level.left_out)


def _hits(tree: Tree, text: str) -> tuple[Option, ...]:
    return tuple(Option(one.id, one.name, _above(tree, one.id)) for one in tree.search(text[:200], most=_HITS))


def _above(tree: Tree, product_id: int) -> str:
    return " / ".join(one.name for one in tree.path(product_id)[:-1])
