"""`classify` shows every entry where it stands in the original text, and says why the others do not count."""

import pytest

from keywords import wording
from keywords.entries import Expanded
from keywords.scoring import Decision
from keywords.vocabulary import Outcome, Part, Scoring, Silence, Tiebreak
from tests.factories.keywords import block, classifier, entry, pieces


@pytest.mark.parametrize(
    ("keyword", "text", "piece"),
    [
        ("счёт", "Счёт: сч.", "Счёт"),
        ("10²", "x 10² y", "10²"),
        ("½", "болт ½!", "½"),
        ("возврат", "a воз\u00adврат b", "воз\u00adврат"),
        ("возврат", "a в\u200bозврат, b", "в\u200bозврат"),
        ("возврат", "&laquo;&nbsp;возврат&raquo;", "возврат"),
        ("возврат", "x&amp;y &#1074;озврат z", "&#1074;озврат"),
        ("возврат", "<div>😀 воз<b>вра</b>та</div>", "воз<b>вра</b>та"),
        ("возврат", "<b>возврат</b>", "возврат"),
        ("возврат товара", "<i>Возврат</i> <u>товара</u>", "Возврат</i> <u>товара"),
        ("возврат", "&lt;p&gt;возврат&lt;/p&gt;", "возврат"),
        ("istanbul", "İİ İstanbul", "İstanbul"),
        ("30 мА", "УЗО-30мА", "30мА"),
        ("УЗО-30мА", "(УЗО-30мА)", "УЗО-30мА"),
        ("магазин", "Интернет-магазина", "магазина"),
        ("card", "card's", "card's"),
        ("№ 5", "а №5 б", "№5"),
        ("straße", "ß STRASSE", "STRASSE"),
        ("возврат", "строка\r\n\r\nвозврат", "возврат"),
    ],
)
def test_spans_stand_in_the_original_text(keyword: str, text: str, piece: str) -> None:
    assert pieces(classifier(entry(keyword)).classify(text), text) == {keyword: [piece]}


def test_all_places_of_an_entry_are_shown_and_count_once() -> None:
    answer = classifier(entry("возврат", 30), scoring=Scoring.SUM).classify("возврат, возврата", "Возврат")

    (match,) = answer.matches
    assert [span.part for span in match.spans] == [Part.SUBJECT, Part.BODY, Part.BODY]
    assert answer.score == 30


def test_an_entry_inside_a_longer_one_says_so() -> None:
    answer = classifier(entry("возврат", 90), entry("возврат НДС", 10, "b")).classify("возврат НДС")

    assert answer.category == "b"
    short = answer.matches[1]
    assert (short.silence, short.weight, [e.keyword for e in short.inside]) == (Silence.NESTED, 0, ["возврат НДС"])
    assert wording.line(short) == "«возврат»: does not count: inside «возврат НДС»"


def test_a_blocked_category_says_so() -> None:
    answer = classifier(entry("возврат", 90), block("отказ"), entry("кабель", 1, "b")).classify(
        "возврат, отказ, кабель"
    )

    assert answer.category == "b"
    assert [m.silence for m in answer.matches if m.entry.keyword == "возврат"] == [Silence.BLOCKED]
    assert answer.ranking[-1].blocked
    assert wording.line(answer.matches[-1], "ru") == "«возврат»: не считается: a запрещена"


@pytest.mark.parametrize(
    ("text", "rules", "outcome", "english"),
    [
        ("кабель", {}, Outcome.DECIDED, "b: score 30, lead 30"),
        ("ничего", {}, Outcome.NOTHING_FOUND, "no category: no keyword was found"),
        ("возврат отказ", {}, Outcome.BLOCKED, "no category: a blocking entry forbids each one found"),
        ("кабель", {"min_score": 31}, Outcome.BELOW_MIN_SCORE, "no category: the best, b, has 30, less than is needed"),
        ("возврат кабель", {"min_margin": 21}, Outcome.BELOW_MIN_MARGIN, "no category: a leads by 20 only, less than is needed"),
        ("кабель провод", {}, Outcome.TIE, "no category: b and c are equal in everything"),
    ],
)  # fmt: skip
def test_every_outcome_is_said(text: str, rules: dict[str, float], outcome: Outcome, english: str) -> None:
    entries = entry("возврат"), block("отказ"), entry("кабель", 30, "b"), entry("провод", 30, "c")

    answer = classifier(*entries, **rules).classify(text)

    assert (answer.outcome, wording.sentence(answer)) == (outcome, english)
    assert wording.sentence(answer, "ru") != english
    assert (answer.category is None) == (outcome is not Outcome.DECIDED)
    assert answer.decision.ambiguous == (outcome in {Outcome.TIE, Outcome.BELOW_MIN_MARGIN})


@pytest.mark.parametrize(
    ("scoring", "rivals", "order", "tiebreak", "english"),
    [
        (Scoring.SUM, [entry("кабель", 60)], (), Tiebreak.HEAVIEST, "the heaviest entry"),
        (Scoring.MAX, [entry("кабель", 30), entry("узо", 20)], (), Tiebreak.TOTAL, "the greater sum"),
        (Scoring.MAX, [entry("кабель щит", 30), entry("узо", 30)], (), Tiebreak.WORDS, "the longer phrase"),
        (Scoring.MAX, [entry("кабель", 30), entry("узо", 15), entry("щит", 15)], (), Tiebreak.ENTRIES, "more entries"),
        (Scoring.MAX, [entry("кабель", 30), entry("узо", 30)], ("a", "b"), Tiebreak.ORDER, "the order of categories"),
        (Scoring.MAX, [entry("кабель", 31)], (), None, ""),
    ],
)
def test_what_decides_between_equal_scores_is_said(
    scoring: Scoring, rivals: list[Expanded], order: tuple[str, ...], tiebreak: Tiebreak | None, english: str
) -> None:
    others = [entry("провод", 30, "b"), entry("труба", 30, "b")]
    if tiebreak is Tiebreak.TOTAL:
        others = [entry("провод", 30, "b")]
    asked = classifier(*rivals, *others, scoring=scoring, category_order=order)

    answer = asked.classify("кабель щит, узо, провод и труба")

    assert (answer.category, answer.tiebreak) == ("a", tiebreak)
    assert wording.sentence(answer).endswith(f"; b has the same score, {english} decides") == bool(english)
    assert wording.sentence(answer, "ru") != wording.sentence(answer)


def test_where_the_second_is_blocked_or_nobody_wins_nothing_had_to_decide_between_equals() -> None:
    text = "кабель провод"

    assert classifier(entry("кабель", 30), entry("провод", 30, "b")).classify(text).tiebreak is None
    assert (
        classifier(entry("кабель", 30), entry("провод", 30, "b"), block("провод", "b")).classify(text).tiebreak is None
    )


def test_a_text_without_anything_has_an_empty_answer() -> None:
    answer = classifier().classify("", "")

    assert (answer.decision, answer.matches) == (Decision(None, Outcome.NOTHING_FOUND, 0, 0, ()), ())


def test_ten_megabytes_without_a_space_are_read() -> None:
    text = "ы" * 10_000_000 + " возврат"

    assert classifier(entry("возврат")).classify(text).matches[0].spans[0].start == 10_000_001


def test_ten_megabytes_of_mail_are_read() -> None:
    text = "Прошу возврата денег за заказ.\n> цитата\n\n" * 240_000

    assert classifier(entry("возврат")).decide(text).category == "a"
