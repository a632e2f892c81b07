"""A post office on this machine for a house that tries things out: which settings lead all letters into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from caseline.actions import running_services, starting
from caseline.actions.starting import Say

NAME: Final = "mail sandbox"
PASSWORD: Final = "sandbox"  # noqa: S105 - of mailboxes for trials, on this machine only
SMTP_PORT, IMAP_PORT = 2525, 2143
_ADDRESS: Final = "support@example.org"


@dataclass(frozen=True, slots=True)
class Post:
    """Where it listens, and where the pages behind links in its letters are."""

    smtp: int
    imap: int
    public: int


def find(home: Path, say: Say, public_port: int) -> Post:
    """The ports of the one that runs in a home, or free ones for the next; `public_port` is wished for by its pages."""
    running = running_services.read(home)
    mail, public = running.alive(NAME), running.alive("public")
    return Post(
        running.smtp_port if mail else starting.free_port(NAME, SMTP_PORT, say),
        running.imap_port if mail else starting.free_port(NAME, IMAP_PORT, say),
        running.public_port if public else starting.free_port("public", public_port, say),
    )


def settings(post: Post, given: Mapping[str, str]) -> dict[str, str]:
    """The settings by which letters go there and nowhere else, and mail is fetched from there.

    `given`: those that somebody has made; his own address and that of his public pages stay.
    """
    found = {
        "CASELINE_SMTP_URL": f"smtp://127.0.0.1:{post.smtp}",
        "CASELINE_MAILBOX": mailbox(post, "support"),
        "CASELINE_SANDBOX_OTHERS": mailbox(post, "others"),
    }
    for name, value in (
        ("CASELINE_MAIL_ADDRESS", _ADDRESS),
        ("CASELINE_PUBLIC_URL", f"http://127.0.0.1:{post.public}"),
    ):
        found[name] = given.get(name) or value
    return found


def of_running(home: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The settings of the one that runs in a home; nothing where none does."""
    running = running_services.read(home)
    if running.alive(NAME) is None:
        return {}
    return settings(Post(running.smtp_port, running.imap_port, running.public_port), given)


def mails(home: Path) -> Path:
    """The folder in which the one of a home keeps its mails."""
    return home / "post"


def mailbox(post: Post, name: str) -> str:
    """The address of a mailbox of it, as the sandbox prints it."""
    return f"imap://{name}:{PASSWORD}@127.0.0.1:{post.imap}/INBOX"
