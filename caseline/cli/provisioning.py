"""The command `caseline bitrix24 provision`: makes a portal ready for an import."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import asking, door, screen
from caseline.cli.choices import JsonOption, MappingOption, YesOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.provision_portal import Provision

_IN_THE_WAY = 3


def provision(
    mapping: MappingOption,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]", help="The export: columns that are kept as they are become fields too."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be made.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make what a mapping needs in the portal: fields, list items, stages, sources, a section on the cards.

    What exists stays as it is, and a second run has nothing to do. Exit codes: 0 ready, 3 something stands in the way.
    """
    from caseline.actions import provision_portal

    order = provision_portal.Order(mapping, tuple(paths or ()))
    with door.house() as house:
        with screen.busy("Comparing with the portal"):
            found = provision_portal.foresee(house, order)
        if not as_json:
            _show(found)
        made = False
        if found.needs and not found.obstacles and not dry_run:
            asking.agreed(
                f"Make {counted(len(found.needs), 'thing')} in the portal?", nothing="Nothing was made", yes=yes
            )
            with screen.busy("Making it"):
                provision_portal.provide(house, order)
            made = True
    if as_json:
        screen.print_json({**plain(found), "made": made, "dry_run": dry_run})
    elif made:
        screen.out().print(f"Made {counted(len(found.needs), 'thing')}: the portal is ready", style="green")
    if found.obstacles:
        raise typer.Exit(_IN_THE_WAY)


def _show(found: "Provision") -> None:
    console = screen.out()
    console.print(f"{counted(found.there, 'field')} of ours exist already and stay")
    if not found.needs and not found.obstacles:
        console.print("The portal is ready: there is nothing to do", style="green")
    if found.needs:
        made = screen.table("Lacks", "Of", "Name", "Label", "Detail")
        for need in found.needs:
            made.add_row(need.kind, need.entity, need.name, need.label, need.detail)
        console.print(made)
    for one in found.obstacles:
        console.print(f"In the way: {one.name} of {one.entity} {one.text}", style="red", soft_wrap=True)
