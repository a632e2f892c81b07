"""Mail on a real server comes in once, whatever is killed, cut, restarted, moved or deleted meanwhile."""

import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imapclient
import pytest

from caseline.actions import fetch_mail
from tests.factories import dovecot, dropping_proxy, mail_audit, mails, processes, trials
from tests.factories.dovecot import Dovecot
from tests.factories.dropping_proxy import Proxy
from tests.factories.processes import Place, Process
from tests.factories.trials import Disk

SEED = 20_261_129
FETCH = processes.REPOSITORY / "tests" / "acceptance" / "fetch_in_steps.py"
FEW, MANY = 4, 2_100
ROUNDS = 24
DISASTERS = ("restart", "drop", "read_all", "move_some", "delete_some", "count_anew", "killed", "two at once")
LARGE, SLACK_KB = 100 << 20, 40 << 10

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp(prefix="caseline-mail-"))
    with dovecot.running(folder) as running:
        yield running
    shutil.rmtree(folder)


def environment(server: Dovecot, address: str, after: str = "keep") -> dict[str, str]:
    return {
        "CASELINE_MAILBOX": address,
        "CASELINE_MAIL_CA": str(server.certificate),
        "CASELINE_MAIL_AFTER": after,
        "CASELINE_LEASE_SECONDS": "1",
    }


def to_the_end(place: Place, settings: dict[str, str]) -> dict[str, Any]:
    """Fetch and take in until nothing is left; what a killed worker holds comes free after a second."""
    said: dict[str, Any] = {}
    for _ in range(20):
        done = processes.run(place, FETCH, "0", "0", **settings)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        waiting = trials.value(place, "SELECT count(*) FROM mail.mail WHERE state = 'received'")
        if not (said["fetched"]["waiting"] or said["fetched"]["troubles"] or waiting):
            return said
        time.sleep(1)
    raise AssertionError(said)


def test_a_fetcher_killed_between_any_two_steps_loses_and_doubles_nothing(
    disk: Disk, server: Dovecot, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = [mails.raw(number) for number in range(FEW)]
    step = killed = 0
    while True:
        step += 1
        place = disk.make()
        server.add_user("support")
        for content in sent:
            server.deliver("support", content)
        settings = environment(server, server.address("support"), "seen")
        done = processes.run(place, FETCH, str(step), "0", **settings)
        killed += done.returncode == -9
        to_the_end(place, settings)
        complaints = mail_audit.complaints(place.url or "", sent)
        assert not complaints, (step, complaints)
        disk.drop(place)
        if done.returncode == 0:
            break
    with capsys.disabled():
        sys.stdout.write(f"\n  killed at each of {killed} steps")
    assert killed >= 2 + 3 * FEW + 2


def test_a_taker_killed_before_it_settles_any_mail_makes_each_request_once(disk: Disk, server: Dovecot) -> None:
    sent = [mails.raw(number) for number in range(FEW)]
    for content in sent:
        server.deliver("support", content)
    settings = environment(server, server.address("support"))
    for number in range(1, FEW + 1):
        place = disk.make()

        done = processes.run(place, FETCH, "0", str(number), **settings)

        assert done.returncode == -9, done.stderr
        assert trials.value(place, "SELECT count(*) FROM crm.record") == number - 1
        to_the_end(place, settings)
        assert mail_audit.complaints(place.url or "", sent) == []
        disk.drop(place)


@pytest.mark.parametrize("way", dropping_proxy.WAYS)
def test_a_line_that_breaks_at_any_command_loses_and_doubles_nothing(
    disk: Disk, server: Dovecot, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = [mails.raw(number) for number in range(FEW)]
    place, command = disk.make(), 0
    room = mails.post_room(place.url or "")
    with dropping_proxy.between(server.plain) as proxy:
        room.name(server.address("support", scheme="imap", port=proxy.port))
        room.after("move:Stored")
        while True:
            command += 1
            server.add_user("support")
            for content in sent:
                server.deliver("support", content)
            proxy.break_at(command, way)
            before = proxy.dropped
            room.fetch()
            proxy.break_at(0, way)
            for _ in range(4):
                room.fetch(now_too=True)
            found = room.fetch(now_too=True)
            assert (found.waiting, found.troubles) == (0, ()), command
            room.take_in()
            complaints = mail_audit.complaints(place.url or "", sent)
            assert not complaints, (way, command, complaints)
            with room.house.engine.begin() as connection:
                connection.exec_driver_sql("TRUNCATE mail.raw, mail.trouble, crm.record CASCADE")
            if proxy.dropped == before:
                break
    with capsys.disabled():
        sys.stdout.write(f"\n  broken {way}: at each of {command - 1} commands")
    assert command > 2 * FEW
    disk.drop(place)


def test_what_is_deleted_while_it_is_fetched_is_gone_and_troubles_nobody(disk: Disk, server: Dovecot) -> None:
    sent = [mails.raw(number) for number in range(FEW)]
    place = disk.make()
    for content in sent:
        server.deliver("support", content)
    room = mails.post_room(place.url or "")
    room.name(server.address("support"))
    room.post = type(room.post)(room.post.mailboxes, room.post.after, server.certificate, room.post.largest)

    def delete_the_last(step: str, _folder: str, number: int) -> None:
        if (step, number) == ("kept", 1):
            with server.client() as client:
                client.delete_messages([FEW])
                client.expunge()

    fetch_mail.fetch(room.house, room.post, clock=room.clock, watch=delete_the_last)
    found = room.fetch(now_too=True)
    room.take_in()

    assert found.troubles == ()
    assert mail_audit.complaints(place.url or "", sent[:-1], maybe=sent[-1:]) == []
    disk.drop(place)


@dataclass
class Storm:
    """Everything at once, drawn from a seed."""

    place: Place
    server: Dovecot
    proxy: Proxy
    chance: random.Random
    sent: list[bytes] = field(default_factory=list)
    deleted: set[bytes] = field(default_factory=set)
    hits: Counter[str] = field(default_factory=Counter)

    @property
    def settings(self) -> dict[str, str]:
        address = self.server.address("support", "INBOX", "Claims", scheme="imap", port=self.proxy.port)
        return environment(self.server, address, self.chance.choice(["keep", "seen", "move:Claims"]))

    def send(self, number: int) -> None:
        for _ in range(number):
            content = mails.raw(len(self.sent), size=self.chance.choice([0, 0, 0, 5_000, 60_000]))
            self.sent.append(content)
            self.server.deliver("support", content, self.chance.choice(["", "", "", "Claims"]))

    def fetchers(self, number: int) -> Iterator[Process]:
        """Fetchers that die at some step, or at some mail that they take in."""
        for _ in range(number):
            step = self.chance.choice([0, self.chance.randint(1, 400), self.chance.randint(1, 40)])
            mail = 0 if step else self.chance.randint(0, 60)
            with processes.started(self.place, FETCH, str(step), str(mail), **self.settings) as process:
                yield process

    def restart(self) -> None:
        self.server.kill()
        self.server.start()

    def count_anew(self) -> None:
        self.server.kill()
        self.server.forget_uids("support")
        self.server.start()

    def drop(self) -> None:
        self.proxy.break_at(self.chance.randint(1, 200), self.chance.choice(dropping_proxy.WAYS))

    def read_all(self) -> None:
        with self.server.client() as client:
            client.add_flags(client.search() or [1], [r"\Seen"], silent=True)

    def move_some(self) -> None:
        source, target = self.chance.choice([("INBOX", "Claims"), ("Claims", "INBOX")])
        with self.server.client(source) as client:
            uids = client.search()
            client.move(self.chance.sample(uids, min(30, len(uids))), target)

    def delete_some(self) -> None:
        with self.server.client() as client:
            uids = client.search()
            chosen = self.chance.sample(uids, min(5, len(uids)))
            for said in client.fetch(chosen, ["BODY.PEEK[]"]).values() if chosen else ():
                self.deleted.add(said[b"BODY[]"])
            client.delete_messages(chosen)
            client.expunge()

    def strike(self, number: int) -> None:
        """The next of the disasters; another client may come when the server is just away."""
        disasters: list[Callable[[], None]] = [self.restart, self.drop, self.read_all, self.move_some, self.delete_some]
        disaster = disasters[number % len(disasters)]
        with suppress(OSError, imapclient.exceptions.IMAPClientError):
            disaster()
            self.hits[disaster.__name__] += 1


def test_over_two_thousand_mails_in_a_storm_none_is_lost_and_none_doubled(
    disk: Disk, server: Dovecot, capsys: pytest.CaptureFixture[str]
) -> None:
    place = disk.make()
    with dropping_proxy.between(server.plain) as proxy:
        storm = Storm(place, server, proxy, random.Random(SEED))
        storm.send(MANY // 2)
        for number in range(ROUNDS):
            with processes_of(storm, 1 + number % 2) as running:
                time.sleep(storm.chance.uniform(0.8, 2.5))
                storm.strike(number)
                for process in running:
                    with suppress(Exception):
                        process.communicate(timeout=storm.chance.uniform(1, 6))
                    storm.hits["two at once" if len(running) > 1 else "alone"] += 1
                    process.kill()  # unless it has ended or died by itself
                    process.wait()
                    storm.hits["killed" if process.returncode == -9 else f"ended {process.returncode}"] += 1
            proxy.break_at(0, "")
            if number in {ROUNDS // 3, 2 * ROUNDS // 3}:
                storm.count_anew()
                storm.hits["count_anew"] += 1
            storm.send(-(-MANY // 2 // ROUNDS))
        to_the_end(place, storm.settings)
    complaints = mail_audit.complaints(
        place.url or "", [one for one in storm.sent if one not in storm.deleted], maybe=storm.deleted
    )
    arrivals = trials.value(place, "SELECT count(*) FROM mail.arrival")
    with capsys.disabled():
        sys.stdout.write(f"\n  {len(storm.sent)} mails, {arrivals} arrivals; {dict(storm.hits)}; seed {SEED}")
    assert not complaints, (SEED, complaints[:10])
    assert len(storm.sent) >= 2_000
    assert all(storm.hits[name] for name in DISASTERS), storm.hits
    disk.drop(place)


@contextmanager
def processes_of(storm: Storm, number: int) -> Iterator[list[Process]]:
    """So many fetchers at once; what still runs at the end is killed."""
    makers = [storm.fetchers(1) for _ in range(number)]
    try:
        yield [next(maker) for maker in makers]
    finally:
        for maker in makers:
            maker.close()  # type: ignore[attr-defined]


def test_a_mail_of_a_hundred_megabytes_is_stored_with_flat_memory(
    disk: Disk, server: Dovecot, capsys: pytest.CaptureFixture[str]
) -> None:
    place, settings = disk.make(), environment(server, server.address("support"))
    server.deliver("support", mails.raw(1))
    small = to_the_end(place, settings)
    content = mails.raw(2, size=LARGE)
    server.deliver("support", content)

    large = to_the_end(place, settings)

    with capsys.disabled():
        sys.stdout.write(f"\n  peak {small['peak_kb'] >> 10} MB before, {large['peak_kb'] >> 10} MB with it")
    assert large["fetched"]["large"] == 1
    assert large["peak_kb"] < small["peak_kb"] + SLACK_KB
    assert trials.value(place, "SELECT max(length(content)) FROM mail.piece") == 1 << 20
    assert mail_audit.complaints(place.url or "", [mails.raw(1), content]) == []
    disk.drop(place)
