"""What an HTTP answer of the portal means: done, refused, not executed, in doubt, or the end of the run."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from caseline.crm.bitrix24 import codes, times

_TOO_LARGE: Final = 413
_TOO_MANY: Final = 429
_BAD: Final = 400
_NOT_FOUND: Final = 404

Json = Mapping[str, Any]


class Kind(Enum):
    """What may be done after a fault."""

    SAFE = "safe"
    """Nothing was executed: repeat it."""
    AMBIGUOUS = "ambiguous"
    """It may have been executed: look up before repeating a write."""
    REFUSED = "refused"
    """Never repeat it: the call itself is at fault."""
    FATAL = "fatal"
    """Never repeat anything before somebody has followed the remedy."""


@dataclass(frozen=True, slots=True)
class Fault:
    """An exchange without a result."""

    kind: Kind
    code: str
    text: str
    remedy: str = ""
    time: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a call; `total` and `next` where it is a page of a list."""

    value: Any
    total: int | None = None
    next: int | None = None


Answer = Done


@dataclass(frozen=True, slots=True)
class Refused:
    """The portal does not take the record; code and text are its own."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Executed or not: nobody knows."""

    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Not executed: the portal asks to wait, or we came to no answer in time."""

    until: datetime | None = None
    """By the portal's clock, where it says so."""
    code: str = ""
    seconds: float = times.UNKNOWN_RESET_S
    """How long from the answer until then."""


Outcome = Done | Refused | Unknown | Held


@dataclass(frozen=True, slots=True)
class Reply:
    """A proper answer to one request."""

    done: Done
    time: Json


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the commands of a batch."""

    outcomes: dict[str, Outcome]
    operating: tuple[times.Operating, ...]
    fatal: Fault | None = None


def read(status: int, body: bytes) -> Reply | Fault:
    """The meaning of an answer with this status and body, as far as it concerns the request as a whole."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):  # bytes that are no text are a ValueError, too
        return _without_json(status)
    if not isinstance(found, dict):
        return _without_json(status)
    if found.get("error") is not None or found.get("error_description") is not None:
        return _fault(status, found)
    if not 200 <= status < 300 or "result" not in found:  # noqa: PLR2004 - what HTTP calls success
        return _without_json(status)
    done = Done(found["result"], _whole(found.get("total")), _whole(found.get("next")))
    return Reply(done, _map(found.get("time")))


def batch(reply: Reply, methods: Mapping[str, str], taken: Collection[str] = ()) -> Batch:
    """What became of the commands called by the keys of `methods`; a key in none of the maps is in doubt.

    Of methods that were `taken` before, or in this batch, a lack of rights concerns the single record.
    """
    whole = reply.done.value if isinstance(reply.done.value, dict) else {}
    spent, errors = _map(whole.get("result_time")), _map(whole.get("result_error"))
    used = {key: times.operating(method, _map(spent.get(key))) for key, method in methods.items()}
    faults = {
        key: _fault(_BAD, _map(errors[key]) or {"error": "", "error_description": errors[key]})
        for key in methods
        if key in errors
    }
    found = {key: _result(whole, key) for key in methods if key not in faults}
    known = {*taken, *(methods[key] for key, outcome in found.items() if isinstance(outcome, Done))}
    fatal = {
        key: fault
        for key, fault in faults.items()
        if fault.kind is Kind.FATAL and not (fault.code.upper() in codes.RIGHTS and methods[key] in known)
    }
    # What ends the run is no fault of the record that met it.
    outcomes = {
        key: found[key]
        if key in found
        else Held(None, fatal[key].code)
        if key in fatal
        else outcome(faults[key], _map(spent.get(key)))
        for key in methods
    }
    return Batch(outcomes, tuple(use for use in used.values() if use), next(iter(fatal.values()), None))


def outcome(fault: Fault, time: Json) -> Outcome:
    """What a fault says of the call that met it; whoever calls looks for the end of a run before."""
    if fault.kind is Kind.AMBIGUOUS:
        return Unknown(f"{fault.code} {fault.text}".strip())
    if fault.kind is not Kind.SAFE:
        return Refused(fault.code, fault.text)
    reset = times.number(time.get("operating_reset_at"))
    until = None if reset is None else times.moment(reset)
    return Held(until, fault.code, times.reset_in(time))


def _result(whole: Json, key: str) -> Outcome:
    results = _map(whole.get("result"))
    if key not in results:
        return Unknown("the portal's answer to the batch does not mention this command")
    total, following = _map(whole.get("result_total")).get(key), _map(whole.get("result_next")).get(key)
    return Done(results[key], _whole(total), _whole(following))


def _fault(status: int, said: Json) -> Fault:
    """A fault that the portal tells of itself."""
    code, text = _text(said.get("error")), _text(said.get("error_description"))
    time, known = _map(said.get("time")), code.upper()
    if known in codes.SAFE or status == _TOO_MANY:
        return Fault(Kind.SAFE, code or codes.OPERATION_LIMIT, text, time=time)
    remedy = codes.REMEDIES.get(known) or (codes.BY_STATUS.get(status, "") if status != _NOT_FOUND else "")
    if known == "INVALID_REQUEST" and "https" in text.lower():
        remedy = codes.HTTPS
    if remedy:
        return Fault(Kind.FATAL, code, text, remedy, time)
    if known in codes.DOUBTFUL or (not 400 <= status < 500 and status != 200):  # noqa: PLR2004 - a refusal is a 4xx
        return Fault(Kind.AMBIGUOUS, code, text, time=time)
    return Fault(Kind.REFUSED, code, text, time=time)


def _without_json(status: int) -> Fault:
    """An answer of which only the status can be read: of a proxy, of a broken server, or cut."""
    code = f"HTTP {status}"
    if status in codes.BY_STATUS:
        return Fault(Kind.FATAL, code, "", codes.BY_STATUS[status])
    if status == _TOO_MANY:
        return Fault(Kind.SAFE, codes.OPERATION_LIMIT, code)
    if status == _TOO_LARGE:
        return Fault(Kind.REFUSED, code, "the request is too large for the portal")
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        return Fault(Kind.AMBIGUOUS, code, "the portal answers from another address: check CASELINE_BITRIX24_URL")
    return Fault(Kind.AMBIGUOUS, code, "the answer is cut or is no answer of the portal's REST")


def _map(value: object) -> Json:
    """PHP writes an empty map as a list, and one with the keys 0, 1, 2 … too."""
    if isinstance(value, list):
        return {str(index): inner for index, inner in enumerate(value)}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """Codes and texts as they came; some methods answer the number 0 for a code."""
    return "" if value is None else str(value)


def _whole(value: object) -> int | None:
    number = times.number(value)
    return None if number is None else int(number)
