"""Words about the search index for the Prefect UI; knows neither Prefect nor the clock."""

from caseline.actions.counted import counted
from caseline.actions.index_texts import Indexed


def line(done: Indexed) -> str:
    """The line of a run."""
    if done.busy:
        return "Nothing was done: somebody else is indexing at this moment"
    if not done.found:
        return "Every request is searchable already"
    left = done.found - done.indexed
    later = f"; {left:,} changed meanwhile and wait for the next run" if left else ""
    return f"{done.indexed:,} of {counted(done.found, 'request')} became searchable{later}"
