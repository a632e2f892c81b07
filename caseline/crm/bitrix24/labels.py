"""What people read on the card of a record: the names of our core fields, English and Russian."""

from typing import Final

SECTION: Final = "caseline"
"""Name and title of our section on a card."""
_ENGLISH: Final = {"created_at": "Created in the old system", "modified_at": "Changed in the old system"}
_RUSSIAN: Final = {
    "address": "Адрес",
    "assignee": "Исполнитель",
    "category": "Категория",
    "channel": "Канал",
    "closed_at": "Закрыто",
    "company": "Компания",
    "contact": "Контакт",
    "created_at": "Создано в прежней системе",
    "description": "Описание",
    "email": "Эл. почта",
    "escalated": "Эскалировано",
    "group": "Группа",
    "mobile": "Мобильный телефон",
    "modified_at": "Изменено в прежней системе",
    "name": "Название",
    "number": "Номер",
    "owner": "Ответственный",
    "parent": "Вышестоящая запись",
    "phone": "Телефон",
    "priority": "Приоритет",
    "reason": "Причина",
    "stage": "Стадия",
    "subject": "Тема",
    "tax_number": "ИНН",
    "title": "Должность",
    "type": "Тип",
    "website": "Сайт",
}


def english(field: str) -> str:
    """The English name of a core field."""
    return _ENGLISH.get(field, field.replace("_", " ").capitalize())


def russian(field: str) -> str:
    """The Russian name of a core field."""
    return _RUSSIAN.get(field, english(field))
