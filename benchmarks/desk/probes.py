"""What is asked of the desk: addresses of pages, the same ones for the same seed, with the goal that they have."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from benchmarks.desk import statements, words
from benchmarks.desk.register import NOW

FILTERS: Final = 200
_OPEN: Final = "open::"
_PRESETS: Final = ("open", "overdue", "mine", "my_groups", "unassigned", "incomplete", "uncategorised", "closed")
_SORTS: Final = ("created_at", "-created_at", "due_at", "-due_at", "number", "subject", "company", "stage", "priority")
_CITIES, _AMOUNTS = 400, 100_000
_REPORTS: Final = ("stages", "deadlines", "flow", "backlog", "categories", "entries", "workload")


@dataclass(frozen=True, slots=True)
class Probe:
    """Pages of one kind."""

    name: str
    addresses: tuple[str, ...]
    goal_ms: float | None
    """Server time that 95 % of them may take; None where nobody has promised one."""
    rounds: int = 1
    """How often all of them are asked for."""


def probes(count: int) -> Iterator[Probe]:
    """All kinds, over a register of so many requests."""
    chance = random.Random(words.SEED)
    table = {name: _table([f"{name}::"]) for name in _PRESETS} | {"all": "/requests"}
    for name, address in table.items():
        yield Probe(f"first page, preset {name}", (address,), 60, rounds=30)
    filters = [_filter(chance) for _ in range(FILTERS)]
    yield Probe("different filters over open requests", tuple(one for one in filters if _OPEN in one), 60)
    yield Probe("different filters over all requests", tuple(one for one in filters if _OPEN not in one), 60)
    yield Probe("filters over extra fields, no index of their own", _extras(), None)
    yield Probe("other sorts of open requests", tuple(_table(["open::"], sort) for sort in _SORTS), 60, rounds=8)
    counts = tuple(address.replace("/requests", "/requests/count", 1) for address in (*table.values(), *filters[:60]))
    yield Probe("counts", counts, None)
    searches = tuple(f"/requests?{urlencode({'q': text})}" for text in words.searches(60))
    yield Probe("search: 60 words, pairs and codes", searches, 120, rounds=2)
    numbers = [chance.randint(1, count) for _ in range(150)]
    yield Probe("card", tuple(f"/requests/{number}" for number in numbers), 40)
    companies = tuple(f"/companies/{number}" for number in [1, *(chance.randint(2, 20_000) for _ in range(39))])
    yield Probe("company with its requests", companies, None)
    yield from (Probe(f"report of a year, {name}", (_report(name),), 1_000, rounds=3) for name in _REPORTS)
    yield Probe("audit log", ("/audit",), None, rounds=20)


def indexed() -> Probe:
    """The same filters after an administrator has given both fields an index."""
    return Probe("filters over extra fields that have an index", _extras(), 60)


def _extras() -> tuple[str, ...]:
    chance = random.Random(words.SEED)
    return tuple(_table([*_some(chance, 1), _extra(chance)]) for _ in range(60))


def crowd(count: int, number: int) -> list[str]:
    """What the user of that number looks at, one after the other."""
    chance = random.Random(words.SEED + number)
    made = []
    for _ in range(20):
        made += [_table([f"{chance.choice(_PRESETS[:5])}::"]), _filter(chance), f"/requests/{chance.randint(1, count)}"]
    return made


def _filter(chance: random.Random) -> str:
    conditions = _some(chance, chance.randint(1, 3))
    if chance.random() < 0.6:  # noqa: PLR2004 - most people look at what is open
        conditions.append(_OPEN)
    return _table(conditions, chance.choice(("", "", "-created_at", "due_at")))


def _some(chance: random.Random, count: int) -> list[str]:
    day = (NOW - timedelta(days=chance.randint(10, 700))).date().isoformat()
    known = [
        f"stage:in:{chance.choice(('new', 'working', 'waiting', 'new,working'))}",
        f"category:in:c{chance.randint(1, statements.CATEGORIES)}",
        f"company:in:{chance.choice((1, chance.randint(2, statements.COMPANIES)))}",
        f"contact:in:{chance.randint(1, statements.CONTACTS)}",
        f"assignee:in:{chance.randint(1, statements.PERSONS)}",
        f"group:in:{chance.randint(1, statements.GROUPS)}",
        f"priority:in:{chance.choice(('low', 'high', 'urgent', 'high,urgent'))}",
        f"channel:in:{chance.choice(('mail', 'phone', 'web'))}",
        f"created_at:from:{day}",
        f"created_at:last:{chance.choice((7, 30, 90))}d",
        f"due_at:next:{chance.choice((3, 7, 14))}d",
        "assignee:empty:",
        "category:filled:",
    ]
    return chance.sample(known, count)


def _extra(chance: random.Random) -> str:
    city, amount = chance.randrange(_CITIES), chance.randrange(_AMOUNTS)
    return chance.choice((f"extra.City:in:City {city}", f"extra.Amount:from:{amount}"))


def _table(conditions: Sequence[str], sort: str = "") -> str:
    asked = [("w", condition) for condition in conditions] + ([("sort", sort)] if sort else [])
    return "/requests?" + "&".join(f"{key}={quote(value, safe=':,')}" for key, value in asked)


def _report(name: str) -> str:
    return f"/reports/{name}?period=365d"
