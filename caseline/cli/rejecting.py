"""The command `rejects`: FAILED rows as files to mend."""

from pathlib import Path
from typing import Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import PartOption, SourceOption


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rejects")(rejects)


def rejects(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write: .csv, .zip, or .jsonl for JSON lines.")
    ],
    part: PartOption = None,
    source: SourceOption = None,
) -> None:
    """Write FAILED rows in the columns of their source, to be mended and imported again.

    Columns caseline_row and caseline_part say which row a line is: leave them alone and mend whatever else is wrong,
    the key included. caseline_codes and caseline_errors say what it is. Lines that nobody changes stay FAILED.
    Rows of several parts go into one file each (FILE-contact.csv), or all into FILE when it ends in .zip.

    Values are exact, not made safe for spreadsheets: do not open them in one that runs formulas or reforms dates.
    """
    from caseline.actions import write_rejects

    with door.house() as house, screen.busy("Writing"):
        mapping, written = write_rejects.write(house, out, source=source, part=part)
    console = screen.out()
    if not written:
        console.print("No FAILED rows" + (f" of {part}" if part else ""))
        return
    for file in written:
        console.print(f"{file.path}: {counted(file.rows, 'row')} of {file.part}", soft_wrap=True)
    paths = list(dict.fromkeys(file.path.partition("!")[0] for file in written))
    console.print(f"Mend, then: caseline import {' '.join(paths)} --mapping {mapping}", style="cyan", soft_wrap=True)
