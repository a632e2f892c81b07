"""The API does what its OpenAPI document says, whatever is sent to it: tried by Schemathesis."""

from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from caseline.actions import assign
from caseline.actions.give_assignment import Order
from caseline.actions.wiring import House
from caseline.web.api import document
from caseline.web.api.endpoints import ENDPOINTS
from tests.factories import clients, fields, pages, programs

DESCRIBED: Final = schemathesis.openapi.from_dict(document.document(ENDPOINTS))
# What a form says is well made may still name a field or a product that there is not: the answer is 422 then.
_OWN_SENSE: Final = [positive_data_acceptance]
OPERATIONS: Final = [found.ok() for found in DESCRIBED.get_all_operations() if isinstance(found, Ok)]


def filled(house: House) -> int:
    """A request, a company, a contact and an assignment; all have the number that this answers."""
    number = pages.request(house, "The pump is loud")
    work = Order(request=f"id:{number}", title="Look", text="There", person=f"id:{fields.person(house, 'Boris')}")
    made = {
        number,
        clients.company(house, "Firm"),
        clients.contact(house, "Anna", email="anna@firm.example"),
        assign.give(house, work, now=datetime.now(UTC)).assignment.id,
    }
    assert len(made) == 1
    return number


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_whatever_is_sent_is_answered_as_the_document_says(
    house: House, desk: str, operation: APIOperation[Any, Any, Any, Any]
) -> None:
    pages.login(house, "robot")
    headers = {"Authorization": f"Bearer {programs.token(house, 'robot')}"}
    number = filled(house)
    tried: list[object] = []

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def attempt(case: Any) -> None:  # noqa: ANN401 - a type of Schemathesis that has parameters of its own
        if len(tried) % 2 and "id" in case.path_parameters:
            # Whatever is made up is hardly ever there: every other call is about something that is.
            case.path_parameters["id"] = number
        tried.append(
            case.call_and_validate(base_url=f"{desk}{document.PREFIX}", headers=headers, excluded_checks=_OWN_SENSE)
        )

    attempt()

    assert tried


def test_every_endpoint_is_described() -> None:
    assert len(OPERATIONS) == len(ENDPOINTS)


def test_the_document_can_be_read_without_a_token(desk: str) -> None:
    told = httpx.get(f"{desk}/api/v1/openapi.json").json()

    assert told["openapi"] == "3.1.0"
    assert told == document.document(ENDPOINTS)
