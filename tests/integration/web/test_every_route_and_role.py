"""Every page of the desk with every role: with ids that it may see, with foreign ones, and with those of nothing.

All logins are limited to their group. A foreign id must be answered as one that there is not, to the last byte, and
nothing that is called `zecret` may stand in any answer.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from caseline.actions import show_notices, tell_notices
from caseline.people.rights import Right, Role, may
from caseline.web.desk.page import Page
from caseline.web.desk.routes import PAGES
from tests.factories import desk_calls, two_groups
from tests.factories.desk_calls import LINES, Line, asked
from tests.factories.foreign import SECRETS, Opened, bare, differing, furnished, leaks, opened, told
from tests.factories.pages import Browser
from tests.factories.two_groups import SECRET, STRANGER

__all__ = ["furnished", "opened"]

PAGE_OF: Final = {desk_calls.of_page(page.method, page.path): page for page in PAGES}
GOOD: Final = frozenset({200, 204, 303, 409, 422, 429})
"""Done, or refused for what a form says; never for want of a right or of what it is about."""
OF_ONES_OWN: Final = frozenset({"notices.notice", "listing.layout", "people.audit"})
"""Tables in which a foreign id may have an effect on what belongs to whoever asks: notices up to one are read, columns
are kept under any name, and that somebody has asked for a change of many requests is noted."""


def allowed(page: Page, role: Role) -> bool:
    return page.needs is None or may(role, page.needs)


def test_every_page_is_called() -> None:
    assert {line.page for line in LINES} == PAGE_OF.keys()
    assert {kind for line in LINES for kind in line.kinds} >= SECRETS


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_it_has_the_right_and_nowhere_else(opened: Opened, role: Role) -> None:
    browser = opened.known.browser(opened.base, role)
    refused = [line for line in LINES if not allowed(PAGE_OF[line.page], role)]
    before = two_groups.state(opened.house)
    wrong: list[tuple[object, ...]] = []
    for line in refused:
        answer = asked(browser, line, opened.own(role))
        if answer.status_code != 403 or "/sign-out" not in answer.text:
            wrong.append((line.page, answer.status_code))
    assert not wrong, told(wrong)
    assert two_groups.state(opened.house) == before
    for line in LINES:
        if line in refused:
            continue
        answer = asked(browser, line, opened.own(role))
        good = _good(line, role)
        found = leaks(f"{answer.text} {answer.headers}", opened.known)
        if PAGE_OF[line.page].needs is Right.SEE_AUDIT:  # the log is of the whole house, and names things by ids
            found = [one for one in found if one == SECRET]
        if answer.status_code not in good or found:
            wrong.append((line.page, answer.status_code, found))
    assert not wrong, told(wrong)


def _good(line: Line, role: Role) -> frozenset[int]:
    if PAGE_OF[line.page].public:
        return GOOD | {401}
    on_it = line.method == "POST" and line.path.startswith("/assignments/{outside}")
    if on_it and not may(role, Right.WORK_REQUESTS):
        return frozenset({403})  # whoever looks only may work on what is given to him, and on no more
    return GOOD


@pytest.mark.parametrize("role", Role)
def test_what_is_foreign_is_answered_as_what_there_is_not(opened: Opened, role: Role) -> None:
    browser = opened.known.browser(opened.base, role)
    own, foreign, absent = opened.own(role), opened.foreign(), opened.known.nobodys()
    tried = [line for line in LINES if SECRETS & set(line.kinds) and allowed(PAGE_OF[line.page], role)]
    before, wrong = two_groups.state(opened.house), []
    for line in tried:
        for first in (None, *_firsts(line)):
            kept = {} if first is None else {first: own[first], "version": own["version"]}
            answers = [asked(browser, line, {**ids, **kept}) for ids in (foreign, absent)]
            there, nothing = (bare(answer, foreign, absent) for answer in answers)
            hidden = there[0] == 404 or not _in_path(line, first)
            if there != nothing or not hidden or leaks(str(there), opened.known):
                wrong.append((line.page, first, *differing(there, nothing), leaks(str(there), opened.known)))
    assert not wrong, told(wrong)
    after = two_groups.state(opened.house)
    changed = {table for table in after if after[table] != before[table]}
    assert changed <= OF_ONES_OWN, changed


def _firsts(line: Line) -> list[str]:
    """The kind that may be an own one while what stands behind it is foreign."""
    secret = [kind for kind in line.kinds if kind in SECRETS]
    return secret[:1] if len(set(secret)) > 1 else []


def _in_path(line: Line, first: str | None) -> bool:
    """Whether something foreign stands in the path; what forms and queries name need not be missed there."""
    kinds = [kind for kind in line.in_path if kind in SECRETS and kind != first]
    deaf = "/steps/" in line.path if first else line.path.startswith("/me/tokens")
    return bool(kinds) and not deaf


def test_nobody_is_let_in_who_is_not_signed_in(opened: Opened) -> None:
    browser = Browser(opened.base)
    browser.client.follow_redirects = False
    before, wrong = two_groups.state(opened.house), []
    known = [opened.own(Role.ADMINISTRATOR), opened.foreign(), opened.known.nobodys()]
    for line in LINES:
        if PAGE_OF[line.page].public:
            continue
        answers = [asked(browser, line, ids) for ids in (known if SECRETS & set(line.kinds) else known[:1])]
        said = {re.sub(r"(next=|action=\"|value=\")[^\"]*", r"\1", str(bare(one, *known))) for one in answers}
        expected = {204 if line.path.endswith("/stream") else 303 if line.method == "GET" else 401}
        if {one.status_code for one in answers} != expected or len(said) != 1:
            wrong.append((line.page, [one.status_code for one in answers]))
    assert not wrong, told(wrong)
    assert two_groups.state(opened.house) == before


def test_the_stranger_sees_what_the_others_do_not(opened: Opened) -> None:
    """Else nothing of the above would say anything."""
    browser, foreign = opened.known.browser(opened.base, STRANGER), opened.foreign()
    for line in LINES:
        if line.method == "GET" and SECRETS & set(line.in_path) and "/notices/" not in line.path:
            assert asked(browser, line, foreign).status_code == 200, line.page
    told_of = {
        line.page for line in LINES if line.method == "GET" and leaks(_text(browser, line, foreign), opened.known)
    }
    lists = {"/requests", "/requests/export", "/requests/filter", "/references/request", "/contacts/{}"}
    more = {"/assignments", "/notices", "/reports/flow/rows", "/reports/flow/rows/export", "/requests/new"}
    assert {f"GET {path}" for path in lists | more} - told_of == set()


def _text(browser: Browser, line: Line, ids: dict[str, object]) -> str:
    return asked(browser, line, ids).text


def test_a_stream_tells_nobody_of_what_another_was_told(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caseline.web.desk.live.EVERY_S", 0.05)
    tell_notices.tell(opened.house, now=opened.known.at)
    with _listening(opened, Role.AGENT) as mine, _listening(opened, STRANGER) as theirs:
        first, other = int(next(mine)), int(next(theirs))

        _notice(opened, opened.known.open["person2"], opened.foreign()["request"])
        assert int(next(theirs)) == other + 1
        # Of a request that he may not see any more, he is told nothing either.
        _notice(opened, opened.known.open["person"], opened.foreign()["request"])
        _notice(opened, opened.known.open["person"], opened.own(Role.AGENT)["request"])

        said = next(mine)
        while int(said) == first:
            said = next(mine)
        assert int(said) == first + 1


@contextmanager
def _listening(opened: Opened, login: str) -> Iterator[Iterator[str]]:
    """The numbers that a stream says, as they come."""
    client = opened.known.browser(opened.base, login).client
    with client.stream("GET", "/notices/stream", headers={"Accept": "text/event-stream"}) as answer:
        lines = answer.iter_lines()
        yield (line.removeprefix("data: ") for line in lines if line.startswith("data: "))


def _notice(opened: Opened, person: object, request: object) -> None:
    opened.staff.query(
        "INSERT INTO notices.notice (event_id, person_id, kind, record_id, at)"
        " SELECT -count(*) - 100, :person, 'assigned', :record, now() FROM notices.notice",
        person=person,
        record=request,
    )


def test_a_stream_that_begins_while_the_others_are_looked_for_goes_on(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for, news = threading.Event(), show_notices.news

    def slow(*given: Any, **named: Any) -> show_notices.News:  # noqa: ANN401 - as it is called
        asked_for.set()
        time.sleep(1)
        return news(*given, **named)

    monkeypatch.setattr("caseline.web.desk.live.EVERY_S", 0.05)
    monkeypatch.setattr("caseline.actions.show_notices.news", slow)
    tell_notices.tell(opened.house, now=opened.known.at)
    with _listening(opened, Role.AGENT):
        assert asked_for.wait(10)
        with _listening(opened, STRANGER) as late:
            number = int(next(late))
            _notice(opened, opened.known.open["person2"], opened.foreign()["request"])
            assert next(late) == str(number + 1)
