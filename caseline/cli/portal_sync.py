"""The command `caseline bitrix24 sync`: keeps the register in step with its portal."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import AllowOption, JsonOption
from caseline.cli.plain import plain

if TYPE_CHECKING:
    from caseline.actions.sync_portal import Synced

_MOST_SHOWN = 20


def sync(
    everything: Annotated[
        bool, typer.Option("--all", help="Read every record of the portal, not only those that have changed.")
    ] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
    every: Annotated[
        float, typer.Option("--every", min=1, metavar="SECONDS", help="How long --follow waits in between.")
    ] = 15,
    allow_automation: AllowOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the register in step with its portal: changes, stages, deletions come in, deadlines and durations go out.

    It may be stopped at any point and started again. The deployment sync-bitrix24 does this every minute.
    """
    from caseline.actions import sync_portal

    failed = False
    with door.house(automation=allow_automation) as house:
        while True:
            found = sync_portal.sync(house, now=door.now(), everything=everything)
            failed = bool(found.failed)
            _show(found, as_json=as_json)
            if not follow:
                break
            everything = False
            time.sleep(every)
    if failed:
        raise typer.Exit(3)


def _show(found: "Synced", *, as_json: bool) -> None:
    if as_json:
        screen.print_json(plain(found))
        return
    console = screen.out()
    if found.busy:
        console.print("Another sync is under way: nothing was done")
        return
    came, went = found.followed, found.pushed
    console.print(
        f"From the portal: {came.created:,} new, {came.changed:,} changed, {came.deleted:,} deleted, {came.same:,} the"
        f" same; to the portal: {counted(went.written, 'lead')} written",
        soft_wrap=True,
    )
    if found.waiting:
        console.print(f"{counted(found.waiting, 'record is', 'records are')} read by the next sync")
    for line in found.failed[:_MOST_SHOWN]:
        screen.beside().print(line, soft_wrap=True)
