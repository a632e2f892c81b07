"""Every call of the API with every role: about what it may see, about what is foreign, and about what there is not."""

import json
from typing import Any, Final

import httpx
import pytest

from caseline.actions import keep_users
from caseline.actions.keep_users import Wish
from caseline.people.rights import Role, may
from caseline.web.api.endpoint import Endpoint
from caseline.web.api.endpoints import ENDPOINTS
from tests.factories import two_groups
from tests.factories.foreign import SECRETS, Opened, differing, furnished, leaks, opened, told
from tests.factories.two_groups import ABSENT, BLOCKED, STRANGER

__all__ = ["furnished", "opened"]

Ids = dict[str, object]
VALUES: Final[dict[str, Any]] = {"subject": "Mine", "parent": "{other}"}
CALLS: Final[dict[str, tuple[str, Any]]] = {
    "GET /me": ("/me", None),
    "GET /stages": ("/stages", None),
    "GET /categories": ("/categories", None),
    "GET /groups": ("/groups", None),
    "GET /fields": ("/fields", None),
    "GET /requests": ("/requests?w=parent:in:{other}&column=extra.Mood&q=", None),
    "GET /requests/{id:key}": ("/requests/{request}", None),
    "POST /requests": ("/requests", {"values": {**VALUES, "group": "Mine"}}),
    "PATCH /requests/{id:key}": ("/requests/{request}", {"version": "{version}", "values": VALUES}),
    "POST /requests/{id:key}/stage": ("/requests/{request}/stage", {"version": "{version}", "stage": "working"}),
    "POST /requests/bulk": ("/requests/bulk", {"requests": ["{request}"], "stage": "working"}),
    "GET /requests/{id:key}/timeline": ("/requests/{request}/timeline", None),
    "POST /requests/{id:key}/comments": ("/requests/{request}/comments", {"text": "mine"}),
    "POST /requests/{id:key}/replies": ("/requests/{request}/replies", {"text": "mine"}),
    "GET /requests/{id:key}/assignments": ("/requests/{request}/assignments", None),
    "POST /requests/{id:key}/assignments": (
        "/requests/{request}/assignments",
        {"title": "mine", "text": "mine", "person": "{person}"},
    ),
    "POST /assignments/{id:key}/end": ("/assignments/{work}/end", {"state": "done"}),
    "GET /products": ("/products?q=p-4", None),
    "GET /requests/{id:key}/products": ("/requests/{request}/products", None),
    "POST /requests/{id:key}/products": ("/requests/{request}/products", {"product": "{product}"}),
    "DELETE /requests/{id:key}/products/{product:key}": ("/requests/{request}/products/{product}", None),
    "GET /companies": ("/companies?q=firm", None),
    "GET /companies/{id:key}": ("/companies/{company}", None),
    "POST /companies": ("/companies", {"values": {"name": "Mine"}}),
    "PATCH /companies/{id:key}": ("/companies/{company}", {"version": 1, "values": {"name": "Mine too"}}),
    "GET /contacts": ("/contacts?q=client&company={company}", None),
    "GET /contacts/{id:key}": ("/contacts/{contact}", None),
    "POST /contacts": ("/contacts", {"values": {"name": "Mine"}}),
    "PATCH /contacts/{id:key}": ("/contacts/{contact}", {"version": 1, "values": {"name": "Mine too"}}),
    **{
        f"GET /reports/{report}": (f"/reports/{report}?period=this_year", None)
        for report in (
            *("stages", "deadlines", "flow", "backlog", "categories", "entries", "workload"),
            *("feedback-nps", "feedback-mean", "feedback-csat", "feedback-funnel", "feedback-variants"),
        )
    },
}
"""How each is called; `{kind}` stands for an id."""


def name(one: Endpoint) -> str:
    return f"{one.method} {one.path}"


def filled(body: Any, ids: Ids) -> Any:  # noqa: ANN401 - JSON
    """The body with ids in place of their kinds; numbers, where a kind stands alone."""
    if isinstance(body, dict):
        return {key: str(ids["other"]) if key == "parent" else filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(one, ids) for one in body]
    if isinstance(body, str) and body.startswith("{"):
        return int(str(ids[body.strip("{}")]))
    return body


def called(caller: httpx.Client, one: Endpoint, ids: Ids) -> httpx.Response:
    path, body = CALLS[name(one)]
    return caller.request(one.method, path.format_map(ids), json=filled(body, ids))


def secret(one: Endpoint) -> bool:
    """Whether it names something that may be foreign."""
    return any(f"{{{kind}}}" in json.dumps(CALLS[name(one)]) for kind in SECRETS)


def bare(answer: httpx.Response, *known: Ids) -> tuple[object, ...]:
    text = answer.text
    for ids in known:
        for kind in ("request", "work"):
            text = text.replace(str(ids[kind]), "N")
    return answer.status_code, answer.headers["content-type"], text


def test_every_call_stands_in_the_table() -> None:
    assert sorted(CALLS) == sorted(map(name, ENDPOINTS))


@pytest.mark.parametrize("role", Role)
def test_a_program_is_let_in_where_its_role_has_the_right_and_nowhere_else(opened: Opened, role: Role) -> None:
    caller = opened.known.program(opened.base, role)
    wrong: list[tuple[object, ...]] = []
    refused = [one for one in ENDPOINTS if one.needs is not None and not may(role, one.needs)]
    before = two_groups.state(opened.house)
    wrong += [(name(one),) for one in refused if called(caller, one, opened.own(role)).status_code != 403]
    assert wrong == []
    assert two_groups.state(opened.house) == before
    for one in ENDPOINTS:
        if one in refused:
            continue
        answer = called(caller, one, opened.own(role))
        found = leaks(answer.text, opened.known)
        if answer.status_code not in {200, 201, 409, 422} or found:
            wrong.append((name(one), answer.status_code, found, answer.text[:200]))
    assert not wrong, told(wrong)


@pytest.mark.parametrize("role", Role)
def test_a_foreign_id_is_answered_as_that_of_nothing(opened: Opened, role: Role) -> None:
    caller, wrong = opened.known.program(opened.base, role), []
    own, foreign = opened.own(role), opened.foreign()
    absent = {**opened.known.nobodys(), "request": ABSENT, "other": ABSENT}
    before = two_groups.state(opened.house)
    for one in filter(secret, ENDPOINTS):
        ways: list[Ids] = [{}]
        if "request" in CALLS[name(one)][0] and "parent" in json.dumps(CALLS[name(one)][1]):
            ways.append({"request": own["request"], "version": own["version"]})
        for kept in ways:
            answers = [called(caller, one, {**ids, **kept}) for ids in (foreign, absent)]
            there, nothing = (bare(answer, foreign, absent) for answer in answers)
            hidden = there[0] in {403, 404} or kept or "{id:key}" not in one.path
            if there != nothing or not hidden or leaks(str(there), opened.known):
                wrong.append((name(one), kept, there[0], nothing[0], *differing(there, nothing)))
    assert not wrong, told(wrong)
    after = two_groups.state(opened.house)
    assert [table for table in after if after[table] != before[table] and table != "people.audit"] == []


@pytest.mark.parametrize("why", ["blocked", "ended", "out of time", "unknown"])
def test_nobody_is_answered_whose_token_is_not_good(opened: Opened, why: str) -> None:
    login = BLOCKED if why == "blocked" else Role.HEAD
    caller = opened.known.program(opened.base, login)
    if why == "ended":
        opened.staff.query(
            "DELETE FROM people.api_token WHERE login_id = (SELECT id FROM people.login WHERE name = 'head')"
        )
    elif why == "out of time":
        opened.staff.query("UPDATE people.api_token SET ends_at = now() - interval '1 second'")
    elif why == "unknown":
        caller.headers["Authorization"] += "x"
    before = two_groups.state(opened.house)
    known: list[Ids] = [opened.own(Role.HEAD), opened.foreign(), opened.known.nobodys()]

    told_of = {bare(called(caller, one, ids)) for one in ENDPOINTS for ids in (known if secret(one) else known[:1])}

    assert [one[0] for one in told_of] == [401]
    assert two_groups.state(opened.house) == before


def test_a_token_does_no_more_than_its_login_may_by_now(opened: Opened) -> None:
    """Rights, groups and being blocked count from the next call on; nothing of them is kept with the token."""
    caller = opened.known.program(opened.base, Role.HEAD)
    request = opened.own(Role.HEAD)["request"]
    comment = {"text": "mine"}
    assert caller.post(f"/requests/{request}/comments", json=comment).status_code == 201

    keep_users.change(opened.house, Role.HEAD, Wish(role=Role.VIEWER), by=None, now=opened.known.at)
    assert caller.post(f"/requests/{request}/comments", json=comment).status_code == 403
    opened.staff.query("DELETE FROM people.membership")
    opened.staff.query("UPDATE crm.record SET assignee_id = NULL")
    assert caller.get(f"/requests/{request}").status_code == 404
    keep_users.change(opened.house, Role.HEAD, Wish(active=False), by=None, now=opened.known.at)
    assert caller.get(f"/requests/{request}").status_code == 401


def test_the_stranger_sees_what_the_others_do_not(opened: Opened) -> None:
    """Else nothing of the above would say anything."""
    caller, foreign = opened.known.program(opened.base, STRANGER), opened.foreign()

    for one in filter(secret, ENDPOINTS):
        if one.method == "GET":
            assert called(caller, one, foreign).status_code == 200, name(one)
    assert leaks(caller.get("/requests").text, opened.known)
