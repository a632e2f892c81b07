"""Many calls in batches: each is sent once, or again if it was certainly not executed, and has its own outcome."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Final

from caseline.crm.bitrix24 import answers, calls, codes, wire
from caseline.crm.bitrix24.answers import Batch, Done, Fault, Held, Kind, Outcome, Refused, Unknown
from caseline.crm.bitrix24.calls import Call
from caseline.crm.bitrix24.faults import PortalStopped
from caseline.crm.bitrix24.sizing import Sizing
from caseline.crm.bitrix24.traffic import Exchange, Patience, Traffic

_DISCOURAGED: Final = 2
"""After so many lost answers in a row nothing more is sent."""


def stopped(fault: Fault, outcomes: Mapping[str, Outcome] | None = None) -> PortalStopped:
    """The end of a run, in words."""
    said = f"{fault.code}: {fault.text}" if fault.text else fault.code
    message = f"the portal answers {said or 'with a refusal'}; {fault.remedy}"
    return PortalStopped(message, code=fault.code, outcomes=outcomes)


class Sending:
    """One set of calls on its way; `outcomes` grows, `left` shrinks."""

    def __init__(
        self, traffic: Traffic, sizing: Sizing, sent: Mapping[str, Call], before: Callable[[], None] | None = None
    ) -> None:
        self.left = dict(sent)
        self.outcomes: dict[str, Outcome] = {}
        self.reason = ""
        """Why something was held, in the words of the last fault."""
        self._traffic = traffic
        self._sizing = sizing
        self._before = before
        self._alone = {key for key, call in sent.items() if calls.needs_json(call)}
        self._commands = {key: calls.command(call) for key, call in sent.items() if key not in self._alone}
        self._patience = Patience(traffic.options)
        self._limit = traffic.options.size
        self._lost = 0

    def run(self) -> None:
        """Send until everything has an outcome, or until patience ends: the rest stays in `left`."""
        while self.left and self._lost < _DISCOURAGED:
            ready = self._patience.open(self._traffic.governor, {call.method for call in self.left.values()})
            if not ready:
                self.reason = self.reason or "the time that the portal allows its methods is used up"
                return
            keys = self._next(ready)
            if not (self._send_alone(keys[0]) if keys[0] in self._alone else self._send_batch(keys)):
                return

    def _next(self, ready: set[str]) -> list[str]:
        """Keys of what leaves next: one that must go alone, or some for a batch."""
        waiting = [key for key, call in self.left.items() if call.method in ready]
        if waiting[0] in self._alone:
            return waiting[:1]
        # What stands behind a call that goes alone does not overtake it.
        together = takewhile(lambda key: key not in self._alone, waiting)
        sized = ((key, self.left[key].method, len(self._commands[key])) for key in together)
        return self._sizing.fit(sized, self._limit)

    def _send_alone(self, key: str) -> bool:
        call = self.left[key]
        exchange = self._traffic.single(call.method, wire.body(calls.plain(call.params)), self._before)
        if isinstance(exchange.found, Fault):
            return self._met(exchange.found, [key], exchange.seconds)
        self._keep({key: exchange.found.done})
        return True

    def _send_batch(self, keys: list[str]) -> bool:
        # Names of our own: PHP makes a list of a map whose keys are numbers.
        names = {f"c{index}": key for index, key in enumerate(keys)}
        commands = {name: self._commands[key] for name, key in names.items()}
        exchange = self._traffic.exchange("batch", wire.body({"halt": 0, "cmd": commands}), self._before)
        if isinstance(exchange.found, Fault):
            return self._met(exchange.found, keys, exchange.seconds)
        methods = {name: self.left[key].method for name, key in names.items()}
        batch = answers.batch(exchange.found, methods, self._traffic.taken)
        return self._take(batch, names, exchange)

    def _take(self, batch: Batch, names: Mapping[str, str], exchange: Exchange) -> bool:
        """Keep what became of the commands of a batch; those that were held stay in `left`."""
        found = {names[name]: outcome for name, outcome in batch.outcomes.items()}
        held = {key: outcome for key, outcome in found.items() if isinstance(outcome, Held)}
        executed = {key: outcome for key, outcome in found.items() if key not in held}
        self._traffic.taken |= {self.left[key].method for key, outcome in found.items() if isinstance(outcome, Done)}
        answered = [key for key, outcome in found.items() if isinstance(outcome, Done | Refused)]
        self._sizing.took([self.left[key].method for key in answered], exchange.seconds)
        self._traffic.governor.told(batch.operating)
        closed = {self.left[key].method: outcome.seconds for key, outcome in held.items() if _closes(outcome)}
        for method, seconds in closed.items():
            self._traffic.governor.close(method, seconds)
        self.reason = next((outcome.code for outcome in held.values()), self.reason)
        self._limit = min(self._limit * 2, self._traffic.options.size)
        lost, doubts = self._lost + 1, [outcome.reason for outcome in executed.values() if isinstance(outcome, Unknown)]
        self._keep(executed)
        if executed and len(doubts) == len(executed):
            self.reason, self._lost = doubts[0], lost
        if batch.fatal is not None:
            raise stopped(self._clean_fault(batch.fatal), self.outcomes)
        return bool(executed) or self._patience.pause()

    def _met(self, fault: Fault, keys: list[str], seconds: float) -> bool:
        """A request that failed as a whole; answers whether to go on."""
        self.reason = f"{fault.code} {fault.text}".strip()
        if fault.kind is Kind.FATAL:
            raise stopped(fault, self.outcomes)
        if fault.kind is Kind.SAFE:
            return self._patience.pause()
        if fault.kind is Kind.REFUSED and len(keys) > 1:
            # The batch itself was at fault, its size perhaps: nothing was executed, so halves of it may be.
            self._limit = len(keys) // 2
            return True
        if fault.kind is Kind.AMBIGUOUS:
            self._sizing.lost([self.left[key].method for key in keys], seconds)
        lost = self._lost + 1 if fault.kind is Kind.AMBIGUOUS else 0
        self._keep({key: answers.outcome(fault, fault.time) for key in keys})
        self._lost = lost
        return True

    def _keep(self, found: Mapping[str, Outcome]) -> None:
        if not found:
            return
        self.outcomes |= {key: self._clean(outcome) for key, outcome in found.items()}
        for key in found:
            del self.left[key]
        self._lost = 0
        self._patience.progress()

    def _clean(self, outcome: Outcome) -> Outcome:
        """Texts of the portal without our address."""
        hide = self._traffic.address.without_secrets
        if isinstance(outcome, Refused):
            return Refused(hide(outcome.code), hide(outcome.text))
        return Unknown(hide(outcome.reason)) if isinstance(outcome, Unknown) else outcome

    def _clean_fault(self, fault: Fault) -> Fault:
        hide = self._traffic.address.without_secrets
        return replace(fault, code=hide(fault.code), text=hide(fault.text))


def _closes(outcome: Held) -> bool:
    """Whether the portal has closed the method for its operating time."""
    return outcome.code.upper() == codes.OPERATION_LIMIT
