"""Looks at everything that the house stands on: what is wrong, and what to do; it changes and starts nothing."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from caseline.actions import examine_doors, examine_prefect, know_calendars
from caseline.actions.wiring import Blueprint, House
from caseline.crm.findings import Finding, error, ok, warning
from caseline.db import embedded, schema
from caseline.db.engine import DatabaseUnfit, check, open_engine
from caseline.feedback import books
from caseline.health import judging, taking
from caseline.settings import Settings, SettingsError
from staging import report

_TIGHT: Final = 5 * 1024**3
_FULL: Final = 1024**3
_CLOCK: Final = timedelta(seconds=5)
_UP: Final = "type: caseline up (or only the database: caseline db start)"


def examine(settings: Settings, *, clock: Callable[[], datetime]) -> Iterator[Finding]:
    """A line for each thing, as it is looked at."""
    yield ok("version", f"caseline {version('caseline')} on Python {platform.python_version()}")
    yield from _room(settings.home)
    url: str | None = None
    try:
        url = settings.database()
    except SettingsError as fault:
        yield error("database", str(fault), "mend the setting")
    else:
        if url is None:
            url = embedded.status(settings.home).url
        if url is None:
            yield error("database", f"the embedded PostgreSQL of {settings.home} does not run", _UP)
    if url is not None:
        yield from _behind_the_database(settings, url, clock)
    yield from examine_prefect.examine(settings.home, settings.operators)
    yield from examine_doors.mail(settings)


def _room(home: Path) -> Iterator[Finding]:
    standing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(standing, os.W_OK):
        yield error(
            "home", f"{standing} cannot be written", "give it to whoever runs caseline: chown, or CASELINE_HOME"
        )
        return
    free = shutil.disk_usage(standing).free
    told = f"{free / 1024**3:.1f} GiB are free in {standing}"
    remedy = "free some: an import takes three times as much as its files (docs/benchmarks.md); see caseline db status"
    if free < _FULL:
        yield error("disk", told, remedy)
    elif free < _TIGHT:
        yield warning("disk", told, remedy)
    else:
        yield ok("disk", told)


def _behind_the_database(settings: Settings, url: str, clock: Callable[[], datetime]) -> Iterator[Finding]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            check(connection)
            yield from _database(connection, clock)
            found, wanted = schema.current(connection), schema.newest()
        if found != wanted:
            remedy = "any command that opens the house brings them up to date: caseline status. Make a backup first"
            yield error("tables", f"they are those of migration {found}, and {wanted} is needed", remedy)
            return
        yield ok("tables", f"migration {found}")
        yield from _house(Blueprint(settings, url).join(), clock)
    except DatabaseUnfit as unfit:
        yield error("database", str(unfit), "see above")
    except SettingsError as fault:
        yield error("settings", str(fault), "mend the setting")
    except sa.exc.OperationalError as away:
        remedy = "start the server, or mend CASELINE_DATABASE_URL" if settings.database() else _UP
        yield error("database", str(away.orig).strip().splitlines()[0], remedy)
    finally:
        engine.dispose()


def _database(connection: sa.Connection, clock: Callable[[], datetime]) -> Iterator[Finding]:
    before = clock()
    number, there = connection.execute(sa.text("SELECT current_setting('server_version'), clock_timestamp()")).one()
    yield ok("database", f"PostgreSQL {number} answers")
    after = clock()
    apart = max(before - there, there - after, timedelta())
    if apart > _CLOCK:
        remedy = "let both machines keep their time by NTP (timedatectl set-ntp true): deadlines are counted by it"
        yield error("clock", f"this machine and the database differ by {apart.total_seconds():.0f} s", remedy)
    else:
        yield ok("clock", f"{after.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC here and in the database")


def _house(house: House, clock: Callable[[], datetime]) -> Iterator[Finding]:
    now = clock()
    with house.engine.connect() as connection:
        ready = know_calendars.any_known(connection)
    if ready:
        notices = know_calendars.renewals(house, now=now)
        for notice in notices:
            yield warning("calendars", f"{notice.calendar} does not know {notice.year} exactly", _CALENDARS)
        if not notices:
            yield ok("calendars", "they know the year")
    if report.fresh_backup(house.settings.home):
        yield ok("backup", "made within the last 24 hours")
    else:
        yield warning("backup", "none was made within the last 24 hours", "caseline backup FILE, every night by cron")
    yield from _feedback(house)
    yield from examine_doors.behind(house, clock=clock)
    yield from judging.judge(taking.take(house.engine, now=now))


_LETTERS: Final = "set them; to try without a mail server: caseline up --sandbox; or: caseline feedback off CAMPAIGN"
_CALENDARS: Final = "when the decree is out: caseline calendar load FILE, or at the desk Settings, Calendars"


def _feedback(house: House) -> Iterator[Finding]:
    with house.engine.connect() as connection:
        on = [one.code for one in books.every(connection, on=True)]
    if not on:
        return
    lacks = [
        name
        for name, value in (
            ("CASELINE_PUBLIC_URL", house.settings.public_url),
            ("CASELINE_MAIL_ADDRESS", house.settings.mail_address),
            ("CASELINE_SMTP_URL", house.settings.smtp()),
        )
        if value is None
    ]
    told = f"campaigns that are switched on: {', '.join(on)}"
    if lacks:
        yield error("campaigns", f"{told}; no letter can leave without {', '.join(lacks)}", _LETTERS)
    else:
        yield ok("campaigns", told)
