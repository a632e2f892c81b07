"""Carries out an import in this process, with a word before, progress meanwhile and a summary after."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from caseline.actions.counted import counted
from caseline.cli import door, keywords_shown, progress, screen, summary

if TYPE_CHECKING:
    from caseline.actions.foresee_import import Outlook
    from caseline.actions.run_import import Import, Order
    from caseline.actions.wiring import House
    from staging.reconvert import Otherwise

Begin = Callable[["House"], "Import"]
"""Opens a run, or joins the one that was interrupted."""
FAILED_ROWS: Final = 3
STOPPED: Final = 130


def carry_out(order: "Order", *, as_json: bool, automation: bool = False) -> int:
    """Import what is ordered; answers the exit code. `automation`: see `door.house`."""
    from caseline.actions import run_import

    what = f"Importing {', '.join(map(str, order.paths))} with mapping {order.mapping}"
    begin = partial(run_import.start, order=order, clock=door.now)
    return work_off(begin, what=what, mapping=order.mapping, as_json=as_json, automation=automation)


def work_off(begin: Begin, *, what: str, mapping: str | None, as_json: bool, automation: bool = False) -> int:
    """Begin and work to the end; answers the exit code. `what` is imported, in words; Ctrl-C stops cleanly.

    `mapping` is how it is named to people who go on; None: by the name of the shipped one that says the same.
    """
    from caseline.actions import foresee_import, run_import, sort_requests, summarise_import
    from caseline.db import engine
    from staging import mapping_file

    say = screen.beside() if as_json else screen.out()
    try:
        with stoppable(), door.house(automation=automation, keep=engine.KEPT) as house:
            with screen.busy("Looking at the files"):
                imported = begin(house)
                outlook = foresee_import.foresee(imported)
            say.print(first_line(imported, outlook, what), soft_wrap=True)
            with progress.display(outlook.records) as watch:
                run_import.go_on(imported, watch=watch)
            with keywords_shown.bar("Sorting by keywords") as told:
                sort_requests.sort(house, processes=house.settings.workers, now=door.now(), watch=told)
            found = summarise_import.summarise(imported)
    except KeyboardInterrupt:
        screen.complain("Stopped. What is settled stays settled; the same command goes on where it stopped.")
        return STOPPED
    if as_json:
        screen.print_json(found.as_dict())
    else:
        summary.show(found, say, mapping=mapping or mapping_file.name_of(imported.job.mapping) or "FILE")
    return FAILED_ROWS if found.failed else 0


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM, with which services are stopped, means the same as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _otherwise(found: "Otherwise") -> str:
    from staging.reconvert import ANEW

    said = f"The mapping has changed since run {found.run_id}: rows that it has brought in stay as they are."
    if not found.on_reading:
        return f"{said} To have them by the new one, import again with --reconvert."
    return f"{said} Parts, keys, and which rows are left out, count when files are read, which is done once: {ANEW}."


def first_line(imported: "Import", outlook: "Outlook", what: str) -> str:
    """What is imported, how much, and where it resumes."""
    again = ", ".join(
        [f"trying {counted(outlook.again, 'row')} of earlier runs again"] * bool(outlook.again)
        + [f"converting {counted(outlook.anew, 'row')} of earlier runs once more"] * bool(outlook.anew)
    )
    files = f"{counted(outlook.files, 'file')}, {screen.size(outlook.size)}"
    if imported.resumed:
        return f"{what}: resuming run {imported.run_id}: {counted(outlook.settled, 'row')} are settled already"
    if not outlook.files:
        return f"{what}: run {imported.run_id}, {again or 'no rows to try again'}"
    if not outlook.files_left:
        said = f"{what}: {files}, all imported already; {again or 'nothing to do'} (run {imported.run_id})"
        return said if outlook.otherwise is None else f"{said}\n{_otherwise(outlook.otherwise)}"
    about = f"about {counted(outlook.records - outlook.again - outlook.anew, 'row')}"
    return f"{what}: {files}, {about}, run {imported.run_id}" + (f", {again}" if again else "")
