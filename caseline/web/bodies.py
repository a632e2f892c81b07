"""Reads what strangers post, and no more of it than a small form."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

LARGEST: Final = 64 * 1024
_FIELDS: Final = 200


async def form(request: Request, most: int = LARGEST) -> dict[str, str]:
    """The fields of a form as they were sent, the first of each name; raises 413 and 400."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return dict(reversed(pairs))
