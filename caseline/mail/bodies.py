"""Chooses what of a mail is its text and what is attached to it."""

import re
from dataclasses import dataclass, field
from typing import Final

from caseline.mail import attachments, charsets, flowed, html_body, transfer
from caseline.mail.html_body import Html
from caseline.mail.structure import Part

LONGEST_TEXT: Final = 1024 * 1024
"""Bytes of a part that are read as text; a longer one is an attachment as well."""
_MOST_TEXT: Final = 8 * LONGEST_TEXT
"""Bytes of all parts together that are read as text."""
_DATA_KINDS: Final = (
    "text/calendar text/csv text/vcard text/x-vcard text/directory text/xml text/css text/javascript text/rtf "
    "text/x-patch text/x-diff text/tab-separated-values text/rfc822-headers text/x-amp-html"
)
_DATA: Final = frozenset(_DATA_KINDS.split())
"""Texts that are no letters."""
_RICH: Final = frozenset({"text/enriched", "text/richtext"})
_RICH_COMMAND: Final = re.compile(r"<param>[^<>]{0,200}</param>|(?<!<)</?[a-z-]{1,60}>", re.IGNORECASE)
_SIGNED: Final = "multipart/signed"
_BESIDE_ITS_ROOT: Final = "multipart/related"
_ONE_OF: Final = "multipart/alternative"
_STUB: Final = re.compile(
    r"(?:does not|doesn't|cannot|can't|unable to|not able to|не поддерживает|не может).{0,80}html"
    r"|html.{0,80}(?:not supported|capable|не поддерживается)|view.{0,40}in (?:a|your) browser",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_STUB: Final = 400
_LINE_END: Final = re.compile(r"\r\n?|\u2028|\u2029|\x0b|\x0c|\x85")


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a mail, its HTML when there is some, and the parts that are attached."""

    text: str
    html: Html | None
    attached: list[Part]
    defects: list[str]


@dataclass(slots=True)
class _Piece:
    """What stands at one place of the text: the same as plain text, as HTML, or as both."""

    plain: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class _Gathered:
    pieces: list[_Piece] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)


def of(root: Part) -> Body:
    """The body of a mail. Without a text of its own, that of the first mail inside it stands for it."""
    gathered = _Gathered()
    _gather(root, gathered, within=root.content_type)
    reading = _Reading()
    texts, sources, any_html = [], [], any(piece.html for piece in gathered.pieces)
    for piece in gathered.pieces:
        text, source = reading.read(piece)
        texts.append(text)
        sources.append(source if source is not None else html_body.of_text(text) if text.strip() else "")
    text = "\n".join(each for each in texts if each.strip()) if len(texts) > 1 else "".join(texts)
    if not text.strip() and not any_html:
        inner = next((part.parts[0] for part in gathered.attached if part.parts), None)
        if inner is not None:
            found = of(inner)
            text, reading.defects = found.text, [*reading.defects, *found.defects]
    html = html_body.joined([source for source in sources if source]) if any_html else None
    return Body(text, html, gathered.attached + reading.too_long, reading.defects)


def _gather(part: Part, found: _Gathered, *, within: str) -> None:
    if part.content_type.startswith("multipart/") and part.parts:
        if part.content_type == _ONE_OF:
            _gather_one_of(part, found)
            return
        for number, child in enumerate(part.parts):
            beside = number > 0 and part.content_type in (_BESIDE_ITS_ROOT, _SIGNED)
            if beside and not child.content_type.startswith("multipart/"):
                found.attached.append(child)
            else:
                _gather(child, found, within=within if part.content_type == _SIGNED else part.content_type)
    elif _is_letter(part, within):
        is_html = part.content_type == "text/html"
        found.pieces.append(_Piece(html=[part]) if is_html else _Piece(plain=[part]))
    else:
        found.attached.append(part)


def _gather_one_of(part: Part, found: _Gathered) -> None:
    """The last plain text and the last HTML count (RFC 2046 §5.1.4); what is attached to either stays attached."""
    piece = _Piece()
    for child in part.parts:
        inner = _Gathered()
        _gather(child, inner, within=_ONE_OF)
        plain = [each for one in inner.pieces for each in one.plain]
        html = [each for one in inner.pieces for each in one.html]
        if html:
            piece.html = html
            piece.plain = piece.plain or plain
        elif plain:
            piece.plain = plain
        found.attached += inner.attached
    if piece.plain or piece.html:
        found.pieces.append(piece)


def _is_letter(part: Part, within: str) -> bool:
    """Whether a part is read as text rather than attached."""
    kind = part.content_type
    if part.disposition == "attachment" or kind in _DATA or not kind.startswith(("text/", "multipart/", "plain/")):
        return False
    if within in (_ONE_OF, kind) or kind.startswith("multipart/"):
        return True
    return not attachments.name(part)


class _Reading:
    """Reads pieces, and notes what is wrong with them."""

    def __init__(self) -> None:
        self.defects: list[str] = []
        self.too_long: list[Part] = []
        self.left = _MOST_TEXT

    def read(self, piece: _Piece) -> tuple[str, str | None]:
        """The text of a piece, and its HTML source when it has one."""
        source = "\n".join(map(self._decoded, piece.html)) if piece.html else None
        text = "\n".join(map(self._plain, piece.plain))
        if source is not None and (not text.strip() or (len(text) < _LONGEST_STUB and _STUB.search(text))):
            return Html(source).text() or text, source
        return text, source

    def _plain(self, part: Part) -> str:
        text = self._decoded(part)
        if part.content_type in _RICH:
            return _RICH_COMMAND.sub("", text).replace("<<", "<")
        if part.headers.parameter("content-type", "format").lower() == "flowed":
            delsp = part.headers.parameter("content-type", "delsp").lower() == "yes"
            return flowed.joined(text, delsp=delsp)
        return text

    def _decoded(self, part: Part) -> str:
        data, most = b"", min(LONGEST_TEXT, self.left)
        for more in transfer.pieces(part.headers, part.raw, part.start, part.end):
            data += more
            if len(data) > most:
                data = data[:most]
                whole = most == LONGEST_TEXT
                what = "a text longer than" if whole else "a text after so many others that they are longer than"
                limit = LONGEST_TEXT if whole else _MOST_TEXT
                self.defects.append(f"{what} {limit:,} bytes is attached as a whole")
                self.too_long.append(part)
                break
        self.left -= len(data)
        charset = part.headers.parameter("content-type", "charset") if "content-type" in part.headers else ""
        text, wrong = charsets.decoded(data, charset or None)
        if wrong:
            self.defects.append(wrong)
        return _LINE_END.sub("\n", text).replace("\x00", "").removeprefix("\ufeff")
