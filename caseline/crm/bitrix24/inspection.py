"""Looks at a portal as a whole: whether it answers, what the webhook may do, which limits apply, whose clock runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from caseline.crm.bitrix24.automation import Automation
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.faults import PortalRefused, PortalStopped
from caseline.crm.bitrix24.places import TYPE_IDS
from caseline.crm.bitrix24.profile import administers
from caseline.crm.findings import Finding, error, ok, warning
from caseline.crm.port import TryLater

_USEFUL: Final = {
    "bizproc": "nobody can tell whether robots or workflows start: adding, and moving to other stages, is refused",
}
_ADMINISTRATOR: Final = "let an administrator of the portal make the webhook"
_IMPORT: Final = "crm.item.batchImport"
_NEEDED: Final = (
    *("crm.item.list", "crm.item.fields", "crm.item.update", "crm.item.delete", "crm.status.list", "crm.status.add"),
    *("crm.lead.userfield.list", "crm.lead.userfield.add", "crm.lead.userfield.update"),
    *("crm.timeline.comment.add", "crm.timeline.comment.list", "crm.timeline.comment.delete"),
    *("crm.item.details.configuration.get", "crm.item.details.configuration.set"),
)
_CLOCK_S: Final = 60.0
_REACH_S: Final = 20.0
"""Who has mistyped an address shall hear of it while he looks; an import waits longer."""
_USUAL_RATE: Final = 2.0
_CLOUD: Final = ".bitrix24."
_ENTERPRISE: Final = ("ent", "enterprise")


@dataclass(frozen=True)
class Inspection:
    """Reads only."""

    portal: Portal
    imports: bool
    """Records are to be made by the methods for imports."""
    now: Callable[[], datetime]

    def reach(self) -> Finding:
        """Whether the portal answers at all; an error ends the check."""
        try:
            answer = self.portal.read("scope", patience=_REACH_S)
        except PortalStopped as stopped:
            return error("webhook", str(stopped), "follow the remedy, then check again")
        except (PortalRefused, TryLater) as refused:
            return error("webhook", str(refused), "check CASELINE_BITRIX24_URL and the network, then check again")
        if not isinstance(answer.value, list | dict):
            return error("webhook", "what answers there is no portal's REST", "correct CASELINE_BITRIX24_URL")
        return ok("webhook", f"{self.portal.host} answers")

    def all(self) -> Iterator[Finding]:
        """Everything else about the portal and the webhook."""
        yield from self._scopes()
        yield self._administrator()
        yield from self._kind()
        yield self._clock()
        yield from self._methods()

    def _ask(self, method: str) -> Any:  # noqa: ANN401 - whatever a portal answers; None when it does not
        try:
            return self.portal.read(method).value
        except (PortalRefused, PortalStopped):
            return None

    def _scopes(self) -> Iterator[Finding]:
        found = self._ask("scope") or ()
        given = {str(one).lower() for one in (found.values() if isinstance(found, Mapping) else found)}
        if "crm" in given:
            yield ok("scope crm", "given")
        else:
            yield error("scope crm", "the webhook lacks it, and nothing works without", "tick crm among its rights")
        for name, lost in _USEFUL.items():
            if name in given:
                yield ok(f"scope {name}", "given")
            else:
                yield warning(f"scope {name}", f"not given: {lost}", f"tick {name} among the webhook's rights")

    def _administrator(self) -> Finding:
        told = self._ask("profile")
        if not isinstance(told, Mapping):
            return warning("administrator", "the portal does not tell who made the webhook", _ADMINISTRATOR)
        if administers(told):
            return ok("administrator", f"the webhook's owner (user {told.get('ID')}) is one")
        text = f"user {told.get('ID')} is none: no fields, stages or cards can be made, and no original dates be set"
        return error("administrator", text, _ADMINISTRATOR)

    def _kind(self) -> Iterator[Finding]:
        cloud, told = _CLOUD in f".{self.portal.host}", self._ask("app.info")
        licence = str(told.get("LICENSE") or "") if isinstance(told, Mapping) else ""
        options, told_time = self.portal.options, self.portal.used(["scope", "profile", "app.info"])
        limits = f"{options.rate:g} requests a second after {options.burst} at once"
        operating = f"{options.operating:g} s of work in ten minutes for each method"
        where = "in Bitrix24's cloud" if cloud else "on a server or domain of its own"
        if not cloud and not told_time:
            operating = "no operating time is told, so none seems to be limited"
        yield ok("limits", f"the portal is {where}: reckoned with {limits}, {operating}")
        if licence:
            yield ok("licence", licence)
            if any(word in licence.lower().split("_") for word in _ENTERPRISE) and options.rate <= _USUAL_RATE:
                yield warning(
                    "rate",
                    "the plan Enterprise allows more",
                    "set CASELINE_BITRIX24_RATE=5 and CASELINE_BITRIX24_BURST=250",
                )
        else:
            yield warning("licence", "the portal does not tell its plan", "look in the portal whether it includes REST")

    def _clock(self) -> Finding:
        before = self.now()
        told, after = self._ask("server.time"), self.now()
        try:
            there = datetime.fromisoformat(str(told)).astimezone(UTC)
        except ValueError:
            return warning("clock", "the portal does not tell its time", "compare the clocks yourself")
        apart = (there - (before + (after - before) / 2)).total_seconds()
        if abs(apart) <= _CLOCK_S:
            return ok("clock", f"{round(apart):+d} s apart from ours")
        text = f"the portal's clock is {round(apart):+d} s apart from ours: times of events would seem shifted"
        return warning("clock", text, "set the clock of this machine by a time server (NTP)")

    def _methods(self) -> Iterator[Finding]:
        needed = [*_NEEDED, _IMPORT if self.imports else "crm.item.add"]
        answers = self.portal.read_many({name: Call("method.get", {"name": name}) for name in needed})
        told = {name: getattr(answers[name], "value", None) for name in needed}
        missing = [
            name for name, about in told.items() if not (isinstance(about, Mapping) and about.get("isAvailable"))
        ]
        if not missing:
            yield ok("methods", f"all {len(needed)} that an import needs can be called")
        elif missing == [_IMPORT]:
            remedy = "update the portal; or say CASELINE_BITRIX24_WRITE=add, which starts robots and takes longer"
            yield error("methods", f"{_IMPORT} cannot be called", remedy)
        else:
            remedy = "update the portal, and tick crm among the rights of the webhook"
            yield error("methods", f"cannot be called: {', '.join(missing)}", remedy)


def quiet(told: Automation, *, imports: bool, allowed: bool) -> Iterator[Finding]:
    """What would start by itself."""
    remedy = "switch it off in the portal while you import, or say CASELINE_BITRIX24_ALLOW_AUTOMATION=1"
    if told.untold:
        text = f"the portal does not tell what starts by itself ({told.untold})"
        yield warning(
            "automation", f"{text}: adding, and moving to other stages, is refused", f"tick bizproc; or {remedy}"
        )
        return
    for one in told.templates:
        harmless = imports and bool(one.at & 1) and not one.at & ~1
        text = f"{one.name!r} of {one.entity} starts {one.when}"
        if harmless:
            yield ok("automation", f"{text}; the methods for imports do not start it")
        elif allowed:
            yield warning("automation", f"{text}, and that is allowed", "unset CASELINE_BITRIX24_ALLOW_AUTOMATION")
        else:
            yield warning("automation", f"{text}: records that would start it are refused", remedy)
    if not told.templates:
        yield ok(
            "automation",
            "no workflow or robot is told of; robots are not promised to be listed: look there yourself",
        )


def application(lacks: Sequence[str]) -> Iterator[Finding]:
    """What the local application lacks; each text says the remedy behind its last colon."""
    if not lacks:
        yield ok("application", "installed, with its rights and its tabs")
    for text in lacks:
        what, _colon, remedy = text.rpartition(": ")
        yield warning("application", what or text, remedy)


def leftovers(number: Mapping[str, int], *, removed: bool) -> Finding:
    """Of an earlier check that was killed; one that may write removes them."""
    total = sum(number.get(entity, 0) for entity in TYPE_IDS)
    if not total:
        return ok("leftovers", "nothing is left of earlier checks")
    remedy = "nothing: they are removed" if removed else "check with --sample 1: it removes them with its own"
    return warning("leftovers", f"records that a check left when it was cut off: {total}", remedy)
