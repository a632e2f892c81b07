"""Machines that open the links of letters, and the one person who does: each does something and waits, by HTTP alone."""

import heapq
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpx

from tests.factories.feedback_asks import Asking, Program, Sent, hidden

Steps = Generator[float, None, None]
"""Does something between the seconds that it waits."""
VALUES: Final = (1, 2, 3, 4, 5)
_SEE_OTHER: Final = 303


def all_links(client: Program, one: Sent) -> Steps:
    """Opens every link of the letter in order."""
    for path in (one.path, *(f"{one.path}/{value}" for value in VALUES), one.unsubscribe):
        client.get(path)
        yield 0.4


def head_then_get(client: Program, one: Sent) -> Steps:
    """Asks for the head of each link, then for the whole."""
    for value in reversed(VALUES):
        client.head(f"{one.path}/{value}")
        yield 0.3
        client.get(f"{one.path}/{value}")
        yield 0.3


def browser(client: Program, one: Sent, pause: float = 3) -> Steps:
    """A browser without a screen: runs the script of each page, which sends the value."""
    for value in VALUES:
        page = client.get(f"{one.path}/{value}")
        yield 2
        client.post(f"{one.path}/{value}", {"page-mark": hidden(page)["page-mark"]})
        yield pause


def slow_browser(client: Program, one: Sent) -> Steps:
    """The same with more than a minute between links."""
    yield from browser(client, one, 75)


def presser(client: Program, one: Sent) -> Steps:
    """A browser that presses the first button of the first page, as soon as it is there."""
    page = client.get(f"{one.path}/{VALUES[0]}")
    yield 0.2
    client.post(one.path, {**hidden(page), "rating": str(VALUES[0])})
    yield 0.2


def slow_presser(client: Program, one: Sent) -> Steps:
    """One that comes with the letter, looks at each page for a while and presses its button."""
    for value in VALUES:
        page = client.get(f"{one.path}/{value}")
        yield 3
        client.post(one.path, {**hidden(page), "rating": str(value)})
        yield 1


def preview(client: Program, one: Sent) -> Steps:
    """A chat draws a preview of a link that somebody has passed on."""
    client.get(f"{one.path}/3", headers={"User-Agent": "TelegramBot (like TwitterBot)", "Purpose": "preview"})
    yield 0.1
    client.head(f"{one.path}/3")
    yield 0.1


def fetcher(client: Program, one: Sent) -> Steps:
    """A browser that draws ahead what it thinks will be opened; its script waits until it is looked at."""
    for value in (2, 5):
        client.get(f"{one.path}/{value}", headers={"Sec-Purpose": "prefetch;prerender"})
        yield 0.1


MACHINES: Final[Mapping[str, Callable[[Program, Sent], Steps]]] = {
    one.__name__: one
    for one in (all_links, head_then_get, browser, slow_browser, presser, slow_presser, preview, fetcher)
}


WITH_THE_LETTER: Final = frozenset({"slow_presser"})
"""Those that are known by coming with the letter alone: later they are as people are."""


@dataclass
class Person:
    """Clicks a smiley and does what the page asks for."""

    client: Program
    one: Sent
    value: int
    scripts: bool = True
    stays: bool = True
    """Presses Save when the page asks for it."""
    pressed: bool = False

    def steps(self) -> Steps:
        """What he does."""
        page = self.client.get(f"{self.one.path}/{self.value}")
        yield 2
        if self.scripts:
            told = self.client.post(f"{self.one.path}/{self.value}", {"page-mark": hidden(page)["page-mark"]}).json()
            if told["told"] == "kept" or not self.stays:
                return
        yield 4
        done = self._pressed(page)
        if done.status_code != _SEE_OTHER:
            assert "Please press “Save” once more" in done.text
            yield 4
            done = self._pressed(done)
        assert done.status_code == _SEE_OTHER
        self.pressed = True

    def _pressed(self, page: httpx.Response) -> httpx.Response:
        return self.client.post(self.one.path, {**hidden(page), "rating": str(self.value)})


def play(asking: Asking, actors: Sequence[tuple[float, Steps]]) -> None:
    """Let all of them do their steps, each from its own second on; the clock goes with them."""
    begin = asking.now
    waiting = [(start, number, steps) for number, (start, steps) in enumerate(actors)]
    heapq.heapify(waiting)
    while waiting:
        at, number, steps = heapq.heappop(waiting)
        asking.now = begin + timedelta(seconds=at)
        pause = next(steps, None)
        if pause is not None:
            heapq.heappush(waiting, (at + pause, number, steps))
