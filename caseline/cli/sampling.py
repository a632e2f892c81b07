"""Commands with made-up data: `sample` writes an export, `demo` imports one."""

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.actions.counted import counted
from caseline.cli import door, importing, imports, keywords_shown, release, screen, up
from caseline.cli.serving import DESK_PORT, THIS_MACHINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from caseline.sample import ExportSummary
    from caseline.sample.export import Report

CasesOption = Annotated[int, typer.Option("--cases", min=1, help="Cases in the export.")]


_SMILEYS: Final = "smileys-on-closure"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sample")(sample)
    app.command("demo")(demo)


def sample(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="An empty folder, or one with an earlier sample.")],
    cases: CasesOption,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 2026,
    zipped: Annotated[bool, typer.Option("--zip", help="Pack it as the export service does.")] = False,
    truth: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write which rows are bad, and how an import must answer.")
    ] = None,
    bad: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=0.2, help="Share of bad rows in each file.")
    ] = 0.005,
) -> None:
    """Write a made-up Salesforce export; the same options give the same bytes."""
    from caseline.sample import write_export

    fixed = partial(write_export, folder, cases=cases, seed=seed, zipped=zipped, truth=truth, bad_share=bad)
    written = _shown(lambda report: fixed(report=report))
    made = screen.table("File", "Rows", "Bad", "Deleted", numbers=("Rows", "Bad", "Deleted"))
    for name, rows in written.rows.items():
        made.add_row(
            name, *(f"{number:,}" for number in (rows, written.failed.get(name, 0), written.filtered.get(name, 0)))
        )
    screen.out().print(made)


def demo(
    cases: CasesOption = 290_000,
    prefect: Annotated[bool, typer.Option("--prefect", help="Import as a Prefect flow run.")] = False,
) -> None:
    """Write a made-up export of a support centre into the home, import it, and furnish a desk to look at it.

    The desk gets categories, a small dictionary that sorts the requests, a catalogue, and a login; each where there is
    none yet.
    Some of its rows are bad on purpose, so FAILED rows are no failure of the demo: the exit code is 0 then too.
    """
    from caseline.actions.run_import import Order
    from caseline.settings import load
    from staging import mapping_file

    folder = load().home / "demo" / f"export-{cases}"
    _write_once(folder, cases)
    mapping = "salesforce-sample" if "salesforce-sample" in mapping_file.shipped() else "salesforce"
    if prefect:
        up.bring_up(load())
        code = imports.run_flow([folder], mapping)
        screen.out().print("The address stays open until you type: caseline down")
    else:
        code = importing.carry_out(Order((folder,), mapping, workers=load().workers), as_json=False)
    if code in {0, importing.FAILED_ROWS}:
        _furnish()
    raise typer.Exit(0 if code == importing.FAILED_ROWS else code)


def _write_once(folder: Path, cases: int) -> None:
    """The export is written anew unless this version wrote it whole before."""
    from caseline.sample import write_export

    mark = folder.with_name(f"{folder.name}.complete")
    version = release.version()
    if mark.is_file() and mark.read_text(encoding="utf-8") == version:
        return
    mark.unlink(missing_ok=True)
    screen.out().print(f"Writing a made-up export of {counted(cases, 'case')} to {folder}", soft_wrap=True)
    _shown(lambda report: write_export(folder, cases=cases, report=report))
    mark.write_text(version, encoding="utf-8")


def _furnish() -> None:
    """Set up what the desk shows, sort the requests, and say how to get in."""
    from caseline.actions import furnish_desk, index_texts, keep_campaigns, sort_requests
    from caseline.actions.editing import Editor
    from caseline.sample.furnishing import CATALOGUE, CATEGORIES, FIELDS, STAGES

    wanted = [furnish_desk.Category(one.code, one.label, one.hours, one.words) for one in CATEGORIES]
    out = screen.out()
    with door.house() as house:
        furnish_desk.call(house, STAGES, FIELDS, now=door.now())
        made = furnish_desk.furnish(house, wanted, CATALOGUE, now=door.now())
        with keywords_shown.bar("Sorting requests by the dictionary") as watch:
            found = sort_requests.sort(house, processes=house.settings.workers, now=door.now(), watch=watch)
        with keywords_shown.bar("Making requests searchable") as watch:
            index_texts.index(house, now=door.now(), rest=0, watch=watch)
        smileys = keep_campaigns.find(house, _SMILEYS, now=door.now())
        if smileys.version == 1:  # nobody has decided about it yet
            keep_campaigns.switch_on(house, _SMILEYS, Editor("demo", door.now()))
    if made.categories:
        out.print(f"Desk: {counted(made.categories, 'category')}, {counted(made.entries, 'keyword')} of a sample")
    if made.products:
        out.print(f"Catalogue: {counted(made.products, 'product')} of a sample")
    out.print(f"Sorted: {found.categorised:,} of {counted(found.looked_at, 'request')} got a category", soft_wrap=True)
    if made.password is not None:
        out.print(
            f"Sign in as {furnish_desk.LOGIN} with the password {made.password} (shown this once; another one: "
            f"caseline user set {furnish_desk.LOGIN} --password)",
            soft_wrap=True,
        )
    _say_how_to_go_on()


def _say_how_to_go_on() -> None:
    out = screen.out()
    activate = Path(sys.prefix, "bin", "activate")
    if shutil.which("caseline") is None and activate.is_file():
        out.print(f"source {activate}", style="bold", soft_wrap=True)
    out.print(
        f"caseline up --sandbox    the desk at http://{THIS_MACHINE}:{DESK_PORT}, Prefect, a post office of its own",
        style="bold",
        soft_wrap=True,
    )


def _shown(write: "Callable[[Report], ExportSummary]") -> "ExportSummary":
    """Call `write` with a progress bar to report to."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = screen.beside()
    columns = (TextColumn("{task.description}"), BarColumn(None), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("")

        def report(file: str, rows: int, expected: int) -> None:
            bar.update(task, description=file, completed=rows, total=expected)

        return write(report)
