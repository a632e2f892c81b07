"""Brings up the services of a home: database, pages, Prefect server, pool, deployments, worker, each unless it runs."""

import hashlib
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml

from caseline.actions import (
    ask_prefect,
    prefect_environment,
    process_table,
    processes,
    running_services,
    sandbox_post,
    starting,
)
from caseline.actions.prefect_environment import CODE, POOL
from caseline.actions.running_services import Running
from caseline.actions.sandbox_post import Post
from caseline.actions.starting import NotUp, Say
from caseline.db import embedded, neighbour, schema
from caseline.db.engine import open_engine
from caseline.people import logins

DATABASE: Final = "prefect"
WORKER: Final = "caseline"
SERVER_PATIENCE_S: Final = 300
"""The first start makes Prefect's tables: on a busy machine that takes minutes."""
WORKER_PATIENCE_S: Final = 120
OLD_WORKER_PATIENCE_S: Final = 30
DESK_PATIENCE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; where a port is taken, the next free one is."""

    server: int
    desk: int | None = None
    """None: no desk is started."""
    public: int | None = None
    """None: no pages for people outside are served."""
    mail: Post | None = None
    """A post office to try letters with; None: none is started."""


def bring_up(home: Path, url: str | None, *, ports: Ports, say: Say, idle: Collection[str] = ()) -> Running:
    """Start what does not run yet; answers when all of it is healthy. May be called again at any time.

    `url`: the database outside, None for the embedded one. `idle`: deployments that have nothing to do here; they are
    paused, so that no run of theirs costs a process every minute. Raises `NotUp`, or what the database says when it
    cannot be had; what was started until then goes on running.
    """
    with running_services.locked(home):
        prefect_environment.temporary(home).mkdir(mode=0o700, parents=True, exist_ok=True)
        ours, database = _start_database(home, url, say)
        if ports.mail is not None:
            _start_mail(home, ports.mail, say)
        if ports.desk is not None:
            _start_desk(home, ours, ports.desk, say)
        if ports.public is not None:
            _start_public(home, ports.public, say)
        _start_server(home, ports.server, database, say)
        _furnish(home, say, idle)
        _start_worker(home, say)
        return running_services.read(home)


def _start_database(home: Path, url: str | None, say: Say) -> tuple[str, str]:
    """The addresses of our database, and of Prefect's own on the same server."""
    if url is not None:
        # Several homes may share a server outside, so the name is derived.
        name, state, where = f"{neighbour.own_name(url)}_{DATABASE}", "reached", neighbour.shown(url)
    else:
        server = embedded.ensure_running(home)
        if server.started:
            running_services.write(home, replace(running_services.read(home), database=True))
        url, name, state, where = server.url, DATABASE, "running", str(server.data)
    schema.upgrade(url)
    neighbour.ensure(url, name)
    say("database", state, where)
    return url, neighbour.address(url, name)


def _start_desk(home: Path, url: str, port: int, say: Say) -> None:
    running = running_services.read(home)
    if running.alive("desk") is None:
        running = replace(running, desk_port=starting.free_port("desk", port, say))
        command = ["caseline.cli", "desk", "--port", str(running.desk_port)]
        desk = starting.spawn(home, running, "desk", command, prefect_environment.for_client(home, running.api_url))
        starting.wait(desk, DESK_PATIENCE_S, lambda: starting.reached(f"{running.desk}/sign-in"))
    say("desk", "running", f"{running.desk}/")
    if not _anybody(url):
        say("desk", "note", "nobody can sign in yet: `caseline user add NAME --role administrator`")


def _start_public(home: Path, port: int, say: Say) -> None:
    running = running_services.read(home)
    if running.alive("public") is None:
        running = replace(running, public_port=starting.free_port("public", port, say))
        command = ["caseline.cli", "public", "serve", "--port", str(running.public_port)]
        environment = prefect_environment.for_client(home, running.api_url)
        public = starting.spawn(home, running, "public", command, environment)
        starting.wait(public, DESK_PATIENCE_S, lambda: starting.reached(f"{running.public}/static/public.css"))
    say("public", "running", f"{running.public}/")


def _start_mail(home: Path, post: Post, say: Say) -> None:
    running = running_services.read(home)
    if running.alive(sandbox_post.NAME) is None:
        running = replace(running, smtp_port=post.smtp, imap_port=post.imap)
        ports = ("--smtp-port", str(post.smtp), "--imap-port", str(post.imap))
        kept = ("--password", sandbox_post.PASSWORD, "--keep", str(sandbox_post.mails(home)))
        command = ["caseline.cli", "mail", "sandbox", *ports, *kept]
        environment = prefect_environment.for_client(home, running.api_url)
        mail = starting.spawn(home, running, sandbox_post.NAME, command, environment)
        starting.wait(mail, DESK_PATIENCE_S, lambda: starting.listens(post.smtp) and starting.listens(post.imap))
    say(sandbox_post.NAME, "running", "takes all letters; they are read by: caseline mail sandbox read")


def _start_server(home: Path, port: int, database: str, say: Say) -> None:
    running = running_services.read(home)
    server = running.alive("server")
    if server is None:
        if worker := running.alive("worker"):  # it talks to a server that is gone
            processes.end(worker, patience_s=OLD_WORKER_PATIENCE_S)
        running = replace(running, port=starting.free_port("server", port, say))
        environment = prefect_environment.for_server(home, port=running.port, database=database)
        command = ["tasks.server", "server", "start", "--host", "127.0.0.1", "--port", str(running.port)]
        say("server", "starting", "Prefect takes up to a minute, the first time longer: it makes its tables")
        server = starting.spawn(home, running, "server", command, environment)
    starting.wait(server, SERVER_PATIENCE_S, lambda: ask_prefect.answers(running.api_url))
    say("server", "running", running.page)


def _furnish(home: Path, say: Say, idle: Collection[str]) -> None:
    running = running_services.read(home)
    page = running.page
    _call(home, "tasks.furnish", *(("--desk", running.desk) if running.alive("desk") else ()))
    say("work pool", "ready", f"{page}/work-pools/work-pool/{POOL}")
    file = _deployments()
    mark = _mark(file, idle)
    if running.deployed != mark or not ask_prefect.has_deployments(running.api_url, len(_named(file))):
        _deploy(home, file, idle)
        running_services.write(home, replace(running_services.read(home), deployed=mark))
    say("deployments", "ready", f"{page}/deployments")


def _deploy(home: Path, file: Path, idle: Collection[str]) -> None:
    """Takes Prefect ten seconds, on a busy machine a minute, for which a house that has lost its worker would wait."""
    _call(home, "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file))
    api_url = running_services.read(home).api_url
    for name in idle:
        if not ask_prefect.pause(api_url, f"{name}/{name}"):
            raise NotUp(f"The server does not pause the deployment {name}. Type again: caseline up")


def _mark(file: Path, idle: Collection[str]) -> str:
    """Another one whenever deployments would come out otherwise: by their file, their flows, or what is paused."""
    found = hashlib.sha256(f"{CODE} {sorted(idle)}".encode())
    for one in (file, *sorted((CODE / "flows").glob("*.py"))):
        found.update(one.read_bytes())
    return found.hexdigest()


def _named(file: Path) -> list[str]:
    return [one["name"] for one in yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]]


def _start_worker(home: Path, say: Say) -> None:
    running, now = running_services.read(home), datetime.now(UTC)
    worker = running.alive("worker")
    if worker is None:
        environment = prefect_environment.for_client(home, running.api_url)
        command = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--name", WORKER]
        worker = starting.spawn(home, running, "worker", command, environment)
        starting.wait(worker, WORKER_PATIENCE_S, lambda: ask_prefect.works(running.api_url, POOL, since=now))
        _forget_the_dead(running.api_url, now)
    say("worker", "running", f"its log: {worker.log}")


def _forget_the_dead(api_url: str, since: datetime) -> None:
    """Runs that died with the worker before this one are over; those of other machines are not ours to judge."""
    if ask_prefect.working(api_url, POOL, but=WORKER):
        return
    died = "Its process or its worker has died: press Retry, it goes on where it stopped"
    ask_prefect.crash_dead(api_url, died, before=since, lives=lambda number: process_table.birth(number) is not None)


def _call(home: Path, *module: str) -> None:
    environment = prefect_environment.for_client(home, running_services.read(home).api_url)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", *module], env=environment, cwd=CODE, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotUp(f"`{' '.join(module)}` failed:\n{done.stdout}{done.stderr}\nMend that and type again: caseline up")


def _anybody(url: str) -> bool:
    """Whether anybody may sign in."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return any(login.active for login in logins.logins(connection))
    finally:
        engine.dispose()


def _deployments() -> Path:
    file = CODE / "prefect.yaml"
    if not file.exists():
        raise NotUp(f"{file} is missing: caseline up needs the source tree, installed by `make install`")
    return file
