"""Where CI is set, a skip that nobody argued for is a failure: a suite that needs a server cannot be left out unseen."""

from collections.abc import Callable

import pytest

from tests import conftest
from tests.factories import dovecot

HOOKS = [conftest.pytest_runtest_makereport, conftest.pytest_make_collect_report]


def told(hook: Callable[[], object], reason: str) -> str:
    """What becomes of a report of a skip."""
    where = ("test_a.py", 1, f"Skipped: {reason}")
    report = pytest.TestReport("test_a.py::test", ("test_a.py", 1, "test"), {}, "skipped", where, "setup")
    seen = hook()
    next(seen)  # type: ignore[call-overload]  # the hooks are generators
    with pytest.raises(StopIteration) as ended:
        seen.send(report)  # type: ignore[attr-defined]
    outcome: str = ended.value.value.outcome
    return outcome


@pytest.mark.parametrize("hook", HOOKS)
def test_without_dovecot_ci_fails_and_other_machines_skip(
    hook: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert told(hook, dovecot.MISSING) == "failed"
    monkeypatch.delenv("CI")
    assert told(hook, dovecot.MISSING) == "skipped"


@pytest.mark.parametrize("reason", sorted(conftest.ALLOWED_SKIPS))
def test_what_somebody_argued_for_may_be_skipped(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    assert told(conftest.pytest_runtest_makereport, reason) == "skipped"
