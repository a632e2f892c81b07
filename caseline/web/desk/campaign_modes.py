"""Says what counts as an answer, by the mode that a campaign has chosen."""

from typing import Final

from caseline.feedback.confirming import Mode
from caseline.web.language import later

MODES: Final = {
    Mode.BALANCED: later("a click counts after a quiet period"),
    Mode.STRICT: later("only what is saved on the page counts"),
    Mode.LITERAL: later("every opening of a link counts"),
}
MODE_HINTS: Final = {
    Mode.BALANCED: later(
        "One click is enough: it counts when nothing around it looks like a machine for some minutes, or at once when"
        " somebody presses Save. What looks like a machine waits for Save."
    ),
    Mode.STRICT: later("What is chosen counts when somebody presses Save. The fewest answers, the surest."),
    Mode.LITERAL: later("The click alone counts, that of a program too. Only for mail that never leaves the house."),
}
"""What each of them means, in a sentence or two."""
