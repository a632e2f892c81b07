"""Joins the lines of texts that were sent as format=flowed (RFC 3676)."""

from typing import Final

_SIGNATURE: Final = "-- "


def joined(text: str, *, delsp: bool) -> str:
    """The text with its paragraphs as one line each; quote signs stay, joining blanks go with `delsp`."""
    lines: list[list[str]] = []
    open_depth = None
    for written in text.split("\n"):
        depth = len(written) - len(written.lstrip(">"))
        line = written[depth:].removeprefix(" ")  # stuffed, so that it cannot be taken for something else
        flows = line.endswith(" ") and line != _SIGNATURE
        kept = line[:-1] if flows and delsp else line
        if open_depth == depth and line != _SIGNATURE:
            lines[-1].append(kept)
        else:
            lines.append([f"{'>' * depth} " if depth else "", kept])
        open_depth = depth if flows else None
    return "\n".join(map("".join, lines))
