"""Builds the mails of the corpus byte by byte: a case is a mail, what is wrong with it, what must be read in it."""

import base64
import quopri
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FROM: Final = b"Anna Example <anna@example.org>"
DEFAULTS: Final = {
    "From": FROM,
    "To": b"support@example.com",
    "Subject": b"A question",
    "Message-ID": b"<m1@example.org>",
    "Date": b"Mon, 2 Nov 2026 10:00:00 +0300",
}
TEXT: Final = "Заказ 15 не пришёл. Когда ждать?"


@dataclass(frozen=True, slots=True)
class Case:
    """A mail and the fields that must be read in it, exactly."""

    kind: str
    name: str
    raw: bytes
    expected: dict[str, Any] = field(default_factory=dict)
    whole: bool = True


class Cases:
    """The cases of one kind, in order."""

    def __init__(self, kind: str) -> None:
        self.kind: Final = kind
        self.made: Final[list[Case]] = []

    def mail(self, name: str, raw: bytes, *, whole: bool = True, **expected: Any) -> None:  # noqa: ANN401 - any field
        """A mail that is given whole."""
        self.made.append(Case(self.kind, name, raw, expected, whole))

    def header(self, name: str, header: str, value: bytes, **expected: Any) -> None:  # noqa: ANN401 - any field
        """An ordinary mail with one header that is not."""
        self.mail(name, mail(b"Hello", {header: value}), **expected)

    def body(self, name: str, headers: Mapping[str, bytes | None], body: bytes, **expected: Any) -> None:  # noqa: ANN401 - any field
        """An ordinary mail with other headers and a body."""
        self.mail(name, mail(body, headers), **expected)

    def parts(self, name: str, content_type: bytes, parts: list[bytes], **expected: Any) -> None:  # noqa: ANN401 - any field
        """An ordinary mail of several parts."""
        self.mail(name, multipart(content_type, parts), **expected)


def mail(body: bytes = b"Hello", headers: Mapping[str, bytes | None] | None = None) -> bytes:
    """A mail with usual headers; None leaves one out."""
    made = {**DEFAULTS, **(headers or {})}
    lines = [name.encode() + b": " + value for name, value in made.items() if value is not None]
    return b"\r\n".join([*lines, b"", body])


def multipart(content_type: bytes, parts: list[bytes], boundary: bytes = b"b1") -> bytes:
    """An ordinary mail of several parts."""
    return mail(several(parts, boundary), {"Content-Type": content_type + b'; boundary="' + boundary + b'"'})


def several(parts: list[bytes], boundary: bytes = b"b1") -> bytes:
    """The body of a multipart."""
    return b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def nested(content_type: bytes, parts: list[bytes], boundary: bytes = b"b2") -> bytes:
    """A multipart as a part."""
    return part(content_type + b"; boundary=" + boundary, several(parts, boundary))


def part(content_type: bytes, body: bytes, **headers: bytes) -> bytes:
    """A part; `Content_ID=...` is written as Content-ID."""
    lines = [b"Content-Type: " + content_type, *(k.replace("_", "-").encode() + b": " + v for k, v in headers.items())]
    return b"\r\n".join([*lines, b"", body])


def plain(text: str = "Hello") -> bytes:
    """A part of plain text."""
    return part(b"text/plain; charset=utf-8", text.encode())


def html(source: str) -> bytes:
    """A part of HTML."""
    return part(b"text/html; charset=utf-8", source.encode())


def attached(filename: bytes, content: bytes = b"data", content_type: bytes = b"application/octet-stream") -> bytes:
    """A part that is an attachment, in base64; the file name stands as it is given, with its quotes."""
    disposition = b"attachment; filename=" + filename
    return part(content_type, b64(content), Content_Transfer_Encoding=b"base64", Content_Disposition=disposition)


def b64(data: bytes) -> bytes:
    """Lines of base64."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def qp(data: bytes) -> bytes:
    """Quoted-printable."""
    return quopri.encodestring(data).replace(b"\n", b"\r\n")


def word(text: str, charset: str = "utf-8", encoding: str = "B") -> bytes:
    """An encoded word, however long."""
    data = text.encode(charset)
    coded = base64.b64encode(data) if encoding == "B" else b"".join(b"=%02X" % byte for byte in data)
    return f"=?{charset}?{encoding}?{coded.decode()}?=".encode()
