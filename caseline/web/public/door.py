"""Lets people to the pages behind links, and slows down whoever comes oftener than people do or tries links."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from caseline.actions.wiring import House
from caseline.web.public import pages
from caseline.web.public.brake import Brake, network

PAGES_A_MINUTE: Final = 60
"""Of one network; of a chat, which several people behind one address may hold at once, for each link."""
BAD_A_MINUTE: Final = 10
"""Links that are none of ours."""
POSTS_AN_HOUR: Final = 20
"""For one link, of one network: a machine that sends a lot keeps no person from answering."""
POLLS_A_MINUTE: Final = 60
"""Of the script of one chat, from one network; it asks some fifteen times, for each window in which it is open."""
_ABSENT: Final = 404
_TOO_MANY: Final = 429
Clock = Callable[[], datetime]
Answer = Callable[[Request, datetime], Awaitable[Response | None]]


class Door:
    """Counts in memory who comes how often, for all pages together."""

    def __init__(self, house: House, clock: Clock) -> None:
        self._house, self._clock = house, clock
        self._visits = Brake(PAGES_A_MINUTE)
        self._bad = Brake(BAD_A_MINUTE)
        self._polls = Brake(POLLS_A_MINUTE)
        self._posts = Brake(POSTS_AN_HOUR, timedelta(hours=1))

    def guarded(self, answer: Answer, *, each: str = "") -> Callable[[Request], Awaitable[Response]]:
        """An endpoint of whatever answers None for what is no link of ours.

        `each`: the part of the path by which visits are counted, beside the network. What is sent by a link that is
        right is never turned away for what others do behind the same address.
        """

        async def endpoint(request: Request) -> Response:
            now, address = self._clock(), _address(request)
            if request.method != "POST":
                visitor = f"{network(address)} {request.path_params[each][:80] if each else ''}"
                if self._bad.holds(address, now=now) or not self._visits.allows(visitor, now=now):
                    return self._too_many(request)
            found = await answer(request, now)
            return self.refused(request, now) if found is None else found

        return endpoint

    def refused(self, request: Request, now: datetime) -> Response:
        """The page for what is no link of ours, which is counted."""
        address = _address(request)
        held = self._bad.holds(address, now=now)
        self._bad.failed(address, now=now)
        return self._too_many(request) if held else pages.oops(self._house, request, _ABSENT)

    def may_post(self, request: Request, link: str, now: datetime) -> bool:
        """Whether so many posts for one link are still those of a person."""
        return self._posts.allows(f"{link} {network(_address(request))}", now=now)

    def may_poll(self, request: Request, link: str, now: datetime) -> bool:
        """Whether the script of a page asks as seldom as ours does."""
        return self._polls.allows(f"{link[:80]} {network(_address(request))}", now=now)

    def _too_many(self, request: Request) -> Response:
        told = pages.oops(self._house, request, _TOO_MANY)
        told.headers["Retry-After"] = "60"
        return told


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
