"""Ends what `bring_up` started in a home, and nothing else."""

from pathlib import Path
from typing import Final

from caseline.actions import ask_prefect, processes, running_services, sandbox_post
from caseline.actions.starting import Say
from caseline.db import embedded

PATIENCE_S: Final = 40
"""A flow run finishes the batches under way before it ends."""
_BESIDE: Final = ("desk", "public", sandbox_post.NAME)


def take_down(home: Path, say: Say) -> bool:
    """End the services of a home; false when none ran. Flow runs that are at work stop, and can be retried later."""
    with running_services.locked(home):
        running = running_services.read(home)
        worker, server = running.alive("worker"), running.alive("server")
        beside = {name: one for name in _BESIDE if (one := running.alive(name))}
        if worker:
            processes.end(worker, patience_s=PATIENCE_S)
            say("worker", "stopped", "")
        if server:
            # Without a worker and a server no run goes on, and nobody would ever say so.
            stopped = ask_prefect.crash_running(
                running.api_url,
                "Stopped by `caseline down`: press Retry after `caseline up`, it goes on where it stopped",
            )
            processes.end(server, patience_s=PATIENCE_S)
            say("server", "stopped", f"{stopped} flow runs were at work" if stopped else "")
        for name, one in beside.items():
            processes.end(one, patience_s=PATIENCE_S)
            say(name, "stopped", "")
        database = running.database and embedded.stop(home)
        if database:
            say("database", "stopped", "")
        elif (worker or server or beside) and embedded.status(home).running:
            say("database", "running", "it ran before `caseline up`; `caseline db stop` ends it")
        running_services.forget(home)
    return bool(worker or server or beside or database)
