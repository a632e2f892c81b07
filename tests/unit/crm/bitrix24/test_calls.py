"""A command of a batch arrives as it was meant, or the call is known to need JSON."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseline.crm.bitrix24 import calls
from caseline.crm.bitrix24.calls import MOST_VALUES, Call
from tests.factories import php_query

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "[",
        "]",
        "a[b",
        "a]b",
        "=",
        "&",
        "%",
        "+",
        "a b",
        "%3D",
        "☎️👩‍💻",
        "Ё\r\n\t",
        "$result",
        "0",
        "1",
        ".",
        "'\"\\",
        ";",
        "#?/",
    ]
)
SCALARS = TEXTS | st.integers() | st.booleans() | st.none() | st.decimals(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20
)
PARAMS = st.dictionaries(TEXTS, VALUES, max_size=5)


def arrived(value: Any) -> Any:  # noqa: ANN401 - whatever a parameter may hold
    """What PHP holds when it has read a parameter from a query: texts and maps."""
    if isinstance(value, dict) and value:
        return {name: arrived(inner) for name, inner in value.items()}
    if isinstance(value, list) and value:
        return {str(index): arrived(inner) for index, inner in enumerate(value)}
    if value is None or value in ([], {}):
        return ""
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


def read(command: str) -> tuple[str, dict[str, Any]]:
    method, _mark, query = command.partition("?")
    return method, php_query.parse(query)


@given(PARAMS)
def test_a_command_is_read_back_as_it_was_meant(params: dict[str, Any]) -> None:
    call = Call("crm.lead.add", params)

    if not calls.needs_json(call):
        assert read(calls.command(call)) == ("crm.lead.add", arrived(params) or {})


@given(PARAMS)
def test_json_says_the_same_as_a_command(params: dict[str, Any]) -> None:
    body = json.loads(json.dumps(calls.plain(params)))

    assert arrived(body) == arrived(params)


@given(st.dictionaries(st.sampled_from(["fields", "ID", "filter", "UF_CRM_1"]), VALUES))
def test_json_is_the_exception(params: dict[str, Any]) -> None:
    def odd(value: Any) -> bool:  # noqa: ANN401 - whatever a parameter may hold
        if isinstance(value, dict):
            return any(
                odd(inner) or not name.strip() or set(name) & {"]", "\0"} for name, inner in value.items()
            ) or any(map(odd, value))
        return any(map(odd, value)) if isinstance(value, list) else "$result" in str(value).lower()

    assert calls.needs_json(Call("m", params)) == any(map(odd, params.values()))


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({}, ""),
        ({"ID": 5}, "?ID=5"),
        ({"filter": {"=ORIGIN_ID": "a"}}, "?filter[%3DORIGIN_ID]=a"),
        ({"filter": {"@ORIGIN_ID": ["a", "b"]}}, "?filter[%40ORIGIN_ID][0]=a&filter[%40ORIGIN_ID][1]=b"),
        ({"fields": {"TITLE": "a&b=c%+d e"}}, "?fields[TITLE]=a%26b%3Dc%25%2Bd%20e"),
        ({"fields": {"PHONE": [{"VALUE": "1", "VALUE_TYPE": "WORK"}]}}, "?fields[PHONE][0][VALUE]=1&fields[PHONE][0][VALUE_TYPE]=WORK"),
        ({"fields": {"UF": [], "A": {}, "B": None, "C": True, "D": False}}, "?fields[UF]=&fields[A]=&fields[B]=&fields[C]=1&fields[D]=0"),
        ({"fields": {"S": Decimal("10.50")}}, "?fields[S]=10.50"),
        ({"fields": {"T": "строка\n☎"}}, "?fields[T]=%D1%81%D1%82%D1%80%D0%BE%D0%BA%D0%B0%0A%E2%98%8E"),
    ],
    ids=["nothing", "number", "equals", "list", "signs", "nested", "empty", "decimal", "letters"],
)  # fmt: skip
def test_commands(params: dict[str, Any], query: str) -> None:
    assert calls.command(Call("crm.lead.list", params)) == f"crm.lead.list{query}"
    assert not calls.needs_json(Call("crm.lead.list", params))


def test_a_raw_equals_sign_would_lose_the_filter() -> None:
    assert php_query.parse("filter[=ORIGIN_ID]=x") == {"filter_": "ORIGIN_ID]=x"}
    assert php_query.parse("filter[%3DORIGIN_ID]=x") == {"filter": {"=ORIGIN_ID": "x"}}


@pytest.mark.parametrize(
    "params",
    [
        {"fields": {"TITLE": "$result[k1]"}},
        {"fields": {"TITLE": "see $RESULT"}},
        {"fields": [["deep", {"x": ["$result[a]"]}]]},
        {"fields": {"$result": 1}},
        {"fields": {"a]b": 1}},
        {"fields": {"": 1}},
        {"fields": {" ": 1}},
        {"fields": {"a\0b": 1}},
        {"a.b": 1},
        {"a b": 1},
        {"a[b": 1},
        {"": 1},
        {"data": list(range(MOST_VALUES + 1))},
    ],
    ids=repr,
)
def test_what_a_query_cannot_carry_needs_json(params: dict[str, Any]) -> None:
    assert calls.needs_json(Call("crm.lead.add", params))


def test_a_thousand_values_do_not_need_it() -> None:
    assert not calls.needs_json(Call("crm.item.batchImport", {"data": list(range(MOST_VALUES))}))


@pytest.mark.parametrize("value", [b"bytes", object(), {1, 2}], ids=["bytes", "object", "set"])
def test_what_is_no_parameter_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="a parameter of the portal"):
        calls.command(Call("m", {"a": value}))
    with pytest.raises(TypeError, match="a parameter of the portal"):
        calls.plain({"a": [value]})
