"""After the chaos: what is under way comes to its end, by the commands of the house, and all that ran is ended."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psutil
import psycopg

from soak.commanding import ROUND
from soak.ledger import Ledger
from soak.site import Site

_MOST_ROUNDS: Final = 40
_ORPHANS_S: Final = 60
_PAUSE_S: Final = 2.0

_OPEN: Final = {
    "mails not taken in": "SELECT count(*) FROM mail.mail WHERE state = 'received'",
    "letters not sent": "SELECT count(*) FROM outbox.letter WHERE state IN ('queued', 'sending')",
    "asks not sent": "SELECT count(*) FROM feedback.ask WHERE state IN ('draft', 'queued')",
    "answers not followed": "SELECT count(*) FROM feedback.effect WHERE done_at IS NULL AND due_at <= now()",
    "ratings not judged": "SELECT count(*) FROM feedback.ask WHERE judge_at <= now()",
    "asks not made": """
        SELECT count(*) FROM crm.event e WHERE type = 'stage_changed' AND NOT imported
        AND id > (SELECT coalesce(max(event_id), 0) FROM crm.consumer WHERE name = 'feedback')""",
}
"""What waits to be done, by a name."""
_TIME_PASSES: Final = (
    "UPDATE outbox.letter SET until = now() WHERE state = 'sending' AND until > now()",
    "UPDATE outbox.letter SET due_at = now() WHERE state = 'queued' AND due_at > now()",
    "UPDATE mail.mail SET until = now() WHERE state = 'received' AND until > now()",
    "UPDATE feedback.effect SET due_at = now() WHERE done_at IS NULL AND due_at > now()",
)
"""Nobody works then who could hold a lease, so what waits for its end, or for another attempt, is let go on at once."""


def end_everything(site: Site, ledger: Ledger, say: Callable[[str], None]) -> None:
    """End the services, then what runs of dead workers there are."""
    done = site.caseline("down")
    say(f"down: {'good' if done.returncode == 0 else done.stderr.strip()}")
    end = time.monotonic() + _ORPHANS_S
    while (left := site.everything()) and time.monotonic() < end:
        time.sleep(1)
    for one in left:
        with suppress(psutil.NoSuchProcess):
            ledger.note("chaos", what="left over killed", pid=one.pid, command=one.cmdline())
            one.kill()
    psutil.wait_procs(left, timeout=20)


def settle(site: Site, url: str, import_words: tuple[str, ...], say: Callable[[str], None]) -> dict[str, int]:
    """Bring all to its end with the database and the post office alone; answers what is still open then."""
    with _post_office(site) as settings:
        done = site.caseline(*import_words, more=settings, patience_s=3600)
        say(f"import to its end: code {done.returncode} {_fault(done)}")
        quiet, left = 0, {}
        for number in range(_MOST_ROUNDS):
            with psycopg.connect(url, autocommit=True) as connection:
                for statement in _TIME_PASSES:
                    connection.execute(statement)
            for words in ROUND:
                done = site.caseline(*words, more=settings)
                if _fault(done):
                    say(f"{' '.join(words)}: {_fault(done)}")
            left = unsettled(url)
            waits = ", ".join(f"{count} {name}" for name, count in left.items())
            say(f"settling, round {number + 1}: {waits or 'quiet'}")
            quiet = 0 if left else quiet + 1
            if quiet > 1:
                break
            time.sleep(_PAUSE_S)
    return left


def _fault(done: "subprocess.CompletedProcess[str]") -> str:
    """Why a command did not do its work; empty where it did. Code 3: rows or letters failed, which is told by them."""
    return "" if done.returncode in {0, 3} else (done.stderr or done.stdout).strip()[-300:]


def unsettled(url: str) -> dict[str, int]:
    """What waits to be done."""
    with psycopg.connect(url, autocommit=True) as connection:
        counts = {name: _count(connection, query) for name, query in _OPEN.items()}
    return {name: count for name, count in counts.items() if count}


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _post_office(site: Site) -> Iterator[dict[str, str]]:
    """The post office by itself, with the mails that it has kept; gives the settings by which it is found."""
    words = ("--smtp-port", "0", "--imap-port", "0", "--samples", "0", "--password", "sandbox")
    command = [sys.executable, "-m", "caseline.cli", "mail", "sandbox", "--json", *words, "--keep", str(site.post)]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, env=site.environment(), cwd=site.folder, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _settings(site, process)
        finally:
            process.terminate()


def _settings(site: Site, process: "subprocess.Popen[str]") -> dict[str, str]:
    said = json.loads(process.stdout.readline()) if process.stdout else {}
    return {
        "CASELINE_SMTP_URL": said["smtp"],
        "CASELINE_MAILBOX": said["support"],
        "CASELINE_PUBLIC_URL": site.address("public"),
    }
