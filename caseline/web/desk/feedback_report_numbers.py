"""How figures of feedback are said: with their interval, from how many they come, and when these are too few."""

from caseline.feedback.experiments import Outcome
from caseline.feedback.intervals import ENOUGH, Interval, Mean, Nps, Share
from caseline.reports.feedback_figures import Rated, Scale, Tally, Trial
from caseline.reports.feedback_questions import Report
from caseline.web.desk import feedback_report_words as words
from caseline.web.language import Texts


def number(texts: Texts, value: float, digits: int = 0) -> str:
    """A number with so many digits, a true minus before it."""
    rounded = round(value, digits)
    told = texts.number(int(rounded) if digits == 0 else rounded)
    return "−" + told.lstrip("-−") if rounded < 0 else told.lstrip("-−")


def ranged(texts: Texts, interval: Interval | None, digits: int = 0) -> str:
    """An interval."""
    if interval is None:
        return "–"
    low, high = (number(texts, end, digits) for end in (interval.low, interval.high))
    return texts.say("%(low)s to %(high)s", low=low, high=high)


def percents(texts: Texts, interval: Interval | None) -> str:
    """An interval of shares."""
    if interval is None:
        return "–"
    return texts.say("%(low)s to %(high)s", low=texts.percent(interval.low), high=texts.percent(interval.high))


def whole(texts: Texts, value: str, interval: str, count: int) -> str:
    """A figure with its interval and from how many it comes; of few, that they are too few."""
    told = texts.say(
        "%(value)s (95 %%: %(interval)s), n = %(num)s", value=value, interval=interval, num=texts.number(count)
    )
    return told if count >= ENOUGH else f"{told}, {texts.say(words.TOO_FEW)}"


def score(texts: Texts, nps: Nps) -> str:
    """A Net Promoter Score in full."""
    if nps.value is None:
        return "–"
    return whole(texts, number(texts, nps.value), ranged(texts, nps.interval), nps.number)


def average(texts: Texts, mean: Mean | None, digits: int = 2) -> str:
    """A mean in full."""
    if mean is None:
        return "–"
    return whole(texts, number(texts, mean.value, digits), ranged(texts, mean.interval, digits), mean.number)


def part(texts: Texts, share: Share) -> str:
    """A share in full."""
    if share.value is None:
        return "–"
    return whole(texts, texts.percent(share.value), percents(texts, share.interval), share.number)


def scales(texts: Texts, tally: Tally) -> str:
    """The scales on which something was rated."""
    return ", ".join(scale(texts, one) for one in tally.scales)


def scale(texts: Texts, one: Scale) -> str:
    """A scale."""
    return texts.say("%(low)s to %(high)s", low=one[0], high=one[1])


def rated_on(texts: Texts, rated: Rated) -> str:
    """On which scale the averages of a report are."""
    if rated.question.report is Report.CSAT and rated.normal:
        return texts.say(
            "The ratings are on several scales (%(scales)s): each is judged by its own.",
            scales=scales(texts, rated.total.tally),
        )
    if rated.normal:
        return texts.say(
            "The ratings are on several scales (%(scales)s): they are not averaged as they are; each counts by its"
            " place on its own scale, from 0 for the worst to 100 for the best.",
            scales=scales(texts, rated.total.tally),
        )
    return texts.say("Scale: %(scale)s.", scale=scales(texts, rated.total.tally)) if rated.total.tally.scales else ""


def verdict(texts: Texts, trial: Trial) -> str:
    """What may be said of the variants of a campaign."""
    found = trial.verdict
    if not trial.whole:
        return texts.say("You see a part of the people only: of a part nothing is concluded.")
    if found is None:
        return texts.say(
            "Nobody has said which difference is looked for, so no number of people is planned and nothing is"
            " concluded. The plan stands in the campaign."
        )
    if found.outcome is Outcome.RUNNING:
        return texts.count(
            "Still running: the variant with the fewest people needs about %(num)s more.",
            "Still running: the variant with the fewest people needs about %(num)s more.",
            found.missing,
        )
    if found.winner is None:
        return texts.say("No difference shown, with the planned number of people reached.")
    return texts.say("Variant %(code)s is answered more often.", code=trial.arms[found.winner].code)
