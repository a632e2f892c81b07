"""The command `rollback`: takes an import back."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import YesOption, id_argument
from caseline.cli.importing import FAILED_ROWS, STOPPED

if TYPE_CHECKING:
    from caseline.actions.roll_back import RolledBack


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rollback")(rollback)


def rollback(
    run: Annotated[int, id_argument("RUN", "Number of the run; `caseline status` lists them.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted and what would stay.")
    ] = False,
    yes: YesOption = False,
) -> None:
    """Delete exactly what one run created in the CRM, last imported first; its rows are NEW again.

    Records that people have edited since, and those that other records point at, stay and are reported (exit code 3);
    what later imports wrote into a record is no edit. What the run only changed is not changed back.
    What was sent before a crash and never confirmed goes too; --dry-run does not count it.
    An interrupted rollback goes on when it is started again.
    """
    from caseline.actions import roll_back, settle_times

    try:
        with door.house() as house:
            if dry_run or not yes:
                with screen.busy("Counting"):
                    foreseen = roll_back.foresee(house, run)
                _show(foreseen, "would be deleted")
                if dry_run:
                    return
                _ask(foreseen)
            with screen.busy("Deleting"):
                done = roll_back.roll_back(house, run, now=door.now())
            # Also when nothing was left to delete: the one before may have been interrupted just here.
            with screen.busy("Counting the time spent on stages"):
                settle_times.settle(house, now=door.now())
    except KeyboardInterrupt:
        screen.complain(f"Stopped. What is deleted stays deleted; `caseline rollback {run}` goes on.")
        raise typer.Exit(STOPPED) from None
    _show(done, "deleted")
    raise typer.Exit(FAILED_ROWS if done.kept else 0)


def _ask(foreseen: "RolledBack") -> None:
    if not sys.stdin.isatty():
        screen.complain("Nothing was deleted: nobody is there to ask. Say --yes.")
        raise typer.Exit(1)
    number = sum(foreseen.deleted.values())
    if not typer.confirm(f"Delete {counted(number, 'record')} of run {foreseen.run_id} for good?", err=True):
        screen.complain("Nothing was deleted.")
        raise typer.Exit(1)


def _show(done: "RolledBack", what: str) -> None:
    console = screen.out()
    made = screen.table("Part", what, numbers=(what,))
    for part, number in done.deleted.items():
        made.add_row(part, f"{number:,}")
    screen.headed(console, f"Run {done.run_id} of {done.source}", made)
    for reason, number in done.kept.items():
        console.print(f"{counted(number, 'record stays', 'records stay')}: {reason}", style="yellow")
    for one in done.samples:
        console.print(f"  {one.part} {one.origin} (CRM id {one.crm_id}): {one.reason}", style="dim", soft_wrap=True)
