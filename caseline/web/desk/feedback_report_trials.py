"""Variants that are compared, as lines of a file."""

from collections.abc import Iterator
from typing import Final

from caseline.reports.feedback_figures import Trials
from caseline.web.language import Texts, later

_ENDS: Final = (later("95 % from"), later("95 % to"))


def of_trials(texts: Texts, answer: Trials) -> Iterator[list[object]]:
    """Variants as lines of a file, the head first."""
    heads = (later("Campaign"), later("Variant"), later("Sent"), later("Opened"), later("Answered"))
    more = (later("Answered of sent"), *_ENDS, later("Average"), later("Ratings"))
    yield [texts.say(head) for head in (*heads, *more)]
    for trial in answer.trials:
        for arm in trial.arms:
            share, mean = arm.answers, arm.tally.mean(normal=trial.normal)
            ends = share.interval
            yield [
                *(trial.name, arm.code, arm.sent, arm.visited, arm.answered),
                "" if share.value is None else round(share.value, 4),
                *(("", "") if ends is None else (round(ends.low, 4), round(ends.high, 4))),
                *(("", 0) if mean is None else (round(mean.value, 4), mean.number)),
            ]
