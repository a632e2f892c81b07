"""A line between browser and desk on which every answer comes late, by a time drawn from a seed: races show themselves."""

import asyncio
import random
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

LATEST_S: Final = 0.4


class SlowLine:
    """Lets an application answer late: at once one time in three, else within `LATEST_S` seconds."""

    def __init__(self, application: ASGIApp, seed: int) -> None:
        self._application = application
        self._drawn = random.Random(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self._drawn.random() > 1 / 3:
            await asyncio.sleep(self._drawn.uniform(0, LATEST_S))
        await self._application(scope, receive, send)
