"""Several people at once: each does one thing, all begin at the same moment, and what became of each is told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def together(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; answers what each gave back, or with what it was refused."""
    ready = threading.Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        ready.wait()
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - the test says which refusals it expects
            return error

    with ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(one, deeds))
