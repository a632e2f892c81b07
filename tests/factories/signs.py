"""Finds the signs of a module on which a boundary hangs, and turns them one at a time."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_Twins = dict[type[ast.cmpop], type[ast.cmpop]]

_ORDER: Final[_Twins] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_EQUALITY: Final[_Twins] = {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
_SIDES: Final = {"left": "right", "right": "left"}
_SEARCHES: Final = {"bisect_left": "bisect_right", "bisect_right": "bisect_left"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign and what it is turned into; known by its words, so that it may move within its function."""

    module: str
    where: str
    """Classes and functions around it, `Clock.duration`; empty at the top of the module."""
    text: str
    """The comparison or call as it is."""
    turned: str
    """The same with this sign turned."""
    nth: int = 1
    """Which of those with these very words."""

    def __str__(self) -> str:
        return f"{self.module}: {self.where}: {self.text} -> {self.turned}" + (f" ({self.nth})" if self.nth > 1 else "")


def turned(module: str, source: str, *, equality: bool) -> Iterator[tuple[Sign, str]]:
    """Each sign of a module, with the whole source in which this one sign is turned and nothing else.

    Signs are those of order and the sides of a search; with `equality`, == and != too.
    """
    tree, met, twins = ast.parse(source), Counter[tuple[str, str, str]](), _ORDER | (_EQUALITY if equality else {})
    for found in ast.walk(tree):
        if isinstance(found, ast.ImportFrom) and found.module == "bisect":
            found.names = [ast.alias(name) for name in _SEARCHES]
    for where, node in _nodes(tree, ""):
        for owner, field, value in _turns(node, twins):
            before, kept = ast.unparse(node), getattr(owner, field)
            setattr(owner, field, value)
            words = where, before, ast.unparse(node)
            met[words] += 1
            yield Sign(module, *words, met[words]), ast.unparse(tree)
            setattr(owner, field, kept)


def _nodes(node: ast.AST, where: str) -> Iterator[tuple[str, ast.AST]]:
    """All nodes in the order of the source, each with the names around it."""
    for child in ast.iter_child_nodes(node):
        inside = where
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = f"{where}.{child.name}" if where else child.name
        yield inside, child
        yield from _nodes(child, inside)


def _turns(node: ast.AST, twins: _Twins) -> Iterator[tuple[ast.AST, str, object]]:
    """What to set where, for each sign of a node; those of its children are theirs."""
    match node:
        case ast.Compare(ops=signs):
            for number, sign in enumerate(signs):
                if twin := twins.get(type(sign)):
                    yield node, "ops", [*signs[:number], twin(), *signs[number + 1 :]]
        case ast.Call(func=ast.Name(id=name) as function) if name in _SEARCHES:
            yield function, "id", _SEARCHES[name]
        case ast.Call(func=ast.Attribute(attr=name) as function) if name in _SEARCHES:
            yield function, "attr", _SEARCHES[name]
    for side in _sides(node):
        yield side, "value", _SIDES[str(side.value)]


def _sides(node: ast.AST) -> Iterator[ast.Constant]:
    """The sides that a search is told, not those that a type allows."""
    if isinstance(node, ast.Call | ast.keyword | ast.IfExp):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and child.value in _SIDES:
                yield child
