"""Words the first line, the table of errors and the summary of an import; knows no Prefect."""

from collections.abc import Iterator, Sequence
from typing import Final

from caseline.actions.counted import counted
from caseline.actions.foresee_import import Outlook
from caseline.actions.run_import import Import
from caseline.actions.summarise_import import Summary
from staging.report import ErrorGroup
from tasks.verdict import Verdict

MOST_GROUPS: Final = 100
"""Rows of the table of errors; more would be a burden for the page."""
COMMONEST: Final = 5


def first_line(running: Import, outlook: Outlook) -> str:
    """What is imported, how many rows and files, and where it goes on."""
    source, run, files = running.job.mapping.source, running.run_id, counted(outlook.files, "file")
    if running.resumed:
        percent = min(100 * outlook.settled / outlook.records, 99) if outlook.records else 99
        return (
            f"Resuming run {run} of {source} at {outlook.settled:,} of about {outlook.records:,} rows "
            f"({percent:.0f} %); {counted(outlook.files_left, 'file')} of {outlook.files:,} still to be read"
        )
    if outlook.files_left:
        again = f", {outlook.again:,} of them rows of earlier runs once more" if outlook.again else ""
        return (
            f"Importing {source} as run {run}: {files}, {outlook.size / 1e6:,.0f} MB, about {outlook.records:,} rows"
            f"{again}; starting at the beginning"
        )
    if outlook.again:
        return (
            f"Nothing new in {files} of {source}; run {run} tries {counted(outlook.again, 'row')} of earlier runs again"
        )
    return f"Nothing to do: {files} of {source} imported before, and no row waits; run {run} ends at once"


def remarks(summary: Summary) -> list[str]:
    """What was found in the folders and is not imported, and what the files lack."""
    skipped = [f"{number:,} of {pattern} counted, not imported" for pattern, number in summary.not_imported.items()]
    unknown = [f"{name} is not in the mapping and was left alone" for name in summary.unknown]
    lacking = [f"{name} has no column {', '.join(columns)}" for name, columns in summary.lacking.items()]
    return [*skipped, *unknown, *lacking]


def error_rows(groups: Sequence[ErrorGroup]) -> list[dict[str, str | int]]:
    """Rows of the table of errors; the samples of a summary's groups are shortened already."""
    return [
        {
            "part": group.part,
            "code": group.code,
            "field": group.field or "",
            "rows": group.count,
            "sample": " | ".join(map(repr, group.samples)),
            "where": ", ".join(group.lines),
            "remedy": group.remedy,
        }
        for group in groups
    ]


def page(summary: Summary, verdict: Verdict) -> str:
    """The summary as markdown: the figures, the commonest errors, what to do now."""
    return "\n".join(
        [*_figures(summary, verdict), *_commonest(summary), *_remarks(summary), *_what_now(summary, verdict)]
    )


def _figures(summary: Summary, verdict: Verdict) -> Iterator[str]:
    yield f"# Import of {summary.source}, run {summary.run_id}\n"
    yield "| part | read | SUCCESS | FAILED | filtered | NEW | rows/s |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, t in [*summary.totals.items(), ("**all**", verdict.total)]:
        pace = summary.paces.get(name)
        rate = f"{pace.per_second:,.0f}" if pace else ""
        yield f"| {name} | {t.read:,} | {t.success:,} | {t.failed:,} | {t.filtered:,} | {t.new:,} | {rate} |"


def _commonest(summary: Summary) -> Iterator[str]:
    if summary.commonest:
        yield "\n## Commonest errors\n"
    for group in summary.commonest[:COMMONEST]:
        field = f" in {group.field}" if group.field else ""
        sample = f", for example {_code(group.samples[0])}" if group.samples and group.samples[0] else ""
        place = f" ({group.lines[0]})" if group.lines else ""
        yield f"- **{group.count:,} × {group.part} {group.code}**{field}{sample}{place}: {group.remedy}"


def _remarks(summary: Summary) -> Iterator[str]:
    lines = remarks(summary)
    if lines:
        yield "\n## Left out\n"
        yield from (f"- {line}" for line in lines)


def _what_now(summary: Summary, verdict: Verdict) -> Iterator[str]:
    yield "\n## What to do now\n"
    if verdict.total.failed:
        yield f"1. Read the artifact `{key(summary.source, 'errors')}`, or type `caseline errors`."
        yield "2. Where the rules are wrong: mend the mapping, then press **Retry** on the page of this run."
        yield "3. Where the data are wrong: `caseline rejects --out rejects.csv`, mend the rows, import that file."
        yield "\nNothing has to be undone first: rows that are SUCCESS are not touched again."
    else:
        yield "1. Sign off: `caseline verify --report verify.html`."
        yield "2. While the source goes on changing: import its next export in the same way; only changes are taken."
    if not verdict.good:
        yield f"\nThe run counts as Failed: more than {verdict.max_failed:g} % of the rows are FAILED (`max_failed`)."


def key(source: str, what: str) -> str:
    """Key of an artifact, the same for all runs of a source: lower case, digits and dashes."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in source.lower())
    return f"import-{plain.strip('-') or 'source'}-{what}"


def _code(value: str) -> str:
    return f"`{value!r}`".replace("``", "''")
