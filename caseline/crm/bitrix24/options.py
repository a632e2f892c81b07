"""How a portal is asked; the defaults are those of a portal in the cloud."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caseline.crm.bitrix24 import sizing

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Limits of the portal, and how long we wait for it."""

    rate: float = 2.0
    """Requests that the portal forgets each second."""
    burst: int = 50
    """Requests that it takes at once."""
    ceiling: float = 60.0
    """Seconds after which it cuts a request."""
    operating: float = 480.0
    """Seconds in ten minutes that each method may work."""
    margin: float = 5.0
    """Seconds that we wait longer for an answer than the portal works at it."""
    size: int = sizing.MOST
    """Commands of a batch at most."""
    patience: float = 900.0
    """Seconds that calls are repeated when nothing was executed; longer than a method can be closed."""
    doubts: int = 6
    """How often reads are sent before we give up, when their answers are lost."""
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    transport: "httpx.BaseTransport | None" = None
