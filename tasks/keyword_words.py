"""Words what flows about keywords have found; knows no Prefect."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from caseline.actions.counted import counted
from caseline.actions.sort_requests import Sorted
from keywords.learning import picture

_MOST_DRAWN = 41


class Tenths:
    """Says how far sorting is, ten times at most."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._said = 0

    def look(self, done: int, total: int) -> None:
        """Told after every part; nothing is said of the last one, whose summary follows."""
        tenth = 10 * done // total if total else 0
        if self._said < tenth and done < total:
            self._said = tenth
            self._say(f"Keywords have looked at {done:,} of {total:,} requests without a category")


def sorted_requests(found: Sorted) -> str:
    """How many requests got a category."""
    return f"Keywords gave a category to {found.categorised:,} of {counted(found.looked_at, 'request')} without one"


def sorted_page(found: Sorted, again: Sorted | None) -> str:
    """The page of a run that sorted requests."""
    lines = [sorted_requests(found) + "."]
    if again is not None:
        lines.append(
            f"Of {counted(again.looked_at, 'request')} that keywords had sorted before, {again.categorised:,} have"
            " another category now; those that people have set stayed."
        )
    return "\n\n".join(lines)


def learned_page(number: int, entries: int, texts: int, too_small: tuple[str, ...]) -> str:
    """The page of a run that learned."""
    lines = [
        f"{counted(entries, 'entry')} learned from {counted(texts, 'request')}.",
        f"They are draft {number}: look at it in the desk at `/keywords/drafts/{number}`, take all of them or some.",
    ]
    if too_small:
        lines.append(f"Too few requests to learn anything for: {', '.join(too_small)}.")
    return "\n\n".join(lines)


def judged_page(found: Mapping[str, Any]) -> str:
    """The page of a run that judged the dictionary."""
    head = "| right | with a category | right where it answers | macro F1 | ceiling |\n|---:|---:|---:|---:|---:|\n"
    shares = (found[name] for name in ("accuracy", "coverage", "precision_when_answered", "macro_f1"))
    figures = " | ".join((*(f"{share:.1%}" for share in shares), _ceiling(found)))
    texts = counted(found["texts"], "request")
    lines = [
        f"Version {found['version']} of the dictionary on {texts} whose category people have set:",
        f"{head}| {figures} |",
    ]
    if len(found["names"]) <= _MOST_DRAWN:
        drawn = picture.confusion(found["names"], found["confusion"], title="Confusion", label=_name, paper=True)
        encoded = base64.b64encode(drawn.encode()).decode()
        lines.append(f"![Rows: what people say; columns: the dictionary](data:image/svg+xml;base64,{encoded})")
    lines.append(_confusion(found["names"], found["confusion"]))
    lines.append("| people say | the dictionary says | requests |\n|---|---|---:|")
    lines[-1] += "".join(
        f"\n| {_cell(true)} | {_cell(given)} | {number:,} |" for true, given, number in found["confused"]
    )
    lines.append("| category | requests | precision | recall | F1 |\n|---|---:|---:|---:|---:|")
    for one in found["categories"]:
        measured = " | ".join(f"{one[name]:.1%}" for name in ("precision", "recall", "f1"))
        lines[-1] += f"\n| {_cell(one['category'])} | {one['texts']:,} | {measured} |"
    return "\n\n".join(lines)


def _confusion(names: Sequence[str], cells: Sequence[Sequence[int]]) -> str:
    """The same in numbers; the columns have the numbers of the rows, the last of them is no category."""
    columns = " | ".join(str(number) for number in range(1, len(names) + 1))
    lines = [f"| | people say | {columns} |", f"|---:|---|{'---:|' * len(names)}"]
    for number, (name, row) in enumerate(zip(names[:-1], cells[:-1], strict=True), 1):
        lines.append(f"| {number} | {_cell(name)} | {' | '.join(map(str, row))} |")
    lines.append(f"| {len(names)} | {_cell(names[-1])} |{' |' * len(names)}")
    return "\n".join(lines)


def _ceiling(found: Mapping[str, Any]) -> str:
    return f"{found['ceiling']['accuracy']:.1%}" if found["ceiling"] else "too few requests"


def _name(code: str) -> str:
    return code or "no category"


def _cell(code: str) -> str:
    return _name(code).replace("|", "\\|")
