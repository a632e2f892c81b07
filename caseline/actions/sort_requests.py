"""Gives requests without a category the one that the keyword dictionary finds, in processes, restartable anywhere."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from caseline.actions import know_calendars, settle_times, wiring
from caseline.actions.wiring import Blueprint, House
from caseline.crm import intake as intakes
from caseline.crm.cards import Deed, Text
from caseline.crm.intake import Intake
from keywords import scored

PART: Final = 2_000
"""Requests of one transaction."""
_WORTH_PROCESSES: Final = 4 * PART


@dataclass(frozen=True, slots=True)
class Sorted:
    """How it went."""

    looked_at: int
    categorised: int


Watch = Callable[[int, int], None]
"""Told (requests looked at, requests to look at)."""


Work = Callable[[list[tuple[int, int]]], Iterator[Sorted]]
"""Works off parts (first id, last id), each by `sort_part`; answers for each as it is done."""


def sort(
    house: House,
    *,
    processes: int,
    now: datetime,
    watch: Watch = lambda _done, _all: None,
    work: Work | None = None,
) -> Sorted:
    """Look at every request without category that this version of the dictionary has not looked at yet.

    Every part is committed by itself: stopped anywhere and started again, or twice at once, no request is sorted twice.
    Open ones have their deadline afterwards. `work`: who works off the parts; processes of our own unless given.
    """
    intake = wiring.intake(house)
    with house.engine.begin() as connection:
        know_calendars.ready(connection, now=now)
        loaded = house.words.now(connection)
        parts = intake.cards.unsorted(connection, loaded.version, PART) if loaded.kept else []
    total, looked_at, categorised = sum(part[2] for part in parts), 0, 0
    own = _workers(house, processes if total >= _WORTH_PROCESSES else 0, now)
    with own if work is None else nullcontext(work) as work_off:
        for done in work_off([part[:2] for part in parts]):
            looked_at, categorised = looked_at + done.looked_at, categorised + done.categorised
            watch(looked_at, total)
    with house.engine.begin() as connection:
        intake.cards.give_groups(connection)
    settle_times.settle(house, now=now)
    return Sorted(looked_at, categorised)


def sort_again(
    house: House,
    since: datetime,
    until: datetime | None = None,
    *,
    now: datetime,
    watch: Watch = lambda _done, _all: None,
) -> Sorted:
    """Ask the dictionary once more about requests whose category it has set itself, created since a moment.

    With another moment named, before that.

    A changed category takes group and deadline of an open request with it. Where the dictionary finds none now, nothing
    changes, nor where people have set one.
    """
    intake, looked_at, changed, after = wiring.intake(house), 0, 0, 0
    while True:
        with house.engine.begin() as connection:
            texts = intake.cards.sorted_within(connection, since, until, after, PART)
            if not texts:
                return Sorted(looked_at, changed)
            loaded = house.words.now(connection)
            usable = {one.code for one in intake.cards.categories(connection) if one.active}
            said = {text.id: loaded.say(text.description, text.subject) for text in texts}
            scored.keep_scored(connection, [one.row(number) for number, one in said.items()], at=now)
            decided = [(text, said[text.id].decision.category) for text in texts]
            other = [(text, code) for text, code in decided if code and code in usable - {text.category}]
            chosen = intake.cards.chosen_groups(connection, [text.id for text, _ in other]) if other else {}
        for text, category in other:
            changed += _change(house, intake, text, category, group_id=chosen.get(text.id), now=now)
        after, looked_at = texts[-1].id, looked_at + len(texts)
        watch(looked_at, 0)


def _change(house: House, intake: Intake, text: Text, category: str, *, group_id: int | None, now: datetime) -> bool:
    with house.engine.begin() as connection:
        card = intake.cards.get(connection, text.id)
        if card is None or card.version != text.version or card.category_by != intakes.BY_KEYWORDS:
            return False
        intake.cards.unedited(connection)
        deed = Deed(at=now, data={"set_by": intakes.BY_KEYWORDS})
        return intake.categorise(connection, card, category, deed, group_id=group_id) is not None


@contextmanager
def _workers(house: House, processes: int, now: datetime) -> Iterator[Work]:
    if not processes:
        yield lambda parts: (sort_part(house, wiring.intake(house), part, now) for part in parts)
        return
    # A forked child would share the connections of its parent.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _begin, (Blueprint(house.settings, house.url), now))
    try:
        yield partial(_share, pool)
    finally:
        pool.shutdown(cancel_futures=True)


def _share(pool: ProcessPoolExecutor, parts: list[tuple[int, int]]) -> Iterator[Sorted]:
    # Ctrl-C at a terminal is sent to all processes. Those that begin here never hear it: they end what they work on.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.map(_work, parts)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def sort_part(house: House, intake: Intake, part: tuple[int, int], now: datetime) -> Sorted:
    """Sort the requests between two ids in one transaction."""
    with house.engine.begin() as connection:
        loaded = intake.words.now(connection)
        texts = intake.cards.unsorted_texts(connection, part, loaded.version)
        found, rows = {}, []
        for text in texts:
            said = loaded.say(text.description, text.subject)
            rows.append(said.row(text.id))
            if said.decision.category is not None:
                found[text.id] = said.decision.category
        done = intake.cards.sort(connection, found, at=now)
        scored.keep_scored(connection, rows, at=now)
    return Sorted(len(texts), len(done))


_OWN: dict[str, tuple[House, Intake, datetime]] = {}
"""What a worker process works with."""


def _begin(blueprint: Blueprint, now: datetime) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    house = blueprint.join()
    _OWN["worker"] = (house, wiring.intake(house), now)


def _end_with_parent() -> None:
    """End when whoever gives the work out is gone: a process that was killed cannot end its own."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(part: tuple[int, int]) -> Sorted:
    house, intake, now = _OWN["worker"]
    return sort_part(house, intake, part, now)
