"""Says a decision to people, in English and Russian."""

from typing import Final

from keywords.explanation import Answer, Match
from keywords.vocabulary import Outcome, Silence, Tiebreak

_OUTCOMES: Final = {
    Outcome.DECIDED: ("{category}: score {score:g}, lead {margin:g}", "{category}: балл {score:g}, отрыв {margin:g}"),
    Outcome.NOTHING_FOUND: ("no category: no keyword was found", "нет категории: ключевых слов не найдено"),
    Outcome.BLOCKED: (
        "no category: a blocking entry forbids each one found",
        "нет категории: все найденные запрещены блокирующими словами",
    ),
    Outcome.BELOW_MIN_SCORE: (
        "no category: the best, {first}, has {score:g}, less than is needed",
        "нет категории: у лучшей, {first}, балл {score:g}, а нужно больше",
    ),
    Outcome.BELOW_MIN_MARGIN: (
        "no category: {first} leads by {margin:g} only, less than is needed",
        "нет категории: {first} впереди лишь на {margin:g}, а нужно больше",
    ),
    Outcome.TIE: (
        "no category: {first} and {second} are equal in everything",
        "нет категории: {first} и {second} равны во всём",
    ),
}
_TIEBREAKS: Final = {
    Tiebreak.HEAVIEST: ("the heaviest entry", "самая тяжёлая запись"),
    Tiebreak.TOTAL: ("the greater sum", "большая сумма"),
    Tiebreak.WORDS: ("the longer phrase", "более длинная фраза"),
    Tiebreak.ENTRIES: ("more entries", "большее число записей"),
    Tiebreak.ORDER: ("the order of categories", "порядок категорий"),
}
_EQUAL: Final = ("; {second} has the same score, {rule} decides", "; у {second} тот же балл, решает {rule}")
_SILENCES: Final = {
    Silence.NESTED: ("does not count: inside {inside}", "не считается: внутри {inside}"),
    Silence.BLOCKED: ("does not count: {category} is blocked", "не считается: {category} запрещена"),
}
_BLOCKS: Final = ("blocks {category}", "запрещает {category}")
_LANGUAGES: Final = ("en", "ru")


def sentence(answer: Answer, language: str = "en") -> str:
    """The decision in a line."""
    names, place = [standing.category for standing in answer.ranking], _LANGUAGES.index(language)
    equal = _EQUAL[place] if answer.tiebreak else ""
    return (_OUTCOMES[answer.outcome][place] + equal).format(
        category=answer.category,
        score=answer.score,
        margin=answer.margin,
        first=names[0] if names else "",
        second=names[1] if len(names) > 1 else "",
        rule=_TIEBREAKS[answer.tiebreak][place] if answer.tiebreak else "",
    )


def line(match: Match, language: str = "en") -> str:
    """A found entry in a line: what it weighs, or why it does not count."""
    place = _LANGUAGES.index(language)
    if match.silence is not None:
        inside = ", ".join(f"«{entry.keyword}»" for entry in match.inside)
        said = _SILENCES[match.silence][place].format(inside=inside, category=match.entry.category)
    elif match.entry.blocking:
        said = _BLOCKS[place].format(category=match.entry.category)
    else:
        said = f"{match.weight:g} → {match.entry.category}"
    return f"«{match.entry.keyword}»: {said}"
