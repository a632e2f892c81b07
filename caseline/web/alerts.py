"""What a Prefect server tells the desk of its runs: those who watch over them are written to."""

import json
import secrets
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from caseline.actions import tell_operators
from caseline.actions.wiring import House
from caseline.health.alerts import Alert
from caseline.outbox.faults import OutboxFault

PATH: Final = "/alerts/runs"
_LARGEST: Final = 65_536


class _Told(BaseModel):
    """What a Prefect server says of a run."""

    model_config = ConfigDict(extra="ignore")

    run: str = Field(max_length=500)
    flow: str = Field(max_length=200)
    state: str = Field(max_length=50)
    message: str | None = Field(default=None, max_length=20_000)
    page: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")


def route(house: House) -> Route:
    """The route; to whom shows no token it is not there. `SettingsError` for one that is too short."""
    house.settings.alert_secret()  # said when the desk starts, and not by an alert that is lost

    async def take(request: Request) -> Response:
        shown = request.headers.get("authorization", "").encode()
        wanted = await run_in_threadpool(tell_operators.known, house)
        if not any(secrets.compare_digest(shown, f"Bearer {one}".encode()) for one in wanted):
            raise HTTPException(404)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                raise HTTPException(413)
        return await run_in_threadpool(_take, house, body)

    return Route(PATH, take, methods=["POST"])


def _take(house: House, body: bytes) -> Response:
    try:
        told = _Told.model_validate(json.loads(body))
    except (ValidationError, ValueError) as error:
        return JSONResponse({"error": f"this is no run: {error}"}, 422)
    alert = Alert(run=told.run, flow=told.flow, state=told.state, message=told.message or "", page=told.page)
    try:
        letters = tell_operators.write(house, alert, now=datetime.now(UTC))
    except OutboxFault as error:
        return JSONResponse({"error": str(error)}, 409)
    # Nobody else may send it: a late run says that no worker is there.
    later = BackgroundTask(tell_operators.send, house, clock=lambda: datetime.now(UTC)) if letters else None
    return JSONResponse({"letters": letters}, background=later)
