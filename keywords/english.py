"""Inflected forms of English words by the rules of spelling, with the common irregular words as a table."""

import re
from functools import lru_cache
from typing import Final

_LETTERS: Final = re.compile(r"[a-z]+")
_IRREGULAR: Final = (
    "be am is are was were been being",
    "have has had having",
    "use uses used using",
    "do does did done doing",
    "go goes went gone going",
    "get gets got gotten getting",
    "give gives gave given giving",
    "take takes took taken taking",
    "make makes made making",
    "say says said saying",
    "see sees saw seen seeing",
    "come comes came coming",
    "know knows knew known knowing",
    "think thinks thought thinking",
    "find finds found finding",
    "tell tells told telling",
    "become becomes became becoming",
    "leave leaves left leaving",
    "feel feels felt feeling",
    "bring brings brought bringing",
    "begin begins began begun beginning",
    "keep keeps kept keeping",
    "hold holds held holding",
    "write writes wrote written writing",
    "stand stands stood standing",
    "hear hears heard hearing",
    "let lets letting",
    "mean means meant meaning",
    "meet meets met meeting",
    "pay pays paid paying",
    "lose loses lost losing",
    "sell sells sold selling",
    "send sends sent sending",
    "build builds built building",
    "understand understands understood understanding",
    "break breaks broke broken breaking",
    "spend spends spent spending",
    "rise rises rose risen rising",
    "drive drives drove driven driving",
    "buy buys bought buying",
    "wear wears wore worn wearing",
    "choose chooses chose chosen choosing",
    "steal steals stole stolen stealing",
    "forget forgets forgot forgotten forgetting",
    "withdraw withdraws withdrew withdrawn withdrawing",
    "draw draws drew drawn drawing",
    "freeze freezes froze frozen freezing",
    "show shows showed shown showing",
    "swallow swallows swallowed swallowing",
    "eat eats ate eaten eating",
    "speak speaks spoke spoken speaking",
    "read reads reading",
    "put puts putting",
    "set sets setting",
    "cut cuts cutting",
    "shut shuts shutting",
    "cost costs costing",
    "run runs ran running",
    "win wins won winning",
    "catch catches caught catching",
    "teach teaches taught teaching",
    "seek seeks sought seeking",
    "fall falls fell fallen falling",
    "grow grows grew grown growing",
    "throw throws threw thrown throwing",
    "fly flies flew flown flying",
    "wake wakes woke woken waking",
    "hide hides hid hidden hiding",
    "bite bites bit bitten biting",
    "shake shakes shook shaken shaking",
    "man men",
    "woman women",
    "child children",
    "person persons people",
    "foot feet",
    "tooth teeth",
    "mouse mice",
    "life lives",
    "wife wives",
    "knife knives",
    "half halves",
    "shelf shelves",
    "index indexes indices",
    "datum data",
    "criterion criteria",
    "analysis analyses",
    "quiz quizzes",
)
_FAMILIES: Final = {form: tuple(line.split()) for line in _IRREGULAR for form in line.split()}
_UNCHANGED_WORDS: Final = (
    "a an the and or but if of at by for with about into to from up down in on off over under again then once "
    "here there when where why how all any both each few more most other some such no nor not only own same so "
    "than too very can will just should now this that these those what which who whom its his hers ours yours "
    "their you he she it we they us him her them your our would could might must shall may as is was does has "
    "always perhaps yes thus bus gas plus minus status virus bonus less unless across news lens series species "
    "basis crisis thesis address access process business progress press express wireless evening morning nothing "
    "something anything everything during ceiling sibling string spring thing king wing ring bring sing wedding "
    "shilling hundred red bed need speed feed seed indeed breed weed embed shed sacred naked kindred"
)
_CLOSED_WORDS: Final = (
    "a an the and or but if of at by for with about into to from in on off when where why how all any both each "
    "few most some such no nor not only than too very can will should now this that these those what which who "
    "whom its his hers ours yours their you he she it we they us him her them your our would could might must "
    "shall may as"
)
_UNCHANGED: Final = frozenset(_UNCHANGED_WORDS.split())
"""Words that are nobody's inflected form, whatever their end looks like."""
_CLOSED: Final = frozenset(_CLOSED_WORDS.split())
"""Words without inflection."""
_VOWELS: Final = frozenset("aeiouy")
_DOUBLES: Final = re.compile(r"[^aeiou]{1,2}[aeiou][bdgklmnprt]|.*(?:fer|cel|vel|mit|cur|pel|bel|del|trol|log|tal|nal)")
"""Words that double their last letter, some only in British English."""
_WITH_E: Final = re.compile(
    r"(?:[cvu]|[rd]g|[bcdfgkpstz]l|[aeiou]z|[aeiou]{2}s|quir|(?<=.)[^e]at|.[^aeiou]in|.[^aeiou]ang|^[^aeiou]*[aeiouy][bdgklmnprst])$"
)
"""Stems that lost their e: charg-ed, receiv-ing, settl-ed, updat-ed; those of one syllable would have doubled."""
_MAYBE_E: Final = re.compile(r"(?:ng|th|[^aeious]s|[^aeiou][aiouy][bdgkmprs])$(?<!om)")
"""Stems that may have lost it."""
_HISSING: Final = ("s", "x", "z", "ch", "sh")
_SHORTEST: Final = 3
_ONE_SYLLABLE: Final = 4


def speaks(key: str) -> bool:
    """Whether a folded word is written in a to z alone."""
    return bool(_LETTERS.fullmatch(key))


@lru_cache(maxsize=20_000)
def forms(key: str) -> frozenset[str]:
    """The forms of every word that a word can be a form of: plural, third person, past, -ing, possessive by its key.

    Rules know no words, so there are forms that nobody writes (`carding`), which meet nothing.
    """
    found = {key}
    known = bases(key)
    for base in known if len(known) == 1 else known - {key}:
        found.update(_FAMILIES.get(base) or _inflected(base))
    if key.endswith("ing") and len(known) > 1:
        found.add(key + "s")  # a noun too: settings
    return frozenset(found)


@lru_cache(maxsize=20_000)
def bases(key: str) -> frozenset[str]:
    """What a word can be a form of, itself among them."""
    if key in _FAMILIES:
        return frozenset({key})
    found = {key}
    if key not in _UNCHANGED:
        found |= _singular(key) | _stems(key, "ed") | _stems(key, "ing")
    return frozenset(found)


def family(key: str) -> str | None:
    """The first form of an irregular word; None for all others."""
    return _FAMILIES[key][0] if key in _FAMILIES else None


def _inflected(base: str) -> frozenset[str]:
    if base in _CLOSED or len(base) < _SHORTEST:
        return frozenset({base})
    soft = base[:-1] if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else base
    plural = base + ("es" if base.endswith(_HISSING) else "s")
    past = soft + "ed"
    if base.endswith("y") and base[-2] not in _VOWELS:
        plural, past = base[:-1] + "ies", base[:-1] + "ied"
    found = {base, plural, past, soft + "ing"}
    if base.endswith("o"):
        found.add(base + "es")
    if base.endswith("ie"):
        found.add(base[:-2] + "ying")
    if _DOUBLES.fullmatch(base):
        found |= {base + base[-1] + "ed", base + base[-1] + "ing"}
        if len(base) <= _ONE_SYLLABLE:
            found -= {past, soft + "ing"}
    return frozenset(found)


def _singular(key: str) -> set[str]:
    if len(key) <= _SHORTEST or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return set()
    if key.endswith("ies"):
        return {key[:-3] + "y"} if len(key) > _SHORTEST + 1 else {key[:-1]}
    if key.endswith(("sses", "xes", "zzes", "ches", "shes", "oes")):
        return {key[:-2]}
    return {key[:-1]}


def _stems(key: str, end: str) -> set[str]:
    stem = key.removesuffix(end)
    if stem == key or len(stem) < _SHORTEST or not _VOWELS & set(stem) or stem.endswith("e"):
        return set()
    if stem.endswith("i") and end == "ed":
        return {stem[:-1] + "y"}
    if stem.endswith("y") and end == "ing" and len(stem) == _SHORTEST:
        return {stem, stem[:-1] + "ie"}
    if stem[-1] == stem[-2] and stem[-1] not in "aeiousfzl":
        return {stem[:-1]}
    if _WITH_E.search(stem):
        return {stem + "e"}
    found = {stem, stem + "e"} if _MAYBE_E.search(stem) else {stem}
    return found | {stem[:-1]} if stem.endswith("ll") and len(stem) > _ONE_SYLLABLE else found
