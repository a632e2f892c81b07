"""The command `caseline bitrix24 reconcile`: whether a portal still has what was brought there."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseline.actions.counted import counted
from caseline.cli import asking, door, importing, screen
from caseline.cli.choices import AllowOption, JsonOption, SourceOption, YesOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from caseline.actions.reconcile_portal import Example, Reconciliation

_DIFFERENT = 3
_EQUAL = "Equal: the portal has what was brought there"
_NOTHING = "Nothing was brought there yet, so there is nothing to compare"
_KINDS = ("missing", "doubled", "altered", "unknown")


def reconcile(
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the portal again what the register says; asks first.")
    ] = False,
    source: SourceOption = None,
    yes: YesOption = False,
    allow_automation: AllowOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the portal with the register, record by record: missing, doubled, altered, unknown.

    --repair makes missing records again (under new ids, which everything here takes over), deletes doubles and writes
    altered fields back. Exit codes: 0 equal or mended, 3 differences stay.
    """
    from caseline.actions import reconcile_portal

    try:
        with importing.stoppable(), door.house(automation=allow_automation) as house, _progress() as watch:
            if repair and yes:
                found = reconcile_portal.repair(house, source, watch=watch)
            else:
                found = reconcile_portal.compare(house, source, watch=watch)
            if repair and not yes and found.differences:
                _show(found, screen.beside() if as_json else screen.out())
                many = counted(found.differences, "difference")
                asking.agreed(f"Mend {many} in the portal?", nothing="Nothing was changed", yes=False)
                found = reconcile_portal.repair(house, source, watch=watch)
    except KeyboardInterrupt:
        screen.complain("Stopped. What is mended stays mended; the same command goes on.")
        raise typer.Exit(importing.STOPPED) from None
    if as_json:
        screen.print_json({**plain(found), "differences": found.differences, "repaired": repair})
    else:
        _show(found, screen.out(), repaired=repair)
    stays = found.left_over if repair else found.differences
    raise typer.Exit(_DIFFERENT if stays else 0)


@contextmanager
def _progress() -> "Iterator[Callable[[Reconciliation, str], None]]":
    console = screen.beside()
    if not console.is_terminal:
        yield lambda _found, _entity: None
        return
    with console.status("Comparing") as status:

        def watch(found: "Reconciliation", entity: str) -> None:
            told = counted(found.differences, "difference")
            status.update(f"{entity}: {sum(found.looked.values()):,} compared, {told}")

        yield watch


def _show(found: "Reconciliation", console: "Console", *, repaired: bool = False) -> None:
    made = screen.table("Of", "Compared", *_KINDS, numbers=("Compared", *_KINDS))
    for entity, kinds in found.found.items():
        made.add_row(entity, f"{found.looked[entity]:,}", *(f"{kinds.get(kind, 0):,}" for kind in _KINDS))
    screen.headed(console, "Portal against register", made)
    if not found.differences:
        console.print(_EQUAL if any(found.looked.values()) else _NOTHING, style="green")
    if found.examples:
        screen.headed(console, "\nThe first ones", _examples(found.examples))
    if repaired and found.differences:
        told: Any = ", ".join(f"{number:,} {kind}" for kind, number in found.mended.items()) or "nothing"
        console.print(f"\nMended: {told}", style="green")
        if found.renumbered:
            many = counted(found.renumbered, "record has", "records have")
            console.print(f"{many} a new id in the portal; everything here knows it", soft_wrap=True)
    if found.left_over:
        console.print(f"\n{counted(found.left_over, 'difference stays', 'differences stay')}", style="yellow")
        for one in found.left:
            console.print(f"  {one.kind} {one.entity} {one.origin} {one.link}: {one.reason}", soft_wrap=True)


def _examples(found: "Sequence[Example]") -> "Table":
    made = screen.table("Kind", "Of", "Source", "Key", "Fields", "Where")
    for one in found:
        made.add_row(one.kind, one.entity, one.source, one.origin, ", ".join(one.fields), one.link)
    return made
