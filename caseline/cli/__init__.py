"""The `caseline` command: everything an engineer does with an import, without Prefect."""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with `arguments` (those of the process) and exit with its code.

    0 all good; 3 finished with FAILED rows; 1 could not run; 2 wrong usage; 130 stopped with Ctrl-C.
    """
    from caseline.cli import application, screen

    try:
        application.command()(args=arguments, prog_name="caseline")
    except Exception as error:
        words = application.explain(error)
        if words is None:
            raise
        screen.complain(words)
        sys.exit(1)
