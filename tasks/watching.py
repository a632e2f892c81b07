"""The steps of watching deadlines and of renewing calendars as Prefect tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from caseline.actions import edit_calendar, know_calendars, watch_deadlines
from caseline.actions.edit_calendar import Proposal
from caseline.actions.watch_deadlines import Watched
from caseline.actions.wiring import House
from caseline.timing.store import Note
from caseline.timing.vocabulary import Language
from tasks import calendar_words

BY: Final = "refresh-calendars"


@task(name="sound-alarms", task_run_name="look at the clocks", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def sound_alarms(house: House) -> Watched:
    """Write the events that are due. Run twice, it writes none twice: each threshold has its row in the database."""
    watched = watch_deadlines.watch(house, now=datetime.now(UTC))
    get_run_logger().info(calendar_words.watched(watched))
    return watched


@task(name="publish-overdue", task_run_name="overdue requests", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_overdue(watched: Watched) -> None:
    """Put up the list of overdue requests. Run twice, it writes a newer version of the same table."""
    create_table_artifact(
        calendar_words.overdue_rows(watched),
        key="deadlines-overdue",
        description=f"Open requests past their deadline at {watched.at:%Y-%m-%d %H:%M} UTC, longest overdue first",
    )


@task(name="read-calendar", task_run_name="read {file}", cache_policy=NO_CACHE)
def read_calendar(house: House, file: str, calendar: str | None) -> Proposal:
    """Read a file of days into a proposal. It stores nothing, so it may run any number of times.

    Raises `FileFault` with file, line and remedy.
    """
    path = Path(file)
    return edit_calendar.propose_file(house, path.read_bytes(), path.name, calendar_id=calendar, now=datetime.now(UTC))


@task(name="apply-calendar", task_run_name="apply", cache_policy=NO_CACHE)
def apply_calendar(house: House, proposal: Proposal, reason: str) -> str:
    """Make a proposal count and say what moved. Run twice, the second time is refused: the version is there."""
    recount = edit_calendar.apply(house, proposal, Note(at=datetime.now(UTC), by=BY, reason=reason))
    return calendar_words.recounted(recount)


@task(name="look-ahead", task_run_name="is next year known?", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def look_ahead(house: House) -> list[str]:
    """From 1 October, a warning for each calendar that does not know next year exactly; it only reads."""
    now = datetime.now(UTC)
    know_calendars.versions(house, now=now)
    return [notice.text(Language.ENGLISH) for notice in know_calendars.renewals(house, now=now)]


@task(name="publish-calendars", task_run_name="calendars", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=2)
def publish_calendars(pages: Sequence[str]) -> None:
    """Put up what was proposed, applied and warned of. Run twice, it writes a newer version of the same page."""
    create_markdown_artifact(
        "\n\n".join(pages) or "Nothing to do: no file was given, and every calendar knows next year.",
        key="calendars",
        description="Differences of calendars, what was applied, and years that are not known exactly",
    )
