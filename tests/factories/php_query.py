"""How PHP reads a query, written after its manual and without a look at our encoding."""

from typing import Any
from urllib.parse import unquote_plus

Tree = dict[str, Any]


def parse(query: str) -> Tree:
    """What `parse_str` makes of a query: texts in nested maps; lists are maps with keys from 0 on."""
    tree: Tree = {}
    for pair in query.split("&"):
        if pair:
            name, _equals, value = pair.partition("=")
            _put(tree, unquote_plus(name), unquote_plus(value))
    return tree


def _put(tree: Tree, name: str, value: str) -> None:
    name = name.lstrip(" ").partition("\0")[0]
    head, bracket, rest = name.partition("[")
    head = head.replace(".", "_").replace(" ", "_")
    keys: list[str] = []
    while bracket:
        key, closed, rest = rest.partition("]")
        if not closed:
            head = head if keys else f"{head}_{key}"
            break
        keys.append("" if len(key) == 1 and key.isspace() else key)
        bracket, rest = rest[:1] if rest.startswith("[") else "", rest[1:]
    if not head:
        return
    for key in keys:
        inner = tree.get(head)
        if not isinstance(inner, dict):
            inner = tree[head] = {}
        tree, head = inner, key or str(len(inner))
    tree[head] = value


def listed(value: Any) -> Any:  # noqa: ANN401 - whatever PHP holds
    """As PHP writes it to JSON: a map with the keys 0, 1, 2 … is a list, and an empty one, too."""
    if not isinstance(value, dict):
        return value
    if list(value) == [str(index) for index in range(len(value))]:
        return [listed(inner) for inner in value.values()]
    return {key: listed(inner) for key, inner in value.items()}
