"""What the portal's answers mean, by status, code and body."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm.bitrix24 import answers
from caseline.crm.bitrix24.answers import Batch, Done, Fault, Held, Kind, Refused, Reply, Unknown

SAFE, DOUBT, NO, END = Kind.SAFE, Kind.AMBIGUOUS, Kind.REFUSED, Kind.FATAL
TIME = {"start": 1.1, "finish": 1.2, "duration": 0.1, "operating_reset_at": 1705765533, "operating": 3.3}

TOLD = [
    *((400, code, NO) for code in ("INVALID_REQUEST", "INVALID_ARG_VALUE", "100", "CRM_FIELD_ERROR_REQUIRED", "")),
    *((400, code, NO) for code in ("CRM_FIELD_ERROR_VALUE_NOT_VALID", "ERROR_CORE", "NOT_FOUND", "OWNER_NOT_FOUND", 0)),
    (400, "MAX_IMPORT_BATCH_SIZE_EXCEEDED", NO),
    (404, "NOT_FOUND", NO),
    (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", NO),
    (200, 0, NO),
    *((401, code, END) for code in ("NO_AUTH_FOUND", "expired_token", "INVALID_CREDENTIALS", "something new")),
    *((403, code, END) for code in ("ACCESS_DENIED", "insufficient_scope", "user_access_error", "WRONG_AUTH_TYPE")),
    *((403, code, END) for code in ("allowed_only_intranet_user", "INVALID_CREDENTIALS", "something new")),
    *((404, code, END) for code in ("ERROR_METHOD_NOT_FOUND", "ERROR_MANIFEST_IS_NOT_AVAILABLE")),
    (402, "PAYMENT_REQUIRED", END),
    (410, "PORTAL_DELETED", END),
    (500, "PORTAL_DELETED", END),
    (503, "OVERLOAD_LIMIT", END),
    (429, "OPERATION_TIME_LIMIT", SAFE),
    (429, "something new", SAFE),
    (503, "QUERY_LIMIT_EXCEEDED", SAFE),
    (500, "INTERNAL_SERVER_ERROR", DOUBT),
    (500, "ERROR_UNEXPECTED_ANSWER", DOUBT),
    (400, "INTERNAL_SERVER_ERROR", DOUBT),
    (500, "something new", DOUBT),
    (503, "something new", DOUBT),
    (302, "", DOUBT),
]
PAGES = [
    *((status, DOUBT) for status in (200, 201, 204, 301, 302, 308, 400, 405, 408, 500, 502, 503, 504)),
    *((status, END) for status in (401, 402, 403, 404, 410)),
    (413, NO),
    (429, SAFE),
]
BODIES = [b"", b"<html>", b"{", b'{"result":', b"null", b"[]", b"5", b'"text"', b"{}", b"\xff\xfe\xfa", b"[" * 100_000]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["result", "result_error", "result_time", "error", "error_description", "time", "c0", "total"]
            )
            | st.sampled_from(["finish", "operating", "operating_reset_at", "next", "date_finish"]),
            inner,
            max_size=5,
        )
    ),
)


def said(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(("status", "code", "kind"), TOLD, ids=[f"{status} {code!r}" for status, code, _kind in TOLD])
def test_faults_that_the_portal_tells(status: int, code: object, kind: Kind) -> None:
    found = answers.read(status, said({"error": code, "error_description": "words", "time": {"finish": 5}}))

    assert isinstance(found, Fault)
    assert (found.kind, found.code, found.text) == (kind, str(code), "words")
    assert found.time == {"finish": 5}
    assert bool(found.remedy) == (kind is END)


@pytest.mark.parametrize(("status", "kind"), PAGES, ids=[str(status) for status, _kind in PAGES])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_answers_that_are_none(status: int, kind: Kind, body: bytes) -> None:
    found = answers.read(status, body)

    assert isinstance(found, Fault)
    assert found.kind is kind


def test_plain_http_ends_the_run() -> None:
    found = answers.read(400, said({"error": "INVALID_REQUEST", "error_description": "Https required"}))
    assert isinstance(found, Fault)
    assert found.kind is END
    assert "https://" in found.remedy


@pytest.mark.parametrize("status", [302, 400, 500, 504])
def test_a_result_with_a_bad_status_is_in_doubt(status: int) -> None:
    found = answers.read(status, said({"result": 5}))
    assert isinstance(found, Fault)
    assert found.kind is DOUBT


@pytest.mark.parametrize("result", [3465, True, False, None, "", [], {"item": {"id": 4}}], ids=repr)
def test_results(result: object) -> None:
    assert answers.read(200, said({"result": result, "time": TIME})) == Reply(Done(result), TIME)


def test_pages_of_a_list() -> None:
    found = answers.read(200, said({"result": [{"ID": "1"}], "next": 50, "total": "654"}))
    assert found == Reply(Done([{"ID": "1"}], 654, 50), {})
    assert answers.read(200, said({"result": [], "total": 0, "time": []})) == Reply(Done([], 0), {})


def batch(methods: dict[str, str], taken: tuple[str, ...] = (), /, **maps: object) -> Batch:
    reply = answers.read(200, said({"result": maps}))
    assert isinstance(reply, Reply)
    return answers.batch(reply, methods, taken)


def test_a_batch_of_the_documentation() -> None:
    found = batch(
        {"k1": "crm.lead.add", "k2": "crm.lead.get", "k3": "crm.lead.list"},
        result={"k1": 3465, "k2": {"ID": "3465"}, "k3": []},
        result_error=[],
        result_total={"k3": 654},
        result_next={"k3": 50},
        result_time={"k1": TIME},
    )

    assert found.outcomes == {"k1": Done(3465), "k2": Done({"ID": "3465"}), "k3": Done([], 654, 50)}
    assert [(use.method, use.seconds, use.told_at) for use in found.operating] == [("crm.lead.add", 3.3, 1.2)]
    assert found.operating[0].reset_in == 600
    assert found.fatal is None


def test_each_of_the_four_outcomes() -> None:
    late = {"finish": 1705765500.0, "operating_reset_at": 1705765533, "operating": 480.5}
    found = batch(
        dict.fromkeys("abcdefg", "crm.lead.add"),
        result={"a": 5},
        result_error={
            "b": {"error": "", "error_description": "Not found"},
            "c": {"error": "OPERATION_TIME_LIMIT", "error_description": "wait"},
            "d": {"error": "INTERNAL_SERVER_ERROR", "error_description": "oops"},
            "e": "words alone",
            "f": {"error": "ERROR_BATCH_LENGTH_EXCEEDED", "error_description": ""},
        },
        result_time={"c": late},
    )

    assert list(found.outcomes) == list("abcdefg")
    held = found.outcomes["c"]
    assert isinstance(held, Held)
    assert (held.code, held.seconds) == ("OPERATION_TIME_LIMIT", 33)
    assert held.until is not None
    assert held.until.isoformat() == "2024-01-20T15:45:33+00:00"
    assert found.outcomes["a"] == Done(5)
    assert found.outcomes["b"] == Refused("", "Not found")
    assert found.outcomes["d"] == Unknown("INTERNAL_SERVER_ERROR oops")
    assert found.outcomes["e"] == Refused("", "words alone")
    assert found.outcomes["f"] == Held(None, "ERROR_BATCH_LENGTH_EXCEEDED")
    assert isinstance(found.outcomes["g"], Unknown), "it stands in neither map"
    assert [use.seconds for use in found.operating] == [480.5]


def test_maps_that_php_writes_as_lists() -> None:
    found = batch({"0": "m", "1": "m"}, result=[7, 8], result_error=[], result_time=[TIME, TIME], result_total=[1, 2])

    assert found.outcomes == {"0": Done(7, 1), "1": Done(8, 2)}
    assert len(found.operating) == 2
    refused = batch({"0": "m"}, result=[], result_error=[{"error": "X", "error_description": "y"}])
    assert refused.outcomes == {"0": Refused("X", "y")}


@pytest.mark.parametrize("maps", [{}, {"result": []}, {"result": True}, {"result": {"other": 1}}], ids=repr)
def test_what_a_batch_does_not_mention_is_in_doubt(maps: dict[str, object]) -> None:
    assert all(isinstance(outcome, Unknown) for outcome in batch({"a": "m", "b": "m"}, **maps).outcomes.values())


@pytest.mark.parametrize("value", [None, True, 5, "text", []], ids=repr)
def test_a_batch_without_maps_is_in_doubt(value: object) -> None:
    found = answers.batch(Reply(Done(value), {}), {"a": "m"})
    assert isinstance(found.outcomes["a"], Unknown)


def test_what_ends_the_run_is_no_fault_of_the_record() -> None:
    scope = {"error": "insufficient_scope", "error_description": "words"}
    found = batch({"a": "m", "b": "m"}, result={"a": 1}, result_error={"b": scope})

    assert found.outcomes == {"a": Done(1), "b": Held(None, "insufficient_scope")}
    assert found.fatal is not None
    assert found.fatal.code == "insufficient_scope"


@pytest.mark.parametrize(
    ("method", "taken", "ends"),
    [("m", (), False), ("n", (), True), ("n", ("n",), False)],
    ids=["here", "never", "before"],
)
def test_rights_to_one_record_end_nothing(method: str, taken: tuple[str, ...], ends: bool) -> None:
    denied = {"error": "ACCESS_DENIED", "error_description": "no"}
    found = batch({"a": "m", "b": method}, taken, result={"a": 1}, result_error={"b": denied})

    assert (found.fatal is not None) == ends
    assert found.outcomes["b"] == (Held(None, "ACCESS_DENIED") if ends else Refused("ACCESS_DENIED", "no"))


@given(st.integers(100, 599), JSON)
def test_no_answer_breaks_the_reading(status: int, value: object) -> None:
    found = answers.read(status, said(value))
    if isinstance(found, Reply):
        assert set(answers.batch(found, {"c0": "m"}).outcomes) == {"c0"}
    found = answers.read(200, said({"result": value, "time": value, "total": value}))
    if isinstance(found, Reply):
        assert set(answers.batch(found, {"c0": "m"}).outcomes) == {"c0"}
