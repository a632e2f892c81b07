"""Connections and locks of a process, which one that was forked off must not touch."""

import os
import weakref
from typing import Protocol


class Holder(Protocol):
    """Something that holds connections."""

    def forked(self) -> None:
        """We are a child that knows the holder by inheritance: begin anew, and leave the parent's alone."""


_HOLDERS: "weakref.WeakSet[Holder]" = weakref.WeakSet()


def mind(holder: Holder) -> None:
    """Tell the holder in every process that is forked off."""
    _HOLDERS.add(holder)


def _tell() -> None:
    for holder in list(_HOLDERS):
        holder.forked()


os.register_at_fork(after_in_child=_tell)
