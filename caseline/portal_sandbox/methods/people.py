"""profile, user.*, server.time: who calls, and when."""

from typing import Final

from caseline.portal_sandbox import filters, php
from caseline.portal_sandbox.call import Call, Method
from caseline.portal_sandbox.fields import Field, schema
from caseline.portal_sandbox.listing import PAGE, Page
from caseline.portal_sandbox.php import Params

_SCHEMA: Final = schema("""
ID integer
ACTIVE boolean
NAME string
LAST_NAME string
EMAIL string
WORK_POSITION string
IS_ONLINE char
USER_TYPE string
""")


def _users(call: Call) -> list[Params]:
    """The employees; the first is who made the webhook, the last of several is dismissed."""
    last = call.portal.options.users
    return [
        {
            "ID": str(number),
            "XML_ID": "",
            "ACTIVE": number == 1 or number != last,
            "NAME": "User",
            "LAST_NAME": str(number),
            "SECOND_NAME": "",
            "EMAIL": f"user{number}@example.org",
            "LAST_LOGIN": call.portal.now(),
            "DATE_REGISTER": "2024-01-01T00:00:00+03:00",
            "TIME_ZONE": "",
            "IS_ONLINE": "N",
            "WORK_POSITION": "",
            "UF_DEPARTMENT": [1],
            "USER_TYPE": "employee",
        }
        for number in range(1, last + 1)
    ]


def _find(name: str) -> Field | None:
    return _SCHEMA.fields.get(name.upper())


def _get(call: Call) -> Page:
    given = {key: value for key, value in call.params.items() if key not in {"start", "sort", "order", "auth"}}
    given |= php.mapping(given.pop("filter", None))
    test = filters.compiled(given, _find, strict=False)
    plain = [(row, {**row, "ACTIVE": "1" if row["ACTIVE"] else "0"}) for row in _users(call)]
    found = [row for row, told in plain if test is None or test(told)]
    start = max(php.number(call.params.get("start")), 0)
    following = start + PAGE
    return Page(found[start:following], len(found), following if following < len(found) else None)


def _search(call: Call) -> Page:
    page = _get(call)
    words = php.text(call.params.get("find") or php.mapping(call.params.get("filter")).get("FIND")).casefold().split()
    page.rows = [
        row for row in page.rows if all(word in f"{row['NAME']} {row['LAST_NAME']}".casefold() for word in words)
    ]
    page.total = len(page.rows)
    return page


def _current(call: Call) -> Params:
    return next(row for row in _users(call) if row["ID"] == str(call.caller.user))


def _profile(call: Call) -> Params:
    row = _current(call)
    return {
        "ID": row["ID"],
        "ADMIN": call.caller.administrator,
        "NAME": row["NAME"],
        "LAST_NAME": row["LAST_NAME"],
        "PERSONAL_GENDER": "",
        "TIME_ZONE": row["TIME_ZONE"],
    }


def _time(call: Call) -> str:
    return call.portal.now()


def _administrator(call: Call) -> bool:
    return call.caller.administrator


METHODS: Final[dict[str, Method]] = {
    "profile": _profile,
    "server.time": _time,
    "user.admin": _administrator,
    "user.current": _current,
    "user.get": _get,
    "user.search": _search,
}
