"""The public pages under load: each call beside a bare application, 200 people at once, one who comes too often."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import psycopg
import sqlalchemy as sa

from benchmarks import meter
from benchmarks.feedback import bare
from benchmarks.feedback.bare import Alike, Work
from benchmarks.feedback.register import PUBLIC, Register
from benchmarks.feedback.visitors import Came, Wish
from caseline.actions import answer_ask
from caseline.actions.answer_ask import Visitor
from caseline.feedback import links

CLIENTS: Final = 8
"""Who never rest."""
PEOPLE: Final = 200
_ADDRESS: Final = re.compile(r"(?:Public pages|Bare): (http://\S+)")
_SIGNS: Final = "translate(rtrim(encode(sha256(convert_to(CAST({} AS text), 'UTF8')), 'base64'), '='), '+/', '-_')"
_ASKS: Final = f"""
INSERT INTO feedback.ask (
  public_id, campaign_id, form_version_id, subject, subject_id, period, service, contact_id, channel, address, language,
  state, happened_at, state_at, state_by, sent_at, expires_at
)
SELECT left({_SIGNS.format("'id ' || n")}, 12), c.id, v.id, 'request', n, 'page', 'request', n, 'mail_link',
  'client@example.org', 'ru', 'sent', at, at, 'job', at, at + interval '30 days'
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n, feedback.campaign AS c, feedback.form AS f
JOIN feedback.form_version AS v ON v.form_id = f.id, LATERAL (SELECT now() - interval '2 days' AS at) AS sent
WHERE c.code = 'smileys-on-closure' AND f.code = 'smileys'
"""  # noqa: S608 - our own words
_SECRETS: Final = f"""
INSERT INTO feedback.secret (digest, ask_id, made_at)
SELECT sha256(convert_to({_SIGNS.format("'secret ' || subject_id")}, 'UTF8')), id, sent_at FROM feedback.ask
WHERE period = 'page' AND subject_id BETWEEN :first AND :last
"""  # noqa: S608 - our own words
_PATHS: Final = f"""
SELECT id, '/f/smileys/request/' || public_id || '.' || {_SIGNS.format("'secret ' || subject_id")} FROM feedback.ask
WHERE period = 'page' AND subject_id BETWEEN :first AND :last ORDER BY id
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Calls:
    """What calls of one kind cost."""

    rate: float
    """So many a second, of visitors who never rest."""
    cpu_ms: float
    """Of one call: of the process that serves it, and of the server."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and the bare application's, of one round."""

    look: tuple[Calls, Calls]
    save: tuple[Calls, Calls]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many people see."""

    calls: int
    rate: float
    p50_ms: float
    p99_ms: float
    failed: int
    flooded: dict[str, int]
    cpu_share: float
    """Of one core, that the process of the pages took."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything about them."""

    alike: Alike
    pairs: tuple[Pair, ...]
    people: Crowd
    flooded: Crowd


class Asks:
    """Hands out pages that nobody has seen yet."""

    def __init__(self, register: Register) -> None:
        self._register, self._used = register, 0

    def take(self, count: int) -> list[tuple[int, str]]:
        """(id, path) of so many."""
        values = {"first": self._used + 1, "last": self._used + count}
        self._used += count
        self._register.run(_ASKS, _SECRETS, **values)
        with self._register.house.engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(sa.text(_PATHS), values)]


def run(register: Register, postmaster: int, *, rounds: int, seconds: float, each: int) -> Pages:
    """Measure all of it: `rounds` of `each` pages beside the bare application, then people for so many seconds."""
    asks = Asks(register)
    alike = _alike(register, asks)
    register.run(bare.TABLE)
    ours = [sys.executable, "-m", "caseline.cli", "public", "serve", "--port", "0", "--proxy", "127.0.0.1"]
    pairs = []
    with _served(register, ours) as (address, own), _served(register, bare.words(register.house.url, alike)) as other:
        for _ in range(rounds):
            taken = asks.take(each)
            wish = Wish(address=address, paths=[path for _, path in taken], clients=CLIENTS, first=taken[0][0])
            plain = Wish(address=other[0], paths=[f"/{number}" for number, _ in taken], clients=CLIENTS, bare=True)
            came, base = _kinds(wish, own, postmaster), _kinds(plain, other[1], postmaster)
            pairs.append(Pair((came[0], base[0]), (came[1], base[1])))
        crowds = [_crowd(register, asks, address, own, seconds, flood=flood) for flood in (False, True)]
    return Pages(alike, tuple(pairs), *crowds)


def _alike(register: Register, asks: Asks) -> Alike:
    """What the page's calls do, counted while they do it."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    house, now = register.house, datetime.now(UTC)
    ((_, path),) = asks.take(1)
    parts = path.split("/")
    link, visitor = links.read(parts[2], parts[3], parts[4]), Visitor(net="10.9.9.0/24", agent="bench")
    answer_ask.see(house, link, visitor, now=now)  # what is made when it is first needed is there then
    with _counted(register) as look:
        sight = answer_ask.see(house, link, visitor, now=now)
    if sight is None:
        raise LookupError("the page of a generated ask is not shown: see benchmarks/feedback/pages.py")
    wish = answer_ask.Wish(
        given={"rating": "5", "comment": "Спасибо"}, submission=sight.submission, mark=sight.mark, language="ru"
    )
    with _counted(register) as save:
        saved = answer_ask.save(house, link, wish, visitor, now=now + timedelta(seconds=5))
    if saved is None or not saved.counted:
        raise AssertionError("the answer of a generated ask does not count: see benchmarks/feedback/pages.py")
    return Alike(Work(*look.values()), Work(*save.values()), page_bytes=4_000)


@contextmanager
def _counted(register: Register) -> Iterator[dict[str, int]]:
    """What is said to the database meanwhile, by SQLAlchemy or by the driver itself."""
    found = {"transactions": 0, "reads": 0, "writes": 0}
    driver: Any = psycopg.Cursor
    execute = driver.execute

    def counting(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - the driver's
        text = query.decode() if isinstance(query, bytes) else str(query)
        found["reads" if text.lstrip().startswith(("SELECT", "WITH")) else "writes"] += 1
        return execute(cursor, query, *rest, **more)

    def begun(_connection: object) -> None:
        found["transactions"] += 1

    engine = register.house.engine
    sa.event.listen(engine, "begin", begun)
    driver.execute = counting
    try:
        yield found
    finally:
        driver.execute = execute
        sa.event.remove(engine, "begin", begun)


@contextmanager
def _served(register: Register, words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(address, process id) of what is served meanwhile."""
    told = {"CASELINE_DATABASE_URL": register.house.url, "CASELINE_HOME": str(register.house.settings.home)}
    told |= {"CASELINE_PUBLIC_URL": PUBLIC, "CASELINE_MAIL_ADDRESS": "support@example.org", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ | told) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            found = _ADDRESS.search(process.stdout.readline())
            if found is None:
                raise RuntimeError(
                    f"{' '.join(words[:4])} has not said its address: see above what it has said instead"
                )
            yield found[1], process.pid
        finally:
            process.terminate()
            process.wait(60)


def _visited(wish: Wish) -> Came:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(asdict(wish), file)
        file.flush()
        words = [sys.executable, "-m", "benchmarks.feedback.visitors", file.name]
        said = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603 - ourselves
    told: dict[str, Any] = json.loads(said)
    came = Came(**told)
    if came.failed:
        raise AssertionError(f"{came.failed} of {len(came.looks) + len(came.saves)} calls were answered with no page")
    return came


def _kinds(wish: Wish, process: int, postmaster: int) -> tuple[Calls, Calls]:
    """What looking and saving cost; processor time is shared out by the time on the wall."""
    before = _cpu_s(process), meter.server_cpu_s(postmaster)
    came = _visited(wish)
    used = _cpu_s(process) - before[0] + meter.server_cpu_s(postmaster) - before[1]
    whole = came.look_s + came.save_s
    kinds = ((came.look_s, len(came.looks)), (came.save_s, len(came.saves)))
    looks, saves = (Calls(count / took, used * took / whole / count * 1000) for took, count in kinds)
    return looks, saves


def _crowd(register: Register, asks: Asks, address: str, process: int, seconds: float, *, flood: bool) -> Crowd:
    found = asks.take(PEOPLE * (2 + int(seconds / 10)))
    paths = [path for _, path in found]
    register.tidy()
    before = _cpu_s(process)
    came = _visited(Wish(address=address, paths=paths, clients=PEOPLE, first=found[0][0], seconds=seconds, flood=flood))
    taken = sorted((*came.looks, *came.saves))
    p99 = quantiles(taken, n=100, method="inclusive")[98]
    used = (_cpu_s(process) - before) / (seconds + 15)
    calls = len(taken)
    return Crowd(calls, calls / seconds, median(taken) * 1000, p99 * 1000, came.failed, came.flooded, used)


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


__all__ = ["Calls", "Crowd", "Pages", "Pair", "run"]
