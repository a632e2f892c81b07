"""The family `caseline catalogue`: products from a CSV file, and into one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from caseline.cli import door, keyword_sources, screen
from caseline.cli.choices import JsonOption
from caseline.cli.keyword_sources import OutOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.crm.catalogue_plan import Plan

_SHOWN: Final = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="The catalogue of products that requests are about.", no_args_is_help=True)
    family.command("import")(bring)
    family.command("export")(give)
    app.add_typer(family, name="catalogue")


def bring(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv", exists=True, dir_okay=False, help="One column for each level; or id, parent, name."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    retire: Annotated[
        bool, typer.Option("--retire", help="Take out of use what the file does not name; requests keep it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring products from a file; rows with faults are left out, and the command ends with 3."""
    from caseline.actions import import_catalogue

    sheet = import_catalogue.read(file.read_bytes(), file.name)
    with door.house() as house:
        if dry_run:
            found = import_catalogue.propose(house, sheet, retire=retire).plan
        else:
            found = import_catalogue.bring(house, sheet, None, retire=retire, now=door.now())
    if as_json:
        screen.print_json(plain(found))
    else:
        _show(found, file.name, dry_run=dry_run)
    keyword_sources.end(len(found.faults))


def give(
    by_ids: Annotated[
        bool, typer.Option("--ids", help="Columns id, parent, name instead of one for each level.")
    ] = False,
    out: OutOption = None,
) -> None:
    """Write the catalogue as CSV; `catalogue import` takes it back."""
    from caseline.actions import import_catalogue

    with door.house() as house:
        keyword_sources.write(out, import_catalogue.written(house, by_ids=by_ids))


def _show(found: "Plan", name: str, *, dry_run: bool) -> None:
    from caseline.crm.catalogue_plan import Kind

    for kind in Kind:
        steps = found.of(kind)
        if not steps:
            continue
        typer.echo(f"{'would be ' if dry_run else ''}{kind.value}: {len(steps)}")
        for step in steps[:_SHOWN]:
            moved = step.before and step.before != step.after
            typer.echo(f"  {step.before} -> {step.after}" if moved else f"  {step.after}")
        if len(steps) > _SHOWN:
            typer.echo(f"  ... and {len(steps) - _SHOWN} more")
    typer.echo(f"as they are: {found.unchanged}")
    for fault in found.faults:
        screen.complain(f"{name}:{fault.line}: {fault.text % {'value': fault.value}}")
