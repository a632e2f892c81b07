"""Commands that tell how things stand: `status`, `errors`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen, summary
from caseline.cli.choices import CodeOption, JsonOption, PartOption, SourceOption

if TYPE_CHECKING:
    from rich.table import Table

    from caseline.actions.report_status import Status


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status")(status)
    app.command("errors")(errors)


def status(as_json: JsonOption = False) -> None:
    """Rows by part and status, open runs with their progress, the last runs."""
    from caseline.actions import report_status

    with door.house() as house:
        found = report_status.status(house)
    if as_json:
        screen.print_json(_as_dict(found))
        return
    console = screen.out()
    if not found.runs:
        console.print("Nothing was imported yet: caseline import PATH --mapping NAME, or try caseline demo")
        return
    for source, totals in found.by_source.items():
        screen.headed(console, f"Source {source}", summary.totals_table(totals))
        console.print()
    for run_id, progress in found.open.items():
        done = f"{counted(progress.settled, 'row')} settled ({progress.share:.0%}), {progress.failed:,} failed"
        line = f"Run {run_id} is open: {done}; if it was stopped, the same import goes on with it\n"
        console.print(line, style="yellow", soft_wrap=True)
    screen.headed(console, "Last runs", _runs(found))


def errors(
    part: PartOption = None,
    code: CodeOption = None,
    source: SourceOption = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show sample values whole, personal data included.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Errors of FAILED rows, grouped by code and field, with samples, their places and the remedy.

    Sample values that may be personal are shortened: mail addresses, phone numbers, names and texts.
    """
    from caseline.actions import report_errors

    with door.house() as house:
        groups = report_errors.groups(house, source=source, part=part, code=code, show_values=show_values)
    if as_json:
        screen.print_json({"groups": [asdict(group) for group in groups]})
        return
    console = screen.out()
    if not groups:
        console.print("No FAILED rows" + (" of this kind" if part or code or source else ""))
        return
    for group in groups:
        summary.show_group(group, console, samples=len(group.samples))
    console.print(f"\n{counted(sum(group.count for group in groups), 'error')}. A row may have several.", style="dim")


def _as_dict(found: "Status") -> dict[str, Any]:
    return {
        "entities": {name: part.as_dict() for name, part in found.totals.items()},
        "sources": {
            source: {name: part.as_dict() for name, part in parts.items()} for source, parts in found.by_source.items()
        },
        "runs": [
            asdict(run) | {name: at.isoformat() if at else None for name, at in _times(run)} for run in found.runs
        ],
        "open": {
            str(run_id): {"share": round(progress.share, 4)} | asdict(progress)
            for run_id, progress in found.open.items()
        },
    }


def _times(run: Any) -> list[tuple[str, Any]]:  # noqa: ANN401
    return [("started_at", run.started_at), ("finished_at", run.finished_at)]


def _runs(found: "Status") -> "Table":
    columns = ("Run", "Source", "State", "Started (UTC)", "Took", "Settled", "Failed", "Created")
    made = screen.table(*columns, numbers=("Run", "Took", "Settled", "Failed", "Created"))
    for run in found.runs:
        took = screen.seconds((run.finished_at - run.started_at).total_seconds()) if run.finished_at else "-"
        started = f"{run.started_at:%Y-%m-%d %H:%M}"
        figures = (f"{number:,}" for number in (run.settled, run.failed, run.created))
        made.add_row(str(run.id), run.source, run.state, started, took, *figures)
    return made
