"""Words of agreements and services."""

from typing import Final

from caseline.crm.vocabulary import AgreementStatus, ServiceKind
from caseline.web.language import later

STATUSES: Final = {
    AgreementStatus.NEW: later("Not begun"),
    AgreementStatus.WORK: later("In work"),
    AgreementStatus.DONE: later("Completed"),
}
TONES: Final = {AgreementStatus.DONE: "good", AgreementStatus.WORK: "plain"}
KINDS: Final = {
    ServiceKind.SUBSCRIPTION: later("goes on (subscription)"),
    ServiceKind.ONCE: later("rendered once"),
}
DETAILS: Final = {
    "contact": later("contact"),
    "service": later("service"),
    "manager": later("manager"),
    "number": later("number"),
    "status": later("status"),
    "started_on": later("begins"),
    "finished_on": later("ends"),
    "kind": later("how it is rendered"),
    "every_days": later("asked every, days"),
    "typed": later("typed anew"),
}
"""Fields that the audit log tells of."""
CODES: Final = {
    "status": {status.value: words for status, words in STATUSES.items()},
    "kind": {kind.value: words for kind, words in KINDS.items()},
}
"""Values of them with words of their own."""
