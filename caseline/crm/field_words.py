"""How fields are called in English and Russian, wherever no page gives them a name."""

from typing import Final

from caseline.crm.request_fields import RequestField

_OWN: Final[dict[str, tuple[str, str]]] = {
    "number": ("Number", "Номер"),
    "subject": ("Subject", "Тема"),
    "description": ("Description", "Описание"),
    "stage": ("Stage", "Стадия"),
    "priority": ("Priority", "Приоритет"),
    "type": ("Type", "Тип"),
    "reason": ("Reason", "Причина"),
    "channel": ("Channel", "Канал"),
    "category": ("Category", "Категория"),
    "escalated": ("Escalated", "Эскалация"),
    "company": ("Company", "Компания"),
    "contact": ("Contact", "Контакт"),
    "assignee": ("Assignee", "Ответственный"),
    "group": ("Group", "Группа"),
    "parent": ("Main request", "Главное обращение"),
    "created_at": ("Created", "Создано"),
    "modified_at": ("Changed", "Изменено"),
    "closed_at": ("Closed", "Закрыто"),
}


def labels(field: RequestField) -> tuple[str, str]:
    """Its name in English and Russian; one that an administrator has given holds for both."""
    if field.label:
        return field.label, field.label
    return _OWN.get(field.name, (field.name, field.name)) if not field.extra else (field.name, field.name)


def of_key(key: str) -> tuple[str, str]:
    """The same for a key of which no field is known."""
    return _OWN.get(key, (key, key))
