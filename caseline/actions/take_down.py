"""Ends what `bring_up` started in a home, and nothing else."""

from pathlib import Path
from typing import Final

from caseline.actions import processes, running_services
from caseline.actions.bring_up import Say
from caseline.db import embedded

ORDER: Final = ("worker", "server")
"""The worker first: it tells the server how its runs ended."""
PATIENCE_S: Final = 40


def take_down(home: Path, say: Say) -> bool:
    """End the services of a home; false when none ran. Flow runs that are at work stop, and can be retried later."""
    with running_services.locked(home):
        running, any_ran = running_services.read(home), False
        for name in ORDER:
            if process := running.alive(name):
                any_ran = processes.end(process, patience_s=PATIENCE_S)
                say(name, "stopped", "")
        if running.database:
            any_ran = embedded.stop(home) or any_ran
            say("database", "stopped", "")
        running_services.forget(home)
    return any_ran
