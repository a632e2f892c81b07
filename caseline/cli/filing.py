"""The family `caseline files`: where contents of attachments lie."""

import typer

from caseline.actions.counted import counted
from caseline.cli import door, screen
from caseline.cli.choices import JsonOption

_UNFINISHED = 3


def register(app: typer.Typer) -> None:
    """Add the commands."""
    family = typer.Typer(help="Where contents of attachments lie: list, move.", no_args_is_help=True)
    family.command("list")(listed)
    family.command("move")(move)
    app.add_typer(family, name="files")


def listed(as_json: JsonOption = False) -> None:
    """Say how many contents lie in the database, the folder and the bucket, and where new ones are kept."""
    from caseline.actions import keep_files

    with door.house() as house:
        place, found = keep_files.lying(house)
    if as_json:
        places = [{"place": one, "files": number, "bytes": size} for one, (number, size) in sorted(found.items())]
        screen.print_json({"new": place, "places": places})
        return
    table = screen.table("place", "files", "bytes", numbers=("files", "bytes"))
    for one, (number, size) in sorted(found.items()):
        table.add_row(one, f"{number:,}", f"{size:,}")
    screen.out().print(table)
    screen.out().print(f"New ones are kept here: {place}")


def move(as_json: JsonOption = False) -> None:
    """Move contents that lie elsewhere to where new ones are kept (CASELINE_FILES_PLACE).

    It may be stopped and started again, and run while mail comes in. Files of a folder and objects of a bucket stay
    there: delete them when nothing lies there any more and a backup is made. Exit code 3: some could not be moved.
    """
    from caseline.actions import keep_files

    with door.house() as house:
        moved = keep_files.move(house)
    for fault in moved.faults:
        screen.complain(fault)
    if as_json:
        screen.print_json({"place": moved.place, "files": moved.files, "bytes": moved.size, "faults": moved.faults})
    else:
        screen.out().print(
            f"{counted(moved.files, 'file')} ({counted(moved.size, 'byte')}) moved into the place {moved.place}"
        )
    if moved.faults:
        raise typer.Exit(_UNFINISHED)
