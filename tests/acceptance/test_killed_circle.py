"""The whole circle of mail while workers are killed, connections to the database cut, and the mail server hangs up.

Clients and outsiders are robots that answer each letter once, as a mailer that knows Message-IDs lets a person do. What they
got and what they wrote is then compared with the register by SQL of the test's own.
"""

import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import make_msgid
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from pydantic import SecretStr

from caseline.actions import assign, reply_to_client, wiring
from caseline.actions.assign import Order
from caseline.actions.wiring import House
from caseline.settings import Settings
from tests.acceptance.post_worker import now
from tests.factories import dovecot, mail_server, processes, trials
from tests.factories.conversations import mail
from tests.factories.dovecot import Dovecot
from tests.factories.mail_server import HangUp, Taken
from tests.factories.processes import Place, Process
from tests.factories.trials import Disk

SEED: Final = 20_261_130
WORKER: Final = processes.REPOSITORY / "tests" / "acceptance" / "post_worker.py"
OWN: Final = "support@desk.example"
CLIENTS: Final = 10
ANSWERS: Final = 2
"""Letters that a client answers: what confirms the request, and what a person wrote."""
WORKERS: Final = 2
PATIENCE_S: Final = 600
LIFE_S: Final = (0.1, 2.5)
"""How long a worker works before it is killed."""
HANG_UPS: Final = 0.15
DONE: Final = "Готово"

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp(prefix="caseline-circle-"))
    with dovecot.running(folder) as running:
        yield running
    shutil.rmtree(folder)


@dataclass
class World:
    """Everybody outside: who wrote which mails, who got which letters."""

    server: Dovecot
    dice: random.Random
    sent: dict[str, int] = field(default_factory=dict)
    """Conversation of each mail, by its Message-ID."""
    got: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    """Forms of each letter, by its Message-ID."""
    times: Counter[str] = field(default_factory=Counter)
    hung_up: int = 0
    _answered: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, number: int, sender: str, text: str, answered: Taken | None = None) -> None:
        """Somebody of a conversation writes, each time under another subject."""
        message_id = make_msgid(domain=sender.partition("@")[2])
        self.sent[message_id] = number
        content = mail(text, sender=sender, subject=f"Printer {self.dice.random()}", Message_ID=message_id)
        if answered is not None:
            references = f"{answered.message['References'] or ''} {answered.id}".strip()
            content = f"In-Reply-To: {answered.id}\r\nReferences: {references}\r\n".encode() + content
        self.server.deliver("support", content)

    def take(self, taken: Taken) -> None:
        """A letter arrives; it is answered the first time that it does, under another subject."""
        with self._lock:
            first = taken.id not in self.got
            self.got[taken.id].add(taken.content)
            self.times[taken.id] += 1
            if first:
                self._answer(taken)
            if self.dice.random() < HANG_UPS:
                self.hung_up += 1
                raise HangUp

    def _answer(self, taken: Taken) -> None:
        reader = taken.recipients[0]
        self._answered[reader] += 1
        number = int(reader.partition("@")[0].strip("abcdefghijklmnopqrstuvwxyz"))
        if reader.startswith("smith"):
            self.write(number, reader, DONE, taken)
        elif self._answered[reader] <= ANSWERS:
            self.write(number, reader, f"And {self._answered[reader]}", taken)


@dataclass
class Staff:
    """Answers each client once, and gives out one assignment for each request; is never killed."""

    house: House
    place: Place
    _done: set[int] = field(default_factory=set)

    def work(self) -> None:
        for (record,) in trials.rows(self.place, "SELECT id FROM crm.record"):
            if record not in self._done:
                self._done.add(record)
                (number,) = trials.rows(
                    self.place,
                    f"SELECT substring(email, '[0-9]+') FROM crm.contact c JOIN crm.record r"
                    f" ON r.contact_id = c.id WHERE r.id = {record}",
                )[0]
                reply_to_client.reply(self.house, f"id:{record}", "We look into it", by=None, now=now())
                order = Order(
                    request=f"id:{record}", title="Look", text="Please", contact=f"smith{number}@repair.example"
                )
                assign.give(self.house, order, now=now())


@dataclass
class Worker:
    """One process after the other, each killed after a short life."""

    place: Place
    settings: dict[str, str]
    dice: random.Random
    _process: Process | None = None
    _begun: Path | None = None
    _end: float | None = None

    @property
    def pid(self) -> int:
        """Of the process that lives; 0 for none."""
        return self._process.pid if self._process else 0

    def go_on(self, stack: ExitStack) -> bool:
        """Start one, let it work, kill it when its time has come; whether one was killed."""
        if self._process is None or self._begun is None:
            self._begun, self._end = self.place.home / f"begun-{self.dice.getrandbits(48)}", None
            self._process = stack.enter_context(processes.started(self.place, WORKER, self._begun, **self.settings))
        assert self._process.poll() is None, self._process.communicate()
        if self._end is None:
            self._end = time.monotonic() + self.dice.uniform(*LIFE_S) if self._begun.exists() else None
        elif time.monotonic() > self._end:
            self._process.kill()
            self._process = None
            return True
        return False


def test_the_whole_circle_stands_killed_workers(
    disk: Disk, server: Dovecot, capsys: pytest.CaptureFixture[str]
) -> None:
    dice = random.Random(SEED)
    place = disk.make()
    server.add_user("support")
    world = World(server, random.Random(SEED))
    kills = cuts = 0
    with mail_server.running() as post:
        post.mailbox.say = world.take
        settings = {
            "CASELINE_MAILBOX": server.address("support"),
            "CASELINE_MAIL_CA": str(server.certificate),
            "CASELINE_MAIL_AFTER": "seen",
            "CASELINE_MAIL_ADDRESS": OWN,
            "CASELINE_MAIL_ACKNOWLEDGE": "1",
            "CASELINE_SMTP_URL": post.url(),
            "CASELINE_LEASE_SECONDS": "1",
        }
        house = wiring.Blueprint(
            Settings.model_validate(
                {"home": place.home, "database_url": SecretStr(place.url or ""), "mail_address": OWN}
            ),
            place.url or "",
        ).join()
        staff = Staff(house, place)
        clients = iter(range(CLIENTS))
        for number in islice(clients, CLIENTS - 1):
            world.write(number, f"client{number}@firm.example", "It does not print")
        until = time.monotonic() + PATIENCE_S
        with ExitStack() as stack:
            workers = [Worker(place, settings, dice) for _ in range(WORKERS)]
            while not finished(place, world) and time.monotonic() < until:
                kills += sum(worker.go_on(stack) for worker in workers)
                if dice.random() < 0.03:
                    cuts += cut(place, dice)
                if kills > 2 and cuts:  # on a quick machine all might have ended before
                    for number in clients:
                        world.write(number, f"client{number}@firm.example", "It does not print")
                expire(place, workers)
                staff.work()
                house.engine.dispose()  # nobody may cut these
                time.sleep(0.05)
        complaints = wrong(place, world)
    with capsys.disabled():
        twice = sum(number - 1 for number in world.times.values())
        told = f"{kills} killed, {cuts} cut, {world.hung_up} hung up on; {len(world.got)} letters, {twice} twice"
        sys.stdout.write(f"\n  {told}")
    assert not complaints, "\n".join(map(str, complaints))
    assert (kills > 2, cuts > 0, world.hung_up > 0) == (True, True, True), "nothing was tried"


def cut(place: Place, dice: random.Random) -> int:
    """Cut one connection of a worker; answers how many."""
    found = trials.rows(
        place,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND application_name <> '' ORDER BY pid",
    )
    if not found:
        return 0
    trials.value(place, f"SELECT pg_terminate_backend({dice.choice(found)[0]})")
    return 1


def expire(place: Place, workers: list[Worker]) -> None:
    """What waits for another attempt, or for the end of a dead sender's lease, is tried at once: the test has no hours."""
    alive = [str(worker.pid) for worker in workers]
    with psycopg.connect(place.url or "", autocommit=True) as database:
        database.execute(
            "UPDATE outbox.letter SET until = now()"
            " WHERE state = 'sending' AND until > now() AND split_part(owner, ':', 2) <> ALL (%s)",
            (alive,),
        )
        database.execute("UPDATE outbox.letter SET due_at = now() WHERE state = 'queued' AND due_at > now()")


def finished(place: Place, world: World) -> bool:
    """Whether all have written and got all that is to come."""
    mails = CLIENTS * (1 + ANSWERS + 1)
    if len(world.sent) < mails:
        return False
    query = f"""
        SELECT NOT EXISTS (SELECT FROM outbox.letter WHERE state <> 'sent')
          AND (SELECT count(*) FILTER (WHERE state <> 'received') >= {mails} AND bool_and(state <> 'received') FROM mail.mail)
    """
    return bool(trials.value(place, query))


def wrong(place: Place, world: World) -> list[str]:
    """What is lost, doubled or in the wrong place, a line each."""
    found = [f"{len(world.sent)} mails were written"] if len(world.sent) != CLIENTS * (2 + ANSWERS) else []
    mails = trials.rows(place, "SELECT message_id, state, record_id, assignment_id IS NOT NULL, error FROM mail.mail")
    by_id = Counter(f"<{row[0].strip('<>')}>" for row in mails)
    found += [f"{one} is there {by_id[one]} times" for one in world.sent if by_id[one] != 1]
    found += [f"{row}" for row in mails if row[1] != "done"]
    homes: dict[int, set[Any]] = defaultdict(set)
    for message_id, _state, record, _assigned, _error in mails:
        homes[world.sent[f"<{message_id.strip('<>')}>"]].add(record)
    found += [f"conversation {number} lies in {records}" for number, records in homes.items() if len(records) != 1]
    records = trials.value(place, "SELECT count(*) FROM crm.record")
    found += [f"{records} requests"] if records != CLIENTS else []
    lines = trials.rows(
        place,
        "SELECT record_id, count(*) FILTER (WHERE kind = 'mail_in' AND assignment_id IS NULL),"
        " count(*) FILTER (WHERE kind = 'mail_in' AND assignment_id IS NOT NULL),"
        " count(*) FILTER (WHERE kind = 'mail_out') FROM crm.message LEFT JOIN crm.message_trait ON message_id = id GROUP BY 1",
    )
    found += [f"timeline {line}" for line in lines if tuple(line[1:]) != (1 + ANSWERS, 1, 3)]
    ended = trials.rows(place, "SELECT record_id, count(*), min(state) FROM crm.assignment GROUP BY 1")
    found += [f"assignments {row}" for row in ended if tuple(row[1:]) != (1, "done")]
    found += [] if len(ended) == CLIENTS else [f"{len(ended)} assignments"]
    letters = trials.rows(place, "SELECT message_id, state, reason FROM outbox.letter")
    found += [f"letter {row}" for row in letters if row[1] != "sent" or row[0] not in world.got]
    known = {row[0] for row in letters}
    found += [f"{one} was sent and is in no outbox" for one in world.got if one not in known]
    found += [f"{one} has {len(forms)} forms" for one, forms in world.got.items() if len(forms) != 1]
    return found
