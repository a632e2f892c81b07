"""Visitors of the public pages, in a process of their own: some who never rest, and many who read and write."""

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

_MARK: Final = re.compile(r'name="page-mark" value="([^"]+)"')
_SUBMISSION: Final = re.compile(r'name="page-submission" value="([^"]+)"')
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_REST: Final = (5.0, 15.0)
"""Seconds that somebody reads or writes."""
_SEED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who shall come."""

    address: str
    paths: Sequence[str]
    """Of the pages; each has a visitor of its own, behind an address of his own."""
    clients: int
    first: int = 0
    """Which network the first of them comes from: whoever opens the links of many asks is taken for a gateway."""
    seconds: float = 0
    """So long they come, reading and writing; 0: they never rest, and look at each page, answer it and look again."""
    flood: bool = False
    """One of them opens pages from one address as fast as he can."""
    bare: bool = False
    """There is nothing in the page that has to be sent back."""


@dataclass(slots=True)
class Came:
    """What came of it."""

    look_s: float = 0
    save_s: float = 0
    """Seconds on the wall that all have taken for looking and for saving."""
    looks: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    """Seconds of each call."""
    failed: int = 0
    """Answers that are no page."""
    flooded: dict[str, int] = field(default_factory=dict)
    """What whoever comes too often was answered with, by status."""


class Visitor:
    """A connection that stays open."""

    def __init__(self, wish: Wish, came: Came) -> None:
        self._wish, self._came = wish, came
        parts = urlsplit(wish.address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._drawn: dict[int, str] = {}

    async def look(self, place: int) -> None:
        """Open a page."""
        begun = time.perf_counter()
        status, text = await self.call("GET", place)
        self._came.looks.append(time.perf_counter() - begun)
        self._came.failed += status != 200  # noqa: PLR2004
        self._drawn[place] = text

    async def save(self, place: int) -> None:
        """Answer it."""
        text = self._drawn.pop(place)
        fields = {"rating": "5", "comment": "Спасибо, всё хорошо"}
        for name, pattern in (("page-mark", _MARK), ("page-submission", _SUBMISSION)):
            found = pattern.search(text)
            fields[name] = found[1] if found else ""
        begun = time.perf_counter()
        status, _ = await self.call("POST", place, urlencode(fields | {"page-language": "ru"}))
        self._came.saves.append(time.perf_counter() - begun)
        self._came.failed += status != 303  # noqa: PLR2004

    async def rest(self, seconds: float) -> None:
        """Read, or write; the server lets go of connections that rest so long."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
        await asyncio.sleep(seconds)

    async def call(self, method: str, place: int, body: str = "", address: str | None = None) -> tuple[int, str]:
        """(status, text) of an answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        path = self._wish.paths[place % len(self._wish.paths)]
        head = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", "Accept: text/html", "Accept-Language: ru"]
        head += [f"X-Forwarded-For: {address or _address(self._wish.first + place)}", "User-Agent: Mozilla/5.0 (bench)"]
        if body:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(answer)
        content = await reader.readexactly(int(length[1])) if length else b""
        return int(answer.split(b" ", 2)[1]), content.decode()


def _address(place: int) -> str:
    """Whoever looks at a page is behind a network of his own."""
    return f"10.{place // 256 % 256}.{place % 256}.7"


async def never_resting(wish: Wish) -> Came:
    """Every page is looked at, then answered, then looked at again; the two kinds of calls are timed apart."""
    came = Came()
    visitors = [Visitor(wish, came) for _ in range(wish.clients)]
    shares = [range(number, len(wish.paths), wish.clients) for number in range(wish.clients)]
    came.look_s += await _all(visitors, shares, "look")
    came.save_s += await _all(visitors, shares, "save")
    came.look_s += await _all(visitors, shares, "look")
    return came


async def _all(visitors: Sequence[Visitor], shares: Sequence[range], what: str) -> float:
    async def each(visitor: Visitor, share: range) -> None:
        for place in share:
            await getattr(visitor, what)(place)

    begun = time.perf_counter()
    await asyncio.gather(*(each(*one) for one in zip(visitors, shares, strict=True)))
    return time.perf_counter() - begun


async def people(wish: Wish) -> Came:
    """Each opens a page, reads, answers, sees the thanks; then another one comes."""
    came, chance = Came(), random.Random(_SEED)
    until = time.monotonic() + wish.seconds
    places = iter(range(len(wish.paths)))

    async def person() -> None:
        visitor = Visitor(wish, came)
        await asyncio.sleep(chance.uniform(0, _REST[1]))
        while time.monotonic() < until:
            place = next(places)
            await visitor.look(place)
            await visitor.rest(chance.uniform(*_REST))
            await visitor.save(place)
            await visitor.look(place)
            await visitor.rest(chance.uniform(*_REST))

    async def flood() -> None:
        visitor = Visitor(wish, came)
        while time.monotonic() < until:
            status, _ = await visitor.call("GET", 0, address="192.0.2.1")
            came.flooded[str(status)] = came.flooded.get(str(status), 0) + 1

    await asyncio.gather(*(person() for _ in range(wish.clients)), *([flood()] if wish.flood else []))
    return came


def main(words: Sequence[str]) -> None:
    """Be those visitors, and say what came of it."""
    with open(words[0], encoding="utf-8") as file:  # noqa: PTH123 - a name from our own process
        wish = Wish(**json.load(file))
    print(json.dumps(asdict(asyncio.run(people(wish) if wish.seconds else never_resting(wish)))))


if __name__ == "__main__":
    main(sys.argv[1:])
