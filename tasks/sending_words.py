"""Words about sending letters for the Prefect UI; knows neither Prefect nor the clock."""

from collections.abc import Mapping
from typing import Final

from caseline.outbox.letters import State
from caseline.outbox.sending import Done

MOST: Final = 50
"""Letters that failed, of which each has a line."""


def line(done: Done) -> str:
    """The line of a run."""
    if done.paused is not None and done.problem is None:
        return f"Nothing is sent before {done.paused.until:%Y-%m-%d %H:%M} UTC: {done.paused.reason}"
    held = f", {done.held:,} held by the brake" if done.held else ""
    return f"{done.sent:,} sent, {done.failed:,} failed, {done.later:,} to be tried again{held}"


def page(done: Done, counts: Mapping[State, int]) -> str:
    """How many letters there are in each state, and what could not be done."""
    rows = "\n".join(f"| {state} | {counts[state]:,} |" for state in State)
    told = [f"- {text}" for text in done.failures[:MOST]]
    told += [f"- {done.problem}"] if done.problem is not None else []
    failed = "\n".join(["", "**Could not be done:**", "", *told]) if told else ""
    return f"{line(done)}\n\n| letters | |\n|---|---:|\n{rows}\n{failed}"
