"""Generates ordinary mails: twenty headers, text and HTML, and in every second one a small attachment."""

import base64
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

_RUSSIAN: Final = (
    "здравствуйте заказ не пришёл когда будет исполнен прошу сообщить срок доставки товар договор оплата вчера сегодня "
    "кабинет вход пароль ошибка снова письмо ответ жду спасибо номер адрес телефон склад возврат"
)
_ENGLISH: Final = (
    "hello the order has not arrived when will it be delivered please tell us the date goods contract payment "
    "yesterday today account login password error again letter answer waiting thanks number address phone store"
)
_BEGUN: Final = datetime(2026, 11, 2, 7, tzinfo=UTC)
_WORDS: Final = (60, 220)
_ATTACHED: Final = (4_000, 16_000)


def ordinary(count: int, seed: int = 1) -> list[bytes]:
    """Mails as support centres get them, the same for the same seed."""
    chance = random.Random(seed)
    return [_mail(chance, number) for number in range(count)]


def huge(megabytes: int) -> bytes:
    """A mail with one large attachment."""
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    content = line * (megabytes * 1_000_000 // len(line))
    return _headers(random.Random(1), 1) + _mixed(_part("text/plain", "See below."), _attachment(content))


def _mail(chance: random.Random, number: int) -> bytes:
    words = (_ENGLISH if number % 4 == 0 else _RUSSIAN).split()
    said = " ".join(chance.choices(words, k=chance.randint(*_WORDS)))
    lines = [said[at : at + 70] for at in range(0, len(said), 70)]
    text = "\r\n".join(
        [*lines, "", "On Mon, 2 Nov 2026 at 10:00, Desk <support@example.com> wrote:", "> " + said[:200]]
    )
    paragraphs = "".join(f'<p class="MsoNormal"><span lang="RU">{line}</span></p>\r\n' for line in lines)
    html = f"<html><head><style>p {{margin:0}}</style></head><body>{paragraphs}</body></html>"
    both = _several("alternative", "alt", _part("text/plain", text), _part("text/html", html))
    if number % 2:
        return _headers(chance, number) + both
    content = base64.encodebytes(chance.randbytes(chance.randint(*_ATTACHED))).replace(b"\n", b"\r\n")
    return _headers(chance, number) + _mixed(both, _attachment(content))


def _headers(chance: random.Random, number: int) -> bytes:
    when = format_datetime(_BEGUN + timedelta(minutes=number))
    name = base64.b64encode(f"Клиент {number}".encode()).decode()
    subject = base64.b64encode(f"Заказ {number} не пришёл".encode()).decode()
    key = "\r\n ".join(base64.b64encode(chance.randbytes(54)).decode() for _ in range(4))
    hops = [
        f"Received: from mx{hop}.example.org (mx{hop}.example.org [192.0.2.{hop}])\r\n\tby mx.example.com with ESMTPS"
        f" id {number}.{hop}\r\n\tfor <support@example.com>; {when}"
        for hop in range(4)
    ]
    lines = [
        f"Return-Path: <client{number}@example.org>",
        "Delivered-To: support@example.com",
        *hops,
        f"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k1;\r\n h=from:to:subject:date;\r\n b={key}",
        "Authentication-Results: mx.example.com; dkim=pass; spf=pass; dmarc=pass",
        f"From: =?UTF-8?B?{name}?= <client{number}@example.org>",
        'To: "Support, example" <support@example.com>',
        f"Subject: =?UTF-8?B?{subject}?=",
        f"Date: {when}",
        f"Message-ID: <{number}.{chance.getrandbits(64):x}@example.org>",
        f"In-Reply-To: <{number}.a@example.com>",
        f"References: <{number}.1@example.com> <{number}.2@example.org>\r\n <{number}.a@example.com>",
        "MIME-Version: 1.0",
        "Content-Language: ru",
        "X-Mailer: Example Mailer 16.0",
        f"Thread-Index: {base64.b64encode(chance.randbytes(27)).decode()}",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def _part(kind: str, text: str) -> bytes:
    coded = base64.encodebytes(text.encode()).replace(b"\n", b"\r\n")
    return f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + coded


def _attachment(content: bytes) -> bytes:
    disposition = 'Content-Disposition: attachment; filename="report.pdf"'
    return (
        f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n\r\n".encode()
        + content
    )


def _mixed(*parts: bytes) -> bytes:
    return _several("mixed", "mix", *parts)


def _several(kind: str, boundary: str, *parts: bytes) -> bytes:
    sign = f"--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(sign + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
