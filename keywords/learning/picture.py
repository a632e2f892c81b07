"""Draws a confusion matrix as SVG: rows are what people say, columns what the dictionary says."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Final

CELL: Final = 22
_LEFT: Final = 190
_LONGEST: Final = 24
_RIGHT, _WRONG = "#1f8a4c", "#c03b3b"
_LEAST: Final = 0.06


def confusion(
    names: Sequence[str],
    cells: Sequence[Sequence[int]],
    *,
    title: str,
    label: Callable[[str], str] = str,
    paper: bool = False,
) -> str:
    """The picture; the darker a cell, the greater its share of the row. `label` turns a name into what people read.

    Inside a page it takes the page's colour of letters; where it stands alone, on a ground unknown, it needs `paper`.

    Attributes only and no styles, so that it shows under a strict policy; all names are escaped.
    """
    width, height = _LEFT + CELL * len(names) + 8, CELL * (len(names) + 1) + 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
    )
    drawn = [head]
    if paper:
        drawn.append(f'<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>')
    ink = "#1b2430" if paper else "currentColor"
    for row, values in enumerate(cells[:-1]):
        total, top = sum(values) or 1, CELL * (row + 1)
        said = label(names[row])
        drawn.append(
            f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end" fill="{ink}">{escape(_short(said))}</text>'
        )
        for column, value in enumerate(values):
            tip = f"{said} → {label(names[column])}: {value}"
            drawn.append(
                f'<rect x="{_LEFT + CELL * column}" y="{top}" width="{CELL - 2}" height="{CELL - 2}" rx="3"'
                f' fill="{_RIGHT if row == column else _WRONG}"'
                f' fill-opacity="{_LEAST + (1 - _LEAST) * value / total:.2f}"><title>{escape(tip)}</title></rect>'
            )
    return "".join((*drawn, "</svg>"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
