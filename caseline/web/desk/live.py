"""Rings the bells of all open pages of a process: one look at the database every few seconds, whoever listens."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from starlette.concurrency import run_in_threadpool

from caseline.actions import show_notices, tell_notices
from caseline.actions.show_notices import News
from caseline.actions.wiring import House
from caseline.people.access import Viewer

EVERY_S: Final = 2.0
HEARTBEAT_S: Final = 20.0
"""After so much silence a comment is sent, so that no proxy takes the line for dead."""
LIFE_S: Final = 900.0
"""Then the browser connects anew, and is let in or not by what holds then: role, groups, scope."""
MOST: Final = 4
"""Streams of a login; the oldest ends when another comes. Browsers keep few connections to a server."""
RETRY_MS: Final = 5_000
_LOG: Final = logging.getLogger("caseline.desk")


class Word(StrEnum):
    """What a stream is told."""

    LOOK = "look"
    """The number may be another one."""
    ELSEWHERE = "elsewhere"
    """Too many are open."""
    SIGNED_OUT = "signed-out"
    END = "end"
    """The server ends, or could not look: come again."""


@dataclass(eq=False)
class Bell:
    """An open page that listens."""

    viewer: Viewer
    person_id: int
    session: bytes
    words: asyncio.Queue[Word] = field(default_factory=asyncio.Queue)
    state: tuple[int, int] = (0, 0)


class Live:
    """The bells of a process. All but `close` is called in the loop of the server."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._bells: list[Bell] = []
        self._watch: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def __len__(self) -> int:
        """How many listen."""
        return len(self._bells)

    def close(self) -> None:
        """End all streams, so that the server can end; from any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._say, Word.END)

    async def stream(self, viewer: Viewer, session: bytes) -> AsyncIterator[str]:
        """Server-sent events for a page: `unread` with the number whenever it changes, until the session ends."""
        if viewer.person_id is None or self._closed:
            return
        bell = Bell(viewer, viewer.person_id, session)
        self._enter(bell)
        try:
            yield f"retry: {RETRY_MS}\n\n"
            end = asyncio.get_running_loop().time() + LIFE_S
            word = Word.LOOK
            while True:
                if word is Word.LOOK:
                    yield await self._count(viewer)
                elif word is not Word.END:
                    yield f"event: {word}\ndata: -\n\n"
                left = end - asyncio.get_running_loop().time()
                if word is not Word.LOOK or left <= 0:
                    return
                while (heard := await _next(bell, min(HEARTBEAT_S, left))) is None:
                    yield ": listening\n\n"
                    left = end - asyncio.get_running_loop().time()
                    if left <= 0:
                        return
                word = heard
        finally:
            self._bells.remove(bell)

    def _enter(self, bell: Bell) -> None:
        own = [one for one in self._bells if one.viewer.login_id == bell.viewer.login_id]
        for oldest in own[: max(0, len(own) - MOST + 1)]:
            oldest.words.put_nowait(Word.ELSEWHERE)
        self._bells.append(bell)
        self._loop = asyncio.get_running_loop()
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_on())
            self._watch.add_done_callback(self._ended)

    async def _count(self, viewer: Viewer) -> str:
        count = await run_in_threadpool(show_notices.unread, self._house, viewer)
        return f"event: unread\ndata: {count}\n\n"

    async def _look_on(self) -> None:
        while self._bells and not self._closed:
            asked = list(self._bells)
            news = await run_in_threadpool(self._look, asked)
            # Of those that have come meanwhile nothing is known yet, least of all that their session has ended.
            for bell in asked:
                if bell.session not in news.open:
                    bell.words.put_nowait(Word.SIGNED_OUT)
                    continue
                state = news.states.get(bell.person_id, (0, 0))
                if state != bell.state:
                    bell.state = state
                    bell.words.put_nowait(Word.LOOK)
            await asyncio.sleep(EVERY_S)

    def _look(self, bells: list[Bell]) -> News:
        """In a thread: tell what has happened, then see who has news."""
        now = datetime.now(UTC)
        tell_notices.tell(self._house, now=now)
        sessions = list({bell.session for bell in bells})
        return show_notices.news(self._house, sessions, {bell.person_id for bell in bells}, now=now)

    def _say(self, word: Word) -> None:
        for bell in self._bells:
            bell.words.put_nowait(word)

    def _ended(self, watch: asyncio.Task[None]) -> None:
        """Where nobody could look, streams end, and browsers come again a little later."""
        if not watch.cancelled() and (error := watch.exception()) is not None:
            _LOG.error("bells: the database could not be asked", exc_info=error)
            self._say(Word.END)


async def _next(bell: Bell, seconds: float) -> Word | None:
    """The next word, several of the same taken as one; None when nothing was said for so long."""
    try:
        word = await asyncio.wait_for(bell.words.get(), seconds)
    except TimeoutError:
        return None
    while word is Word.LOOK and not bell.words.empty():
        word = bell.words.get_nowait()
    return word
