"""Words the first line, the summary and the end of an import; knows no Prefect."""

from collections.abc import Iterator, Sequence
from typing import Final

from caseline.actions.run_import import Import
from caseline.actions.watch_import import Outcome
from staging import discretion
from staging.outlook import Outlook
from staging.report import ErrorGroup

MOST_GROUPS: Final = 50
COMMONEST: Final = 5


def first_line(running: Import, outlook: Outlook) -> str:
    """What is imported, how many rows and files, and where it goes on."""
    source, run = running.job.mapping.source, running.run_id
    files = _plural(len(running.survey.found), "file")
    if outlook.nothing_to_do and not outlook.settled:
        return f"Nothing to do: {files} of {source} imported before, and no row waits; run {run} ends at once"
    if outlook.settled or running.resumed:
        percent = 100 * outlook.settled / outlook.expected if outlook.expected else 100.0
        return (
            f"Resuming run {run} of {source} at {outlook.settled:,} of about {outlook.expected:,} rows ({percent:.0f} %): "
            f"{outlook.failed:,} FAILED so far, {_plural(outlook.files, 'file')} still to be read"
        )
    if not outlook.files:
        return f"Nothing new in {files} of {source}; run {run} tries {_plural(outlook.waiting, 'waiting row')} once more"
    again = f", {outlook.waiting:,} rows of earlier runs once more" if outlook.waiting else ""
    return f"Importing {source} as run {run}: {files}, about {outlook.unread:,} rows{again}; starting at the beginning"


def remarks(running: Import) -> list[str]:
    """What was found in the folders and is not imported, and what the files lack."""
    survey = running.survey
    lines = [f"{number:,} of {pattern} counted and not imported" for pattern, number in survey.not_imported.items()]
    if survey.unknown:
        lines.append(f"Not mentioned in the mapping, and left alone: {', '.join(survey.unknown)}")
    lacking = (f"{item.file.name} lacks {', '.join(item.lacking)}" for item in survey.found if item.lacking)
    return [*lines, *lacking]


def error_rows(groups: Sequence[ErrorGroup]) -> list[dict[str, str | int]]:
    """Rows of the table of error groups, commonest first, personal values shortened."""
    return [
        {
            "part": group.part,
            "code": group.code,
            "field": group.field or "",
            "rows": group.count,
            "samples": " | ".join(shown(group)),
            "where": ", ".join(group.lines),
            "remedy": group.remedy,
        }
        for group in groups[:MOST_GROUPS]
    ]


def shown(group: ErrorGroup) -> list[str]:
    """Samples of a group as they may be shown."""
    return [repr(discretion.shorten(value, group.code)) for value in group.samples]


def closing_words(outcome: Outcome, max_failed: float) -> str:
    """The message of the run's last state: the numbers, and the remedy when too many rows are FAILED."""
    total = outcome.sum
    numbers = f"{total.read:,} rows: {total.success:,} SUCCESS, {total.failed:,} FAILED ({outcome.failed_percent:.2f} %)"
    numbers += f", {total.filtered:,} filtered" if total.filtered else ""
    numbers += f", {total.new:,} NEW" if total.new else ""
    if outcome.failed_percent <= max_failed:
        return numbers
    return (
        f"{numbers}; more than max_failed = {max_failed:g} %. Look at the artifact of errors, mend the mapping or the "
        "files, then press Retry: only what is FAILED or changed is done again"
    )


def summary(outcome: Outcome, max_failed: float) -> str:
    """The summary as markdown: the figures, the commonest errors, what to do now."""
    return "\n".join([*_figures(outcome), *_commonest(outcome), *_what_now(outcome, max_failed)])


def _figures(outcome: Outcome) -> Iterator[str]:
    yield f"# Import of {outcome.source}, run {outcome.run_id}\n"
    yield "| part | read | SUCCESS | FAILED | filtered | NEW |"
    yield "|---|---:|---:|---:|---:|---:|"
    rows = [*outcome.totals.items(), ("**all**", outcome.sum)]
    for name, t in rows:
        yield f"| {name} | {t.read:,} | {t.success:,} | {t.failed:,} | {t.filtered:,} | {t.new:,} |"


def _commonest(outcome: Outcome) -> Iterator[str]:
    if not outcome.groups:
        return
    yield "\n## Commonest errors\n"
    for group in outcome.groups[:COMMONEST]:
        field = f" in {group.field}" if group.field else ""
        sample = f", for example `{shown(group)[0]}`" if group.samples else ""
        place = f" ({group.lines[0]})" if group.lines else ""
        yield f"- **{group.count:,} × {group.part}: {group.code}**{field}{sample}{place}: {group.remedy}"


def _what_now(outcome: Outcome, max_failed: float) -> Iterator[str]:
    yield "\n## What to do now\n"
    if outcome.sum.failed:
        source = outcome.source
        yield f"1. Read the table `{key(source, 'errors')}`, or `caseline errors` on the command line."
        yield "2. A fault of the rules: mend the mapping and press **Retry** on the run's page."
        yield "3. A fault of the data: `caseline rejects --out rejects.csv`, mend the rows there, import that file."
        yield "4. Nothing has to be undone first: rows that are SUCCESS are not touched again."
    else:
        yield "1. Sign off: `caseline verify --report verify.html`."
        yield "2. Later changes of the source: import a new export with the same mapping; only changes are taken."
    if outcome.failed_percent > max_failed:
        yield f"\nThe run is marked Failed because more than {max_failed:g} % of the rows are FAILED (`max_failed`)."


def key(source: str, what: str) -> str:
    """Key of an artifact, the same for all runs of a source: lower case, digits and dashes."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in source.lower())
    return f"import-{plain.strip('-') or 'source'}-{what}"


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
