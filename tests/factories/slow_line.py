"""A line between browser and desk on which every answer comes late, by a time drawn from a seed: races show themselves."""

import asyncio
import random
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LATEST_S: Final = 0.4


class SlowLine:
    """Lets an application answer late: one time in three at once, else up to `LATEST_S` seconds before or after its work.

    Draws go by the order in which questions arrive, so two runs of one seed are alike and not the same.
    """

    def __init__(self, application: ASGIApp, seed: int) -> None:
        self._application = application
        self._drawn = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or self._drawn.random() < 1 / 3:
            await self._application(scope, receive, send)
            return
        late_s, stale = self._drawn.uniform(0, LATEST_S), self._drawn.random() < 1 / 2

        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(late_s)
            await send(message)

        if not stale:
            await asyncio.sleep(late_s)
        await self._application(scope, receive, late if stale else send)
