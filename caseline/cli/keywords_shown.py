"""Shows what commands about the dictionary have found."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from caseline.actions.counted import counted
from caseline.cli import screen

if TYPE_CHECKING:
    from caseline.actions.check_keywords import FromFile
    from caseline.actions.sort_requests import Sorted
    from keywords.explanation import Answer, Match
    from keywords.learning.proposing import Learned
    from keywords.rehearsal import Comparison

_MOST: Final = 20


def answer(found: "Answer", text: str, subject: str, language: str, *, as_json: bool) -> None:
    """A decision with everything that led to it."""
    from keywords import wording

    if as_json:
        screen.print_json(
            {
                "category": found.category,
                "outcome": found.outcome.value,
                "score": found.score,
                "margin": found.margin,
                "tiebreak": found.tiebreak and found.tiebreak.value,
                "ranking": [standing._asdict() for standing in found.ranking],
                "matches": [_match(match, text, subject) for match in found.matches],
            }
        )
        return
    console = screen.out()
    console.print(wording.sentence(found, language), style="bold")
    for match in found.matches:
        places = ", ".join(f"{span.start}–{span.end}" for span in match.spans)
        console.print(f"  {wording.line(match, language)}  ({places})")


def _match(match: "Match", text: str, subject: str) -> dict[str, Any]:
    sources = {"body": text, "subject": subject}
    return {
        "keyword": match.entry.keyword,
        "category": match.entry.category,
        "weight": match.weight,
        "blocking": match.entry.blocking,
        "silence": match.silence and match.silence.value,
        "inside": [entry.keyword for entry in match.inside],
        "spans": [
            {
                "part": span.part.value,
                "start": span.start,
                "end": span.end,
                "text": sources[span.part.value][span.start : span.end],
            }
            for span in match.spans
        ],
    }


def from_file(found: "FromFile", comparison: "Comparison", version: int | None, *, as_json: bool) -> None:
    """What a file changes, or would change."""
    for fault in found.faults:
        screen.complain(fault.text)
    counts = {
        "new": found.new,
        "updated": found.updated,
        "unchanged": found.unchanged,
        "faults": len(found.faults),
        "requests": comparison.total,
        "requests_changed": comparison.changed,
        "version": version,
    }
    if as_json:
        screen.print_json(counts)
        return
    console = screen.out()
    console.print(
        f"{found.new} new, {found.updated} changed, {found.unchanged} as they are, {len(found.faults)} with faults"
    )
    console.print(f"Of the newest {counted(comparison.total, 'request')}, {comparison.changed} would change")
    if comparison.steps:
        table = screen.table("from", "to", "requests", numbers=("requests",))
        for step, ids in list(comparison.steps.items())[:_MOST]:
            table.add_row(step.old or "a person decides", step.new or "a person decides", str(len(ids)))
        console.print(table)
    console.print(f"Saved as version {version}" if version else "Nothing was saved. --apply --reason WHY saves it")


def learned(found: "Learned", texts: int) -> None:
    """How learning went."""
    words = f"{counted(len(found.proposals), 'entry')} for scoring {found.rules.scoring} from {counted(texts, 'text')}"
    if found.too_small:
        words += f"; nothing for {', '.join(found.too_small)}: too few texts"
    screen.beside().print(words)


def judgement(found: Mapping[str, Any], *, as_json: bool) -> None:
    """How a dictionary fares."""
    if as_json:
        screen.print_json(found)
        return
    console = screen.out()
    for name, key in (
        ("right", "accuracy"),
        ("with a category", "coverage"),
        ("right where it answers", "precision_when_answered"),
        ("macro F1", "macro_f1"),
    ):
        console.print(f"{name:<24}{found[key]:.1%}")
    if found["ceiling"]:
        share = found["accuracy"] / found["ceiling"]["accuracy"] if found["ceiling"]["accuracy"] else 0
        console.print(f"{'ceiling (TF-IDF + SVM)':<24}{found['ceiling']['accuracy']:.1%}; we reach {share:.2f} of it")
    console.print(f"{'texts':<24}{found['texts']}")
    table = screen.table(
        "category", "texts", "precision", "recall", "F1", numbers=("texts", "precision", "recall", "F1")
    )
    for one in found["categories"]:
        shares = (f"{one[key]:.1%}" for key in ("precision", "recall", "f1"))
        table.add_row(one["category"], str(one["texts"]), *shares)
    console.print(table)
    if found["confused"]:
        table = screen.table("people say", "the dictionary says", "texts", numbers=("texts",))
        for true, given, number in found["confused"]:
            table.add_row(true, given or "no category", str(number))
        screen.headed(console, "Commonest mistakes", table)


def sorted_requests(found: "Sorted", *, as_json: bool) -> None:
    """How sorting went."""
    if as_json:
        screen.print_json({"looked_at": found.looked_at, "categorised": found.categorised})
    else:
        screen.out().print(f"{found.categorised} of {counted(found.looked_at, 'request')} got a category")


@contextmanager
def bar(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; silent elsewhere."""
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = screen.beside()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(words, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
