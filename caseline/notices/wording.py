"""Says what happened in a sentence, in Russian and English: the same in the page and in a letter."""

from collections.abc import Mapping
from typing import Final

from caseline.notices.kinds import OWN, Kind

LANGUAGES: Final = ("ru", "en")

_ENDED: Final = {
    "ru": {
        "done": "Поручение «{title}» выполнено",
        "cancelled": "Поручение «{title}» отменено",
        "reopened": "Поручение «{title}» снова открыто",
    },
    "en": {
        "done": "The assignment “{title}” is done",
        "cancelled": "The assignment “{title}” was cancelled",
        "reopened": "The assignment “{title}” was opened again",
    },
}
_FEEDBACK: Final = {
    "ru": {
        "bad": "Получен плохой отзыв",
        "neutral": "Получен нейтральный отзыв",
        "good": "Получен хороший отзыв",
        "": "Получен отзыв",
    },
    "en": {
        "bad": "Bad feedback has come",
        "neutral": "Neutral feedback has come",
        "good": "Good feedback has come",
        "": "Feedback has come",
    },
}
_SAID: Final[Mapping[str, Mapping[Kind, str]]] = {
    "ru": {
        Kind.ASSIGNED: "Вы назначены ответственным",
        Kind.CLIENT_ANSWERED: "Клиент ответил",
        Kind.STAGE_CHANGED: "Стадия изменена: «{stage}»",
        Kind.DEADLINE_NEAR: "Прошло три четверти срока",
        Kind.DEADLINE_PASSED: "Срок истёк",
        Kind.CATEGORY_MISSING: "Слишком долго без категории",
        Kind.MENTIONED: "Вас упомянули в комментарии",
        Kind.ASSIGNMENT_GIVEN: "Вам дано поручение «{title}»",
        Kind.ASSIGNMENT_OVERDUE: "Срок поручения «{title}» истёк",
        Kind.OUTSIDER_ANSWERED: "Внешний исполнитель ответил по поручению «{title}»",
        Kind.FEEDBACK_SENT: "Клиенту отправлен запрос отзыва",
    },
    "en": {
        Kind.ASSIGNED: "You are responsible now",
        Kind.CLIENT_ANSWERED: "The client has answered",
        Kind.STAGE_CHANGED: "Moved to the stage “{stage}”",
        Kind.DEADLINE_NEAR: "Three quarters of the time are used",
        Kind.DEADLINE_PASSED: "The deadline has passed",
        Kind.CATEGORY_MISSING: "Without a category for too long",
        Kind.MENTIONED: "You are mentioned in a comment",
        Kind.ASSIGNMENT_GIVEN: "You are given the assignment “{title}”",
        Kind.ASSIGNMENT_OVERDUE: "The deadline of the assignment “{title}” has passed",
        Kind.OUTSIDER_ANSWERED: "The outsider has answered on the assignment “{title}”",
        Kind.FEEDBACK_SENT: "The client was asked for feedback",
    },
}
_BY: Final = {"ru": "{text} — {by}", "en": "{text} — {by}"}
_INSTEAD: Final = {"ru": "{text} (вы замещаете: {instead_of})", "en": "{text} (you stand in for {instead_of})"}
_UNSAID: Final = "…"


def said(kind: Kind, language: str, details: Mapping[str, str]) -> str:
    """What happened; `details` as in `kinds.Told`. Languages other than Russian are told in English."""
    language = language if language in LANGUAGES else "en"
    known = {"title": _UNSAID, "stage": _UNSAID, **details}
    if kind is Kind.ASSIGNMENT_ENDED:
        form = _ENDED[language].get(known.get("state", ""), _ENDED[language]["done"])
    elif kind is Kind.FEEDBACK_RECEIVED:
        form = _FEEDBACK[language].get(known.get("grade", ""), _FEEDBACK[language][""])
    else:
        form = _SAID[language][kind]
    own = known.get(f"{OWN}{language}") or known.get(f"{OWN}{LANGUAGES[0]}")
    text = own or form.format_map(known)
    if known.get("by"):
        text = _BY[language].format(text=text, by=known["by"])
    if known.get("instead_of"):
        text = _INSTEAD[language].format(text=text, instead_of=known["instead_of"])
    return text
