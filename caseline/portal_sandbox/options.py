"""What a sandbox portal can be told to be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Final

SCOPES: Final = ("bizproc", "crm", "placement", "task", "tasks", "user")


@dataclass(frozen=True, slots=True)
class Webhook:
    """An inbound webhook: the rights of its user, cut by its scopes."""

    code: str
    user: int = 1
    scopes: frozenset[str] = frozenset(SCOPES)

    @classmethod
    def read(cls, text: str) -> "Webhook":
        """A webhook from `CODE` or `CODE=SCOPE,...`."""
        code, equals, scopes = text.partition("=")
        return cls(code, scopes=frozenset(scopes.split(",") if equals else SCOPES))


def seconds_by_name(text: str) -> dict[str, float]:
    """Seconds from `METHOD=SECONDS,...`. Raises ValueError for anything else."""
    return {name: _number(name, seconds) for name, seconds in _by_name(text)}


def ranges_by_name(text: str) -> dict[str, float | tuple[float, float]]:
    """Seconds, or ranges of them, from `METHOD=SECONDS,METHOD=LEAST-MOST,...`. Raises ValueError for anything else."""
    found: dict[str, float | tuple[float, float]] = {}
    for name, seconds in _by_name(text):
        least, dash, most = seconds.partition("-")
        found[name] = (_number(name, least), _number(name, most)) if dash else _number(name, least)
    return found


def _number(name: str, seconds: str) -> float:
    try:
        return float(seconds)
    except ValueError:
        message = f"{name}: {seconds!r} is no number of seconds; say METHOD=SECONDS, as in crm.lead.add=0.05"
        raise ValueError(message) from None


def _by_name(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, text.split(",")):
        name, _, seconds = part.partition("=")
        yield name.strip().lower(), seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A portal with its limits, its troubles and its secrets."""

    host: str = "127.0.0.1"
    port: int = 0
    code: str = ""
    """Code of the first webhook; made by chance and kept in the store where it is empty."""
    scopes: tuple[str, ...] = SCOPES
    webhooks: tuple[Webhook, ...] = ()
    """More webhooks beside the first."""
    administrator: bool = True

    requests_per_second: float = 2
    burst: float = 50
    limited: bool = True
    """Whether the rate of requests is limited."""
    operating_limit: float = 480
    operating_minute: float = 60
    """Length of one of the ten buckets of operating time in seconds."""
    costs: Mapping[str, float] = field(default_factory=dict)
    """Operating seconds that a call of a method costs, without taking them; `default` stands for all others."""
    latency: Mapping[str, float | tuple[float, float]] = field(default_factory=dict)
    """Seconds, or from how many to how many, that a call of a method really takes; `default` stands for all others."""
    ceiling: float = 60
    """Seconds after which a request is cut."""
    overloaded: bool = False

    faults: Mapping[str, float] = field(default_factory=dict)
    """Share of the requests that each fault befalls."""
    seed: int = 0
    users: int = 5
    """How many employees the portal has; the last of several is dismissed."""
    robot: str = ""
    """A stage, or `create`, or `change`: leads that enter it, or are changed, without an import get a letter."""
    store: Path | None = None
    token_life: float = 3600

    handler: str = ""
    """Address that an outgoing webhook posts events to."""
    application_token: str = ""
    handler_delay: float = 0.5

    certificate: Path | None = None
    key: Path | None = None
    clock: Callable[[], float] = time
