"""All reports in a row, those of feedback behind the others, as the head of each of them shows them."""

from typing import Final

from caseline.web.desk import feedback_report_words, report_words
from caseline.web.language import later

PARTS: Final = (
    (later("Requests"), tuple((str(one), title) for one, title in report_words.TITLES.items())),
    (later("Feedback"), tuple((str(one), title) for one, title in feedback_report_words.TITLES.items())),
)
"""What they are about, and (address, title) of each."""
HINTS: Final = {
    **{str(one): hint for one, hint in report_words.HINTS.items()},
    **{str(one): hint for one, hint in feedback_report_words.HINTS.items()},
}
"""What each of them tells."""
