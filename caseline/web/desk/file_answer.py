"""Answers with a file: a picture that is one may be seen in a page, everything else is saved."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from caseline.crm.field_files import FieldFile
from caseline.crm.timeline import Attached
from caseline.files.spool import Content
from caseline.web.desk import timeline_entries
from caseline.web.desk.visit import Visit

_SIGNATURES: Final = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
"""With what a picture begins; what begins otherwise is none, whatever it is called."""
_LONE: Final = "default-src 'none'; sandbox"
"""What a file may do that a browser opens as a page: nothing."""


def of(visit: Visit, found: Attached | FieldFile, content: Content, stack: ExitStack) -> Response:
    """The file, which is closed when it is sent; in a page only where the visit asks for that, `inline`."""
    inline = visit.text("inline") == "1" and isinstance(found, Attached) and _is_picture(found, content)
    kind = found.content_type.lower() if inline else "application/octet-stream"
    headers = {
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; {_named(found.name)}",
        "Content-Security-Policy": _LONE,
        "X-Content-Type-Options": "nosniff",
        "Content-Length": str(content.size),
    }
    return StreamingResponse(_pieces(content, stack), media_type=kind, headers=headers)


def _is_picture(found: Attached, content: Content) -> bool:
    if not timeline_entries.picture(found):
        return False
    first = next(iter(content.pieces()), b"")
    begins = first.startswith(_SIGNATURES[found.content_type.lower()])
    return begins and (found.content_type.lower() != "image/webp" or first[8:12] == b"WEBP")


def _named(name: str) -> str:
    """Both ways of naming a file, for old programs and for others."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " .-_") else "_" for sign in name)
    return f"filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


def _pieces(content: Content, stack: ExitStack) -> Iterator[bytes]:
    with stack:
        yield from content.pieces()
