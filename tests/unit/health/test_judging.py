"""What waits longer than it should is named with its age and the way to mend it; what does not is in order."""

import pytest

from caseline.crm.findings import Finding, Level
from caseline.health import judging
from caseline.health.measures import MEASURES, Sample, Taken


def judged(*samples: tuple[str, float], **failed: str) -> dict[str, Finding]:
    taken = Taken(tuple(Sample(name, (), value) for name, value in samples), failed)
    return {one.topic: one for one in judging.judge(taken)}


@pytest.mark.parametrize(
    ("measure", "topic", "longest"),
    [(wait.measure, wait.topic, wait.longest_s) for wait in judging._WAITS],
)
def test_each_wait_is_in_order_to_its_limit_and_wrong_beyond(measure: str, topic: str, longest: int) -> None:
    assert measure in {one.name for one in MEASURES}
    assert judged((measure, 0))[topic].text == "nothing waits"
    assert judged((measure, longest))[topic].level is Level.OK
    late = judged((measure, longest + 1))[topic]
    assert late.level is Level.ERROR
    assert late.remedy


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1_020, "17 min"), (7_260, "2 h 1 min"), (200_000, "2 d 7 h")],
)
def test_ages_are_told_for_people(seconds: float, told: str) -> None:
    assert judged(("caseline_outbox_age_seconds", seconds))["outbox"].text.endswith(f"has waited {told}")


def test_who_is_behind_in_the_event_log_is_named() -> None:
    behind = Sample("caseline_events_age_seconds", ("feedback",), 7_200.0)
    fresh = Sample("caseline_events_age_seconds", ("notices",), 30.0)
    (found,) = (one for one in judging.judge(Taken((behind, fresh))) if one.topic == "event log")
    assert found.level is Level.ERROR
    assert found.text == "feedback is 2 h 0 min behind"


def test_what_could_not_be_measured_is_said_and_the_rest_is_judged() -> None:
    found = judged(("caseline_import_open_runs", 2), caseline_staging_rows="canceling statement due to timeout")
    assert found["measures"].level is Level.WARNING
    assert "caseline_staging_rows" in found["measures"].text
    assert found["imports"].text == "2 are at work"


def test_an_import_that_nobody_works_on_is_said() -> None:
    found = judged(("caseline_import_open_runs", 2), ("caseline_import_silent_runs", 1))
    assert found["imports"].level is Level.WARNING
    assert "Retry" in found["imports"].remedy


def test_mails_and_letters_that_wait_for_a_person_are_warned_of() -> None:
    taken = Taken(
        (Sample("caseline_mail_apart", ("quarantine",), 3.0), Sample("caseline_outbox_letters", ("held",), 5.0)),
    )
    found = {one.topic: one for one in judging.judge(taken)}
    assert found["quarantine"].level is found["held letters"].level is Level.WARNING
    assert found["quarantine"].text.startswith("3 mails")
    assert found["held letters"].text.startswith("5 letters")
