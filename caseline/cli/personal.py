"""The family `caseline personal`: data of one person are handed out or erased; and how long words are kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caseline.actions.erase_personal import Account

_WHOM = typer.Argument(metavar="CONTACT|ADDRESS", help="The number of a contact, or a mail address.")
_BY = "command line"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Data of one person: hand out, erase; how long words are kept.", no_args_is_help=True)
    for command in (export, erase, retain):
        family.command()(command)
    app.add_typer(family, name="personal")


def export(
    whom: Annotated[str, _WHOM],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write the zip.")],
    as_json: JsonOption = False,
) -> None:
    """Write all that is there of one person into a zip: a JSON file for each table, mails as they came, files."""
    from caseline.actions import export_personal

    with door.house() as house, screen.busy("Writing"):
        made = out.with_name(f".{out.name}.new")
        try:
            with made.open("wb") as file:
                done = export_personal.export(house, whom, file, by=_BY, now=door.now())
            made.replace(out)
        finally:
            made.unlink(missing_ok=True)
    if as_json:
        screen.print_json({"file": str(out), "counts": done.counts, "lost": done.lost})
        return
    _say(done.counts)
    for digest in done.lost:
        screen.beside().print(f"file {digest}: its content cannot be had: restore the folder or bucket of files")
    screen.out().print(f"{out}: {counted(sum(done.counts.values()), 'row or file', 'rows and files')}", soft_wrap=True)


def erase(
    whom: Annotated[str, _WHOM],
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it, only say what would go.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase the data of one person: names, addresses, requests' words, mails, letters, chats, answers in words.

    Ratings, times and counts stay, without a name. It cannot be taken back. What was erased is left alone by imports.

    Exit codes: 0 done, 3 nothing was erased yet, or somebody was still at work in the end: call it again.
    """
    from caseline.actions import erase_personal

    with door.house() as house, screen.busy("Erasing" if yes else "Looking"):
        if yes:
            account = erase_personal.erase(house, whom, by=_BY, now=door.now())
        else:
            account = erase_personal.foresee(house, whom)
    _tell(account, yes=yes, as_json=as_json)
    if account.unsure or (not yes and account.rows):
        raise typer.Exit(3)


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; nothing does.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take away what is older than CASELINE_RETAIN_… let it be kept; nothing unless these are set."""
    from caseline.actions import retain_personal

    with door.house() as house, screen.busy("Looking"):
        found = retain_personal.run(house, now=door.now(), dry_run=dry_run)
    if as_json:
        screen.print_json({"kinds": [{"kind": one.kind, "days": one.days, "rows": one.rows} for one in found]})
        return
    for one in found:
        kept = "for good" if one.days is None else f"for {counted(one.days, 'day')}"
        kept = "as long as rows are made of them" if one.kind == retain_personal.LANDED else kept
        what = "would go" if dry_run else "gone"
        screen.out().print(f"{one.kind}: kept {kept}, {one.rows} {what}")


def _tell(account: "Account", *, yes: bool, as_json: bool) -> None:
    whom = account.whom
    if as_json:
        screen.print_json(
            {
                "contact": whom.contact_id,
                "contacts": list(whom.contacts),
                "shared": sorted(whom.shared),
                "counts": dict(account.counts),
                "erased": yes,
                "unsure": account.unsure,
            }
        )
        return
    _say(account.counts)
    if whom.shared:
        screen.beside().print(f"others have it, too, so nothing was looked for by it: {', '.join(sorted(whom.shared))}")
    rows = counted(account.rows, "row")
    said = f"{rows} erased" if yes else f"{rows} would go; erase with --yes" if account.rows else "nothing is there"
    screen.out().print(said)
    if account.unsure:
        screen.beside().print("somebody who began before was still at work in the end: call it again in a while")


def _say(counts: "Mapping[str, int]") -> None:
    for name, number in sorted(counts.items()):
        screen.out().print(f"  {name}: {number}")
