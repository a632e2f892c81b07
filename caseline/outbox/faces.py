"""Draws the faces that rating letters ship with: flat ones, as PNG, that differ by their mouths."""

import struct
import zlib
from functools import cache
from math import hypot
from typing import Final

SIZE: Final = 80
"""Pixels of each side; letters show them at half the size, so that they are sharp on fine screens, too."""
STEPS: Final = 5
_SKIN, _INK = (255, 213, 79), (62, 44, 0)
_RADIUS, _EYE, _STROKE = 38.0, 5.0, 3.0
_EYES: Final = ((27.0, 30.0), (53.0, 30.0))
_MOUTH: Final = (22.0, 58.0)
"""Where the mouth begins and ends, from the left."""
_BENDS: Final = {1: (56.0, -14.0), 2: (55.0, -7.0), 3: (53.0, 0.0), 4: (50.0, 7.0), 5: (47.0, 15.0)}
"""How low the ends of the mouth are, and by how much its middle is lower than these."""


@cache
def face(step: int) -> bytes:
    """The face of a step, from 1 (very bad) to 5 (excellent), as PNG."""
    rows = b"".join(b"\0" + b"".join(_pixel(step, x + 0.5, y + 0.5) for x in range(SIZE)) for y in range(SIZE))
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    parts = (_part(b"IHDR", head), _part(b"IDAT", zlib.compress(rows, 9)), _part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _pixel(step: int, x: float, y: float) -> bytes:
    """Red, green, blue and how much of it covers the pixel: edges are soft over one pixel."""
    middle = SIZE / 2
    skin = _covered(_RADIUS - hypot(x - middle, y - middle))
    eyes = max(_covered(_EYE - hypot(x - left, y - top)) for left, top in _EYES)
    ink = max(eyes, _covered(_STROKE - _from_mouth(step, x, y)))
    mixed = (round(dark * ink + light * (1 - ink)) for light, dark in zip(_SKIN, _INK, strict=True))
    return bytes((*mixed, round(255 * skin)))


def _from_mouth(step: int, x: float, y: float) -> float:
    """How far a point is from the line of the mouth, nearly."""
    begin, end = _MOUTH
    top, bend = _BENDS[step]
    near = min(max(x, begin), end)
    place = (2 * near - begin - end) / (end - begin)
    slope = -4 * bend * place / (end - begin)
    height = (y - (top + bend * (1 - place * place))) / hypot(1, slope)
    return hypot(x - near, height)


def _covered(inside: float) -> float:
    return min(1.0, max(0.0, inside + 0.5))
