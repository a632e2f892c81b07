"""Words about mail that came in for the Prefect UI; knows neither Prefect nor the clock."""

from collections.abc import Sequence
from typing import Final

from caseline.actions.counted import counted
from caseline.actions.fetch_mail import Fetched
from caseline.actions.take_in_mails import TakenIn
from caseline.mail.trouble_store import Trouble

MOST: Final = 50
"""Mails that could not be taken in, of which each has a line."""


def fetched_line(found: Fetched) -> str:
    """The line of a round over the mailboxes."""
    return (
        f"{counted(found.fetched, 'new mail')} from {len(found.opened)} of {counted(found.mailboxes, 'mailbox')},"
        f" {found.again:,} that had arrived before, {found.waiting:,} wait for the next round"
    )


def trouble_line(trouble: Trouble) -> str:
    """What does not work, since when, and when it is tried again."""
    again = f"tried again from {trouble.not_before:%Y-%m-%d %H:%M} UTC"
    return f"{trouble.place}: {trouble.text} (time {trouble.times} since {trouble.since:%Y-%m-%d %H:%M} UTC; {again})"


def taken_line(found: TakenIn) -> str:
    """The line of what was taken in."""
    return (
        f"{counted(found.done, 'mail')} taken in, {found.tray:,} into the tray,"
        f" {found.same:,} the same as earlier ones,"
        f" {found.failed:,} failed and are tried again, {found.quarantine:,} into quarantine"
    )


def left_line(why: str) -> str:
    """Why stored mails are not taken in."""
    return f"Mails are stored and not taken in: {why}"


def page(fetched: Fetched, taken: TakenIn) -> str:
    """What came, what became of it, and what did not work."""
    rows = (
        ("Mailboxes", fetched.mailboxes),
        ("Mailboxes that could be opened", len(fetched.opened)),
        ("New mails", fetched.fetched),
        ("Of them so large that they are read from a file", fetched.large),
        ("Mails that had arrived before, elsewhere or in another epoch", fetched.again),
        ("Mails that lay there", fetched.known),
        ("Gone while they were to be fetched", fetched.gone),
        ("Marked or moved on the server", fetched.told),
        ("Left for the next round", fetched.waiting),
        ("Taken into requests", taken.done),
        ("Into the tray", taken.tray),
        ("The same as an earlier mail", taken.same),
        ("Failed, tried again", taken.failed),
        ("Into quarantine", taken.quarantine),
    )
    table = "\n".join(f"| {name} | {number:,} |" for name, number in rows)
    tried = [f"- {trouble_line(trouble)}" for trouble in fetched.troubles]
    left = [f"- {trouble_line(trouble)}" for trouble in fetched.paused]
    failed = [f"- mail {number}: {reason}" for number, reason in taken.reasons[:MOST]]
    parts = [("Does not work", tried), ("Not tried yet again", left), ("Could not be taken in", failed)]
    stored = [f"- {left_line(taken.left)}"] if taken.left else []
    parts.append(("As it is set", stored))
    told = "".join(_part(title, lines) for title, lines in parts if lines)
    return f"At {fetched.at:%Y-%m-%d %H:%M} UTC\n\n| | |\n|---|---:|\n{table}\n{told}"


def _part(title: str, lines: Sequence[str]) -> str:
    return "\n".join(["", f"**{title}:**", "", *lines, ""])
