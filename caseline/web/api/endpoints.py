"""Which endpoints the API has: the whole list, in one place."""

from typing import Final

from caseline.web.api import (
    assignment_calls,
    bulk_calls,
    client_calls,
    conversation_calls,
    feedback_calls,
    product_calls,
    report_calls,
    request_calls,
    set_up_calls,
)
from caseline.web.api.endpoint import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *set_up_calls.ENDPOINTS,
    *request_calls.ENDPOINTS,
    *bulk_calls.ENDPOINTS,
    *conversation_calls.ENDPOINTS,
    *assignment_calls.ENDPOINTS,
    *product_calls.ENDPOINTS,
    *client_calls.ENDPOINTS,
    *report_calls.ENDPOINTS,
    *feedback_calls.ENDPOINTS,
)
