"""Invented people and companies, each a function of an index: nothing has to be remembered between files."""

from functools import lru_cache
from typing import Final, NamedTuple

from caseline.sample.chance import mixed, salt


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _spelt(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a Cyrillic and a Latin spelling, written `Да/da`."""
    pairs = (word.split("/") for word in text.split())
    return tuple((cyrillic, latin) for cyrillic, latin in pairs)


_RUSSIAN_SHARE: Final = 43  # of 100 people; about a third of all characters written are then Cyrillic
_KEPT: Final = 16_384  # companies
_SHARED_MAILBOX: Final = 12  # one contact in so many has the mailbox of the whole company
_HEADS: Final = _spelt(
    "Бар/bar Вел/vel Гор/gor Дуб/dub Зел/zel Кал/kal Лад/lad Мор/mor Нев/nev Озер/ozer Пол/pol Рос/ros "
    "Сав/sav Тал/tal Уст/ust Хол/khol Чер/cher Шум/shum Яр/yar Вет/vet Кром/krom Лис/lis Сол/sol Тер/ter"
)
_MIDDLES: Final = _spelt("ен/en ин/in ов/ov ик/ik ан/an ас/as ор/or ем/em ал/al ыш/ysh ат/at ул/ul")
_ENDS: Final = (("ов", "ова", "ov", "ova"), ("ин", "ина", "in", "ina"), ("ский", "ская", "skiy", "skaya"))
_MEN: Final = _spelt(
    "Алексей/aleksey Борис/boris Виктор/viktor Глеб/gleb Денис/denis Егор/egor Игорь/igor Кирилл/kirill "
    "Лев/lev Максим/maksim Никита/nikita Олег/oleg Павел/pavel Роман/roman Семён/semen Тимур/timur Фёдор/fedor"
)
_WOMEN: Final = _spelt(
    "Алина/alina Вера/vera Галина/galina Дарья/darya Елена/elena Жанна/zhanna Зоя/zoya Ирина/irina Ксения/kseniya "
    "Лариса/larisa Мария/mariya Нина/nina Ольга/olga Полина/polina Софья/sofya Татьяна/tatyana Юлия/yuliya"
)
_FIRST: Final = _words(
    "Alan Beth Carl Dora Eric Faye Glen Hope Ivan Jane Kurt Lena Mark Nora Owen Pia Ross Sara Todd Una Vera Walt Zoe "
    "Brian Clara Edith Frank Grace Henry Irene Julia Keith Laura Miles Nadia Oscar Paula Ralph Susan Teresa"
)
_LAST_HEADS: Final = _words(
    "Ash Bram Cald Dun Elder Fen Grim Hal Kirk Lang Marl North Oak Pem Quill Rush Stan Thorn Wal Yar"
)
_LAST_ENDS: Final = _words(
    "bury combe den field ford ham ley mere more ridge shaw stead thwaite ton wick wood worth by"
)
_FORMS: Final = (("ООО «", "»"), ("АО «", "»"), ("ООО ТД «", "»"), ("ИП ", ""))
_TRADES: Final = ("энерго", "монтаж", "строй", "свет", "сеть", "торг")
_LATIN_FORMS: Final = (" Ltd", " GmbH", " & Sons", " Oy", ", Inc.", " Electric")
_ROOTS: Final = ("example.com", "example.org", "example.net")


class Person(NamedTuple):
    """Somebody who writes or answers."""

    first: str
    last: str
    login: str
    """The part of the mail address in front of the @."""
    russian: bool

    @property
    def full(self) -> str:
        """First name and last name."""
        return f"{self.first} {self.last}"


class Company(NamedTuple):
    """A client; its domain is a subdomain of a reserved example domain."""

    name: str
    domain: str
    russian: bool


class Names:
    """Who stands behind an index; the same seed gives the same people.

    `company(index)` is the company with this index; recent answers are kept, for every case asks.
    """

    def __init__(self, seed: int) -> None:
        self._people = salt(seed, "people")
        self._companies = salt(seed, "companies")
        self.company = lru_cache(maxsize=_KEPT)(self._company)

    def person(self, index: int) -> Person:
        """The person with this index."""
        bits = mixed(index, self._people)
        russian = bits % 100 < _RUSSIAN_SHARE
        return _russian(bits >> 8) if russian else _english(bits >> 8)

    def _company(self, index: int) -> Company:
        bits = mixed(index, self._companies)
        head, middle = _HEADS[(bits >> 8) % len(_HEADS)], _MIDDLES[(bits >> 16) % len(_MIDDLES)]
        root, number = _ROOTS[(bits >> 24) % 3], (bits >> 40) % 900 + 100
        domain = f"{head[1]}{middle[1]}{number}.{root}"
        if bits % 100 < _RUSSIAN_SHARE:
            form, trade = _FORMS[(bits >> 28) % len(_FORMS)], _TRADES[(bits >> 32) % len(_TRADES)]
            return Company(f"{form[0]}{head[0]}{middle[0]}{trade}{form[1]}", domain, russian=True)
        form_latin = _LATIN_FORMS[(bits >> 28) % len(_LATIN_FORMS)]
        return Company(f"{head[1].title()}{middle[1]}{number % 10 or ''}{form_latin}", domain, russian=False)

    def mail(self, index: int, person: Person, company: Company | None) -> str:
        """The address of the person with this index, which colleagues may share."""
        bits = mixed(index, self._people) >> 32
        domain = company.domain if company else f"mail.{_ROOTS[bits % 3]}"
        return f"office@{domain}" if company and bits % _SHARED_MAILBOX == 0 else f"{person.login}@{domain}"


def phone(bits: int) -> str:
    """A number under the country code 7 in the area 000, which is given to nobody."""
    return f"+7 000 {bits % 900 + 100}-{(bits >> 12) % 90 + 10}-{(bits >> 20) % 90 + 10}"


def _russian(bits: int) -> Person:
    woman = bits & 1
    first = (_WOMEN if woman else _MEN)[(bits >> 1) % 17]
    head, middle, end = (
        _HEADS[(bits >> 8) % len(_HEADS)],
        _MIDDLES[(bits >> 16) % len(_MIDDLES)],
        _ENDS[(bits >> 24) % 3],
    )
    last, latin = head[0] + middle[0] + end[woman], head[1] + middle[1] + end[2 + woman]
    return Person(first[0], last, f"{first[1]}.{latin}", russian=True)


def _english(bits: int) -> Person:
    first = _FIRST[(bits >> 1) % len(_FIRST)]
    last = _LAST_HEADS[(bits >> 8) % len(_LAST_HEADS)] + _LAST_ENDS[(bits >> 16) % len(_LAST_ENDS)]
    return Person(first, last, f"{first}.{last}".lower(), russian=False)
