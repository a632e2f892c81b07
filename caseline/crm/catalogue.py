"""The catalogue as a tree: paths, search by parts of names, lists for choosing from either end, what may be moved."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LONGEST_NAME: Final = 300
DEEPEST: Final = 50
"""Levels; deeper than any catalogue of people, and shallow enough to be shown."""
_BLANKS: Final = re.compile(r"\s+")
_SIGNS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product, or a group of products."""

    id: int
    parent_id: int | None
    name: str
    position: int = 0
    active: bool = True
    version: int = 1
    source: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One list of a cascade."""

    number: int
    """Counted from 1, the uppermost."""
    chosen: Product | None
    options: tuple[Product, ...]
    left_out: int = 0
    """Options beyond what a list holds."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A product as searches see it."""

    product: Product
    own: str
    plain: str
    """Its own name without signs: `нц45` of `НЦ-45`."""
    way: str
    """Names from the top down to it."""


def tidy(name: str) -> str:
    """A name without needless blanks."""
    return _BLANKS.sub(" ", name).strip()


def folded(text: str) -> str:
    """The form in which names are compared: small letters, е for ё; the same as the index of the register."""
    return tidy(text).lower().replace("ё", "е")


class Tree:
    """All products of one moment."""

    def __init__(self, products: Iterable[Product]) -> None:
        """Products in any order; parents that are missing make no fault: what lies below them is left out."""
        self._products: Final = {one.id: one for one in products}
        below: dict[int | None, list[Product]] = {}
        for one in self._products.values():
            below.setdefault(one.parent_id, []).append(one)
        for siblings in below.values():
            siblings.sort(key=lambda one: (one.position, folded(one.name), one.id))
        self._below: Final = below

    def __len__(self) -> int:
        """How many products there are."""
        return len(self._products)

    def __contains__(self, product_id: object) -> bool:
        """Whether there is a product of that id."""
        return product_id in self._products

    def get(self, product_id: int | None) -> Product | None:
        """The product of that id."""
        return None if product_id is None else self._products.get(product_id)

    def children(self, product_id: int | None) -> Sequence[Product]:
        """What stands right below a product, in order; None: the uppermost."""
        return self._below.get(product_id, ())

    def path(self, product_id: int) -> tuple[Product, ...]:
        """From the uppermost down to the product itself; KeyError when there is none."""
        way = [self._products[product_id]]
        while (above := self.get(way[-1].parent_id)) is not None and len(way) <= len(self._products):
            way.append(above)
        return tuple(reversed(way))

    def words(self, product_id: int) -> str:
        """The path in words."""
        return " / ".join(one.name for one in self.path(product_id))

    def branch(self, product_id: int | None) -> Iterator[Product]:
        """A product and all below it, from above downwards in order; None: everything."""
        own = self.get(product_id)
        waiting = [own] if own else list(reversed(self.children(None)))
        while waiting:
            yield (one := waiting.pop())
            waiting += reversed(self.children(one.id))

    def usable(self, product_id: int) -> bool:
        """Whether it can be chosen: it is in use, and so is everything above it."""
        return all(one.active for one in self.path(product_id))

    def child_named(self, parent_id: int | None, name: str) -> Product | None:
        """The product of that name right below another one."""
        wanted = folded(name)
        return next((one for one in self.children(parent_id) if folded(one.name) == wanted), None)

    def may_move(self, product_id: int, parent_id: int | None) -> bool:
        """Whether a product can stand below another: not below itself, and no deeper than `DEEPEST`."""
        if parent_id is None:
            return True
        above = self.path(parent_id)
        if product_id in {one.id for one in above}:
            return False
        own = len(self.path(product_id))
        deep = max(len(self.path(one.id)) for one in self.branch(product_id)) - own + 1
        return len(above) + deep <= DEEPEST

    @property
    def depth(self) -> int:
        """The number of levels."""
        return len(self._levels)

    @cached_property
    def _levels(self) -> list[list[Product]]:
        levels: list[list[Product]] = []
        now = list(self.children(None))
        while now:
            levels.append(now)
            now = [below for one in now for below in self.children(one.id)]
        return levels

    # ---------------------------------------------------------------------------------------------- choosing

    def cascade(self, chosen: int | None, *, most: int = 300) -> list[Level]:
        """The lists to choose from, one for each level: those above the chosen one are filled, those below narrowed.

        Without a chosen one each list holds everything of its level. What is not in use is left out unless it is the
        chosen one itself or stands above it.
        """
        way = self.path(chosen) if chosen in self and chosen is not None else ()
        levels = [self._level(n, one, self.children(one.parent_id), most) for n, one in enumerate(way, 1)]
        now = self._in_use(self.children(way[-1].id)) if way else self._in_use(self.children(None))
        while now:
            levels.append(self._level(len(levels) + 1, None, now, most))
            now = [below for one in now for below in self._in_use(self.children(one.id))]
        return levels

    def _level(self, number: int, chosen: Product | None, options: Sequence[Product], most: int) -> Level:
        offered = [one for one in options if one.active or one is chosen]
        shown = offered[:most]
        if chosen is not None and chosen not in shown:
            shown[-1:] = [chosen]
        return Level(number, chosen, tuple(shown), len(offered) - len(shown))

    @staticmethod
    def _in_use(products: Sequence[Product]) -> list[Product]:
        return [one for one in products if one.active]

    def choose(self, before: int | None, lists: Sequence[int | None]) -> int | None:
        """What is chosen after somebody has changed lists, given from the uppermost level down; None for an empty one.

        A product chosen on any level takes those above with it; an emptied list leaves the level above. Of several that
        were changed at once the lowest counts.
        """
        way = [one.id for one in self.path(before)] if before in self and before is not None else []
        now = [one if one in self else None for one in lists]
        changed = [n for n, one in enumerate(now) if one != (way[n] if n < len(way) else None)]
        named = [now[n] for n in changed if now[n] is not None]
        if named:
            return named[-1]
        if changed:
            return way[changed[0] - 1] if changed[0] else None
        return way[-1] if way else None

    # ------------------------------------------------------------------------------------------------- search

    @cached_property
    def _known(self) -> list[_Known]:
        known: list[_Known] = []
        ways: dict[int | None, str] = {None: ""}
        for one in self.branch(None):
            own = folded(one.name)
            ways[one.id] = f"{ways[one.parent_id]}\n{own}"
            known.append(_Known(one, own, _SIGNS.sub("", own), ways[one.id]))
        return known

    def search(
        self, text: str, *, most: int = 20, among: Collection[int] | None = None, idle: bool = False
    ) -> list[Product]:
        """Products in whose path every word of the text stands, one of them at least in their own name; best first.

        A word is any part of a name, in any order and on any level; signs between letters do not matter in a product's
        own name. `idle`: those that are not in use, too. `among`: only these.
        """
        words = folded(text).split()
        if not words:
            return []
        found: list[tuple[tuple[int, int, int, int], Product]] = []
        for order, known in enumerate(self._known):
            own = [word for word in words if _stands(word, known)]
            if not own or not all(word in own or word in known.way for word in words):
                continue
            if among is not None and known.product.id not in among:
                continue
            if idle or self.usable(known.product.id):
                begins = any(known.own.startswith(word) for word in own)
                found.append(((-len(own), -int(begins), known.way.count("\n"), order), known.product))
        return [one for _rank, one in sorted(found, key=lambda each: each[0])[:most]]


def _stands(word: str, known: _Known) -> bool:
    """Whether a word stands in a product's own name."""
    if word in known.own:
        return True
    plain = _SIGNS.sub("", word)
    return bool(plain) and plain in known.plain
