"""Pages that show a request: the card, earlier lines of its timeline, a message as it was formatted, a file."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from caseline.actions import see_request
from caseline.crm.field_files import FieldFile
from caseline.crm.timeline import Attached
from caseline.files.faults import Gone
from caseline.files.spool import Content
from caseline.web.desk import card_frame, timeline_entries
from caseline.web.desk.event_words import Names
from caseline.web.desk.timeline_entries import Around
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


def shown(visit: Visit) -> Response:
    """The card."""
    return card_frame.page(visit, card_frame.number(visit))


def earlier(visit: Visit) -> Response:
    """Lines before others, to stand above them."""
    found = see_request.earlier(visit.house, visit.viewer, card_frame.number(visit), visit.number("before") or 0)
    names = Names(
        {one.code: one.label for one in found.stages},
        {one.code: one.label for one in found.categories},
        found.assignments,
    )
    around = Around(found.window.messages, found.letters, names)
    made = timeline_entries.entries(visit.texts, found.window.lines, around)
    return visit.page(
        "requests/earlier.html", card=found.card, window=found.window, entries=made, **card_frame.shared(visit)
    )


def formatted(visit: Visit) -> Response:
    """A message as its sender formatted it, made safe."""
    one = see_request.message(visit.house, visit.viewer, card_frame.number(visit), visit.request.path_params["message"])
    template = "requests/formatted_piece.html" if visit.piece else "requests/formatted.html"
    return visit.page(template, message=one, made=timeline_entries.formatted(one))


def file(visit: Visit) -> Response:
    """A file of a message: a picture that is one may be seen in a page, everything else is saved."""
    try:
        found, content, stack = see_request.attachment(
            visit.house, visit.viewer, card_frame.number(visit), visit.request.path_params["file"]
        )
    except Gone:
        return visit.page("requests/gone.html", status=410, number=card_frame.number(visit))
    return _sent(visit, found, content, stack)


def field_file(visit: Visit) -> Response:
    """A file of a field."""
    try:
        found, content, stack = see_request.field_file(
            visit.house, visit.viewer, card_frame.number(visit), visit.text("field"), visit.text("file")
        )
    except Gone:
        return visit.page("requests/gone.html", status=410, number=card_frame.number(visit))
    return _sent(visit, found, content, stack)


def _sent(visit: Visit, found: Attached | FieldFile, content: Content, stack: ExitStack) -> Response:
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
