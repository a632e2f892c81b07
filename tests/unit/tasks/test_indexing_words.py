"""What a run of the search index says."""

import pytest

from caseline.actions.index_texts import Indexed
from tasks import indexing_words


@pytest.mark.parametrize(
    ("done", "line"),
    [
        (Indexed(0, 0), "Every request is searchable already"),
        (Indexed(1, 1), "1 of 1 request became searchable"),
        (
            Indexed(1_200, 1_198),
            "1,198 of 1,200 requests became searchable; 2 changed meanwhile and wait for the next run",
        ),
        (Indexed(0, 0, busy=True), "Nothing was done: somebody else is indexing at this moment"),
    ],
)
def test_a_run_says_what_became_searchable(done: Indexed, line: str) -> None:
    assert indexing_words.line(done) == line
