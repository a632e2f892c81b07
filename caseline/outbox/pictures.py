"""Pictures that stand in rating letters: five faces and a logo, each of which another one of its name replaces."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from caseline.outbox import faces
from caseline.outbox.faults import OutboxFault

LOGO: Final = "logo"
FACES: Final = tuple(f"smiley-{step}" for step in range(1, faces.STEPS + 1))
"""The names of the faces, the worst one first."""
NAMES: Final = (*FACES, LOGO)
MOST_BYTES: Final = 100_000
"""Of a picture: it goes along with each letter."""
MOST_PIXELS: Final = 1_600
"""Of each side."""
FACE: Final = 40
"""Pixels at which a face is shown."""
_LOGO_ROOM: Final = (280, 90)
_SIGNS: Final = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\xff\xd8": "image/jpeg",
}
"""With what a picture begins that every mailer shows; what a file is called says nothing."""
_ENDINGS: Final = {"image/png": "png", "image/gif": "gif", "image/jpeg": "jpg"}
_STANDALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_SIZED: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name."""

    name: str
    content_type: str
    width: int
    height: int
    content: bytes = field(repr=False)

    @property
    def cid(self) -> str:
        """By what the HTML of a letter names it."""
        return f"{self.name}@caseline"

    @property
    def file_name(self) -> str:
        """What it is called where somebody saves it."""
        return f"{self.name}.{_ENDINGS[self.content_type]}"

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height at which it is shown; a logo keeps its proportions and is never made larger."""
        if self.name != LOGO:
            return FACE, FACE
        scale = min(1.0, _LOGO_ROOM[0] / self.width, _LOGO_ROOM[1] / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


@cache
def shipped() -> Mapping[str, Picture]:
    """The pictures that come with the product; there is no logo among them."""
    return {
        name: Picture(name, "image/png", faces.SIZE, faces.SIZE, faces.face(step)) for step, name in enumerate(FACES, 1)
    }


def read(name: str, content: bytes) -> Picture:
    """The picture of that name that a file holds; raises `OutboxFault` for what cannot stand in a letter."""
    if name not in NAMES:
        raise OutboxFault("picture %(name)s: there is none of this name: choose one of %(names)s",
                          name=name, names=", ".join(NAMES))  # fmt: skip
    if len(content) > MOST_BYTES:
        raise OutboxFault("picture %(name)s: the file has %(size)s bytes, and %(most)s are the most: make it smaller",
                          name=name, size=f"{len(content):,}", most=f"{MOST_BYTES:,}")  # fmt: skip
    kind = next((kind for begins, kind in _SIGNS.items() if content.startswith(begins)), None)
    size = None if kind is None else _size(kind, content)
    if kind is None or size is None:
        raise OutboxFault(
            "picture %(name)s: the file is no PNG, JPEG or GIF: save the picture as one of these", name=name
        )
    if not all(0 < side <= MOST_PIXELS for side in size):
        raise OutboxFault(
            "picture %(name)s: it has %(width)s by %(height)s pixels: make each side 1 to %(most)s long",
            name=name, width=size[0], height=size[1], most=MOST_PIXELS,
        )  # fmt: skip
    return Picture(name, kind, *size, content)


def _size(kind: str, content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None where the file breaks off before it says them."""
    try:
        if kind == "image/png":
            width, height = struct.unpack(">II", content[16:24])
        elif kind == "image/gif":
            width, height = struct.unpack("<HH", content[6:10])
        else:
            height, width = next(_frames(content))
    except (struct.error, StopIteration):
        return None
    return width, height


def _frames(content: bytes) -> Iterator[tuple[int, int]]:
    """Height and width that a JPEG says, from segment to segment."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004 - marks a segment
        mark = content[place + 1]
        if mark in _STANDALONE or mark == 0xFF:  # noqa: PLR2004 - or fills up
            place += 1 if mark == 0xFF else 2  # noqa: PLR2004
            continue
        if mark in _SIZED:
            yield struct.unpack(">HH", content[place + 5 : place + 9])
        place += 2 + struct.unpack(">H", content[place + 2 : place + 4])[0]
