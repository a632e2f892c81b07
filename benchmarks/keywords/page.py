"""Shows the speeds and the quality of dictionaries: tables and goals, on the screen and for docs/benchmarks.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.keywords.quality import Quality, goals

_FLOOR, _STRETCH = 2_500, 4_000
_ARCHIVE: Final = 290_000


@dataclass(frozen=True, slots=True)
class Speeds:
    """Of one dictionary."""

    phrases: int
    titles: dict[str, str]
    mails_s: dict[str, float]
    """Letters a second of processor time on one core."""
    expand_s: float
    reload_s: float
    rehearsal_s: float
    """Trying a changed dictionary on 10,000 letters that were read before."""
    p99_ms: float
    """Of one letter, all forms."""
    found: float
    """Entries found in a letter, on average."""


def speeds(found: Sequence[Speeds]) -> Iterator[str]:
    """The table of speeds and its goals as Markdown."""
    yield f"| way | {' | '.join(f'mails/s at {each.phrases:,} | x aho' for each in found)} |"
    yield f"|---|{'---:|---:|' * len(found)}"
    for name, title in found[0].titles.items():
        cells = [f"{each.mails_s[name]:,.0f} | {each.mails_s[name] / each.mails_s['aho']:.2f}" for each in found]
        yield f"| {title} | {' | '.join(cells)} |"
    yield ""
    yield f"| one dictionary | {' | '.join(f'{each.phrases:,}' for each in found)} |"
    yield f"|---|{'---:|' * len(found)}"
    for title, attribute, unit in (
        ("entries found in a letter", "found", ""),
        ("expanding all entries when they are saved", "expand_s", " s"),
        ("reload: compiled from saved entries", "reload_s", " s"),
        ("rehearsal of a change on 10,000 letters, after the first", "rehearsal_s", " s"),
        ("99 % of the letters take at most", "p99_ms", " ms"),
    ):
        yield f"| {title} | {' | '.join(f'{getattr(each, attribute):.2f}{unit}' for each in found)} |"
    yield ""
    yield from (f"- {goal}" for goal in _goals(found))


def _goals(found: Sequence[Speeds]) -> Iterator[str]:
    for each, least in zip(found, (1.1, 0.8), strict=False):
        ratio = each.mails_s["ours"] / each.mails_s["aho"]
        met = _met(met=ratio >= least)
        yield f"at least {least} x (the same with ahocorasick_rs) at {each.phrases:,}: {met} ({ratio:.2f})"
    first = found[0]
    rate = first.mails_s["forms"]
    met = _met(met=rate >= _FLOOR)
    yield f"at least {_FLOOR:,} mails/s per core at {first.phrases:,}, all forms: {met} ({rate:,.0f})"
    yield f"stretch: at least {_STRETCH:,}: {_met(met=rate >= _STRETCH)} ({rate:,.0f})"
    yield f"reload in less than 0.5 s at {first.phrases:,}: {_met(met=first.reload_s < 0.5)} ({first.reload_s:.2f} s)"  # noqa: PLR2004 - the goal
    yield f"rehearsal on 10,000 letters in less than 2 s: {_met(met=first.rehearsal_s < 2)} ({first.rehearsal_s:.1f} s)"  # noqa: PLR2004 - the goal
    archive = _ARCHIVE / rate / 2
    met = _met(met=archive < 90)  # noqa: PLR2004 - the goal
    yield f"{_ARCHIVE:,} letters by two processes in less than 90 s of each: {met} ({archive:.0f} s)"


def quality(found: Sequence[Quality]) -> Iterator[str]:
    """The table of qualities and its goals as Markdown."""
    columns = ("entries", "accuracy", "of the ceiling", "macro-F1", "coverage", "precision when answered", "CPU s")
    yield f"| dictionary | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    best = found[0].judgement.accuracy
    for each in found:
        seen = each.judgement
        shares = (seen.accuracy, seen.accuracy / best, seen.macro_f1, seen.coverage, seen.precision_when_answered)
        cells = [
            f"{each.entries:,}" if each.entries else "-",
            *(f"{share:.3f}" for share in shares),
            f"{each.seconds:.0f}",
        ]
        yield f"| {each.title} | {' | '.join(cells)} |"
    yield ""
    yield from (f"- {goal}" for goal in goals(found))


def _met(*, met: bool) -> str:
    return "met" if met else "NOT met"
