"""Cases of what people and machines write: quotes of mailers, automatic mails, bounces."""

from tests.unit.mail.corpus.building import Cases, attached, html, mail, multipart, part, plain, several

NEW = "Спасибо, помогло.\n"
OLD = "Здравствуйте, попробуйте снова.\n"
quotes = Cases("quotes")


def told(text: str) -> dict[str, bytes]:
    """Headers of a plain text in UTF-8."""
    assert text
    return {"Content-Type": b"text/plain; charset=utf-8"}


def quoted(name: str, new: str, old: str, after: str = "") -> None:
    """A text of new words, folded words, and new ones again."""
    text = new + old + after
    quotes.body(name, told(text), text.replace("\n", "\r\n").encode(), text=text, new_text=new + after, quoted=old)


for name, head in (
    ("Gmail in English", "On Mon, Nov 2, 2026 at 10:00 AM Desk <support@example.com> wrote:\n"),
    (
        "Gmail in English, folded",
        "On Mon, Nov 2, 2026 at 10:00 AM Desk of the whole example <\nsupport@example.com> wrote:\n",
    ),
    ("Gmail in Russian", "пн, 2 нояб. 2026 г. в 10:00, Desk <support@example.com>:\n"),
    ("Apple Mail in English", "On 2 Nov 2026, at 10:00, Desk <support@example.com> wrote:\n"),
    ("Apple Mail in Russian", "2 нояб. 2026 г., в 10:00, Desk <support@example.com> написал(а):\n"),
    ("Thunderbird in English", "On 02.11.2026 10:00, Desk wrote:\n"),
    ("Thunderbird in Russian", "02.11.2026 10:00, Desk пишет:\n"),
    ("Mail.ru", "Понедельник, 2 ноября 2026, 10:00 +03:00 от Desk <support@example.com>:\n"),
    ("Yandex", '02.11.2026, 10:00, "Desk" <support@example.com>:\n'),
):
    marked = head + "> Здравствуйте,\n> попробуйте снова.\n"
    quoted(f"{name}, marked", NEW + "\n", marked)
    quoted(f"{name}, answer below", "", marked, "\nСпасибо, помогло.")
    quoted(f"{name}, not marked", NEW + "\n", head + OLD)
for name, head in (
    (
        "Outlook in English",
        "From: Desk <support@example.com>\nSent: Monday, November 2, 2026 10:00 AM\nTo: Anna <anna@example.org>\nSubject: RE: Order\n\n",
    ),
    (
        "Outlook in Russian",
        "От: Desk <support@example.com>\nОтправлено: 2 ноября 2026 г. 10:00\nКому: Anna <anna@example.org>\nТема: RE: Заказ\n\n",
    ),
    (
        "Outlook, with its line",
        "________________________________\nFrom: Desk <support@example.com>\nSent: Monday, November 2, 2026 10:00 AM\nTo: Anna\nSubject: RE: Order\n\n",
    ),
    ("Outlook of old", "-----Original Message-----\nFrom: Desk\nSent: Monday\n\n"),
    ("Outlook of old in Russian", "-----Исходное сообщение-----\nОт: Desk\n\n"),
    ("Apple Mail forwards", "Begin forwarded message:\n\nFrom: Desk <support@example.com>\n\n"),
    (
        "Gmail forwards",
        "---------- Forwarded message ---------\nFrom: Desk <support@example.com>\nDate: Mon\nSubject: x\n\n",
    ),
    ("Mail.ru forwards", "-------- Пересылаемое сообщение --------\nОт кого: Desk\n\n"),
    ("Yandex forwards", "-------- Пересылаемое сообщение --------\n02.11.2026, 10:00, Desk\n\n"),
):
    quoted(name, NEW + "\n", head + OLD)
INTERLEAVED = "> Когда пришлёте?\nЗавтра утром.\n> Сколько штук?\nПять.\n"
quotes.body(
    "answers between the lines stay new",
    told(INTERLEAVED),
    INTERLEAVED.encode(),
    text=INTERLEAVED,
    new_text="Завтра утром.\nПять.\n",
    quoted="> Когда пришлёте?\n> Сколько штук?\n",
)
for sentence in (
    "From: the top of the page I cannot see anything.\nPlease help.\n",
    "From: what I know, the order was sent.\nTo: my surprise it never came.\nPlease check.\n",
    "От: первого до последнего листа всё пустое.\nПомогите.\n",
    "On Monday I wrote:\nnobody answered.\n",
    "Date: yesterday I called you.\nNobody was there.\n",
):
    quotes.body(
        f"a sentence that begins like a header: {sentence.split()[0]} {sentence.split()[1]}",
        told(sentence),
        sentence.encode(),
        text=sentence,
        new_text=sentence,
        quoted="",
    )
ONLY = "> all of it\n> is quoted\n"
quotes.body("nothing but a quote is no quote", told(ONLY), ONLY.encode(), text=ONLY, new_text=ONLY, quoted="")
quoted("a signature in English", NEW, "-- \nAnna Example\n+7 000 000-00-00\n")
quoted("a signature in Russian", NEW, "С уважением,\nАнна\n")
quoted("sent from a phone", NEW, "Отправлено с iPhone\n")
quoted("a disclaimer", NEW, "Это сообщение конфиденциально и предназначено только адресату.\n")
quotes.body(
    "a quote in HTML alone",
    {"Content-Type": b"text/html; charset=utf-8"},
    '<div>Спасибо</div><div class="gmail_quote">пн, 2 нояб. 2026 г. в 10:00, Desk &lt;support@example.com&gt;:<br><blockquote class="gmail_quote">старое</blockquote></div>'.encode(),
    text="Спасибо\nпн, 2 нояб. 2026 г. в 10:00, Desk <support@example.com>:\n> старое",
    new_text="Спасибо\n",
    quoted="пн, 2 нояб. 2026 г. в 10:00, Desk <support@example.com>:\n> старое",
)
quotes.body(
    "answers between quotes in HTML alone",
    {"Content-Type": b"text/html; charset=utf-8"},
    '<blockquote type="cite">Когда?</blockquote><p>Завтра.</p><blockquote type="cite">Сколько?</blockquote><p>Пять.</p>'.encode(),
    new_text="\nЗавтра.\n\n\nПять.",
    quoted="> Когда?\n> Сколько?\n",
)
quotes.body(
    "a blockquote that only indents stays new",
    {"Content-Type": b"text/html; charset=utf-8"},
    "<p>Вот текст:</p><blockquote>важное</blockquote>".encode(),
    new_text="Вот текст:\n\nважное",
    quoted="",
)

ATTRIBUTION = '02.11.2026, 10:00, "Desk" &lt;support@example.com&gt;:'
OUTLOOK = (
    '<p class=MsoNormal>Спасибо!<o:p></o:p></p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>{0}:</b> Desk '
    "&lt;support@example.com&gt;<br><b>{1}:</b> 2 ноября 2026 г. 10:00<br><b>{2}:</b> Anna<br><b>{3}:</b> x</p></div><p>старое</p>"
)
MAIL_RU = (
    "Спасибо!<br><blockquote style='border-left:1px solid'>Понедельник, 2 ноября 2026, 10:00 +03:00 от Desk "
    "&lt;support@example.com&gt;:<br><div>старое</div></blockquote>"
)
PHONE = (
    'Спасибо!<br><div dir="ltr">Отправлено с iPhone</div><blockquote type="cite">2 нояб. 2026 г., в 10:00, Desk '
    "&lt;support@example.com&gt; написал(а):<br>старое</blockquote>"
)
BELOW = (
    '<div class="moz-cite-prefix">02.11.2026 10:00, Desk пишет:<br></div><blockquote type="cite">старое</blockquote>'
    "<p>Спасибо!</p>"
)
for name, source, new in (
    ("Outlook in Russian", OUTLOOK.format("От", "Отправлено", "Кому", "Тема"), "Спасибо!\n\n"),
    ("Outlook in English", OUTLOOK.format("From", "Sent", "To", "Subject"), "Спасибо!\n\n"),
    ("Yandex", f"<div>Спасибо!</div><div>{ATTRIBUTION}</div><blockquote><p>старое</p></blockquote>", "Спасибо!\n"),
    ("Mail.ru", MAIL_RU, "Спасибо!\n"),
    ("Apple Mail on a phone", PHONE, "Спасибо!\n"),
    ("Thunderbird, answer below", BELOW, "\nСпасибо!"),
):
    headers = {"Content-Type": b"text/html; charset=utf-8"}
    quotes.body(f"HTML alone, {name}", headers, source.encode(), new_text=new)

automatic = Cases("automatic mails")
for name, headers, reason in (
    ("X-Loop", {"X-Loop": b"support@example.com"}, "loop"),
    ("Auto-Submitted: auto-replied", {"Auto-Submitted": b"auto-replied"}, "out-of-office"),
    ("Auto-Submitted: auto-replied with a comment", {"Auto-Submitted": b"auto-replied (vacation)"}, "out-of-office"),
    ("Auto-Submitted: auto-generated", {"Auto-Submitted": b"auto-generated"}, "auto-submitted"),
    ("Auto-Submitted: auto-notified", {"Auto-Submitted": b"auto-notified; owner-email=x"}, "auto-submitted"),
    ("Auto-Submitted: no", {"Auto-Submitted": b"no"}, None),
    ("Auto-Submitted: No", {"Auto-Submitted": b"No"}, None),
    ("X-Autoreply: yes", {"X-Autoreply": b"yes"}, "out-of-office"),
    ("X-Autoreply: no", {"X-Autoreply": b"no"}, None),
    ("X-Autorespond", {"X-Autorespond": b"Away"}, "out-of-office"),
    ("X-Mail-Autoreply", {"X-Mail-Autoreply": b"yes"}, "out-of-office"),
    ("Precedence: auto_reply", {"Precedence": b"auto_reply"}, "out-of-office"),
    ("Precedence: bulk", {"Precedence": b"bulk"}, "bulk"),
    ("Precedence: junk", {"Precedence": b"Junk"}, "bulk"),
    ("Precedence: list", {"Precedence": b"list"}, "list"),
    ("Precedence: first-class", {"Precedence": b"first-class"}, None),
    ("List-Id", {"List-Id": b"<news.example.org>"}, "list"),
    ("X-Auto-Response-Suppress: All", {"X-Auto-Response-Suppress": b"All"}, "machine"),
    ("X-Auto-Response-Suppress: OOF, AutoReply", {"X-Auto-Response-Suppress": b"DR, OOF, AutoReply"}, "machine"),
    ("X-Auto-Response-Suppress of receipts alone", {"X-Auto-Response-Suppress": b"DR, RN, NRN"}, None),
    ("X-FC-MachineGenerated", {"X-FC-MachineGenerated": b"true"}, "machine"),
    ("an empty Return-Path", {"Return-Path": b"<>"}, "no-sender"),
    ("an empty Return-Path with a blank", {"Return-Path": b"< >"}, "no-sender"),
    ("a Return-Path", {"Return-Path": b"<anna@example.org>"}, None),
    ("mailer-daemon", {"From": b"MAILER-DAEMON@mx.example.org"}, "bounce"),
    ("postmaster", {"From": b"Postmaster <postmaster@example.org>"}, "bounce"),
    ("a daemon without an address", {"From": b"Mailer-Daemon (Mail Delivery System)"}, "bounce"),
    ("no-reply", {"From": b"no-reply@example.org"}, "no-reply"),
    ("noreply", {"From": b"NoReply@example.org"}, "no-reply"),
    ("do-not-reply", {"From": b"do-not-reply@example.org"}, "no-reply"),
    ("donotreply", {"From": b"donotreply@example.org"}, "no-reply"),
    ("bounces", {"From": b"bounces+15=anna@example.org"}, "no-reply"),
    ("a person whose name holds no-reply", {"From": b"No Reply <anna@example.org>"}, None),
    ("a person whose address begins alike", {"From": b"noreen@example.org"}, None),
    ("subject Автоответ:", {"Subject": "Автоответ: Заказ".encode()}, "out-of-office"),
    ("subject Автоматический ответ:", {"Subject": "Автоматический ответ: Заказ".encode()}, "out-of-office"),
    ("subject Automatic reply:", {"Subject": b"Automatic reply: Order"}, "out-of-office"),
    ("subject Out of Office:", {"Subject": b"Out of Office: Order"}, "out-of-office"),
    ("subject Out of office without more", {"Subject": b"Out of office lights are broken"}, None),
    (
        "subject Out of office with a marker",
        {"Subject": b"Out of office", "X-Auto-Response-Suppress": b"All"},
        "out-of-office",
    ),
    (
        "subject in Russian with a marker",
        {"Subject": "Я в отпуске до 10 ноября".encode(), "Return-Path": b"<>"},
        "out-of-office",
    ),
    ("an answer to an automatic reply", {"Subject": b"Re: Automatic reply: Order"}, None),
    ("a list about automatic replies", {"Subject": b"Automatic reply: Order", "List-Id": b"<l.example.org>"}, "list"),
    ("List-Unsubscribe alone", {"List-Unsubscribe": b"<https://example.org/u>"}, None),
    ("an ordinary mail", {}, None),
):
    automatic.mail(name, mail(b"Hello", headers), automatic=reason)
# Whether the mark is ours, only the mint can tell.
automatic.mail(
    "a letter of this program", mail(b"Hello", {"X-Caseline": b"mark; personal"}), automatic=None, loop="mark; personal"
)

bounces = Cases("bounces")
ORIGINAL = mail(
    b"Hello", {"Message-ID": b"<out1@example.com>", "From": b"support@example.com", "To": b"gone@example.org"}
)
DAEMON = {"From": b"Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Return-Path": b"<>"}


def status(*blocks: bytes) -> bytes:
    """A part with the status of a delivery."""
    return part(b"message/delivery-status", b"Reporting-MTA: dns; mx.example.org\r\n\r\n" + b"\r\n".join(blocks))


def recipient(address: bytes, action: bytes, code: bytes) -> bytes:
    """The block of one recipient."""
    return b"Final-Recipient: rfc822; " + address + b"\r\nAction: " + action + b"\r\nStatus: " + code + b"\r\n"


def report(*parts: bytes) -> bytes:
    """A multipart/report of delivery."""
    return mail(
        several([plain("It failed."), *parts]),
        {**DAEMON, "Content-Type": b"multipart/report; report-type=delivery-status; boundary=b1"},
    )


COPY = part(b"message/rfc822", ORIGINAL)
HEAD = part(b"text/rfc822-headers", ORIGINAL.partition(b"\r\n\r\n")[0] + b"\r\n")
GONE = recipient(b"gone@example.org", b"failed", b"5.1.1")
for name, raw, expected in (
    (
        "failed, with the letter",
        report(status(GONE), COPY),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "failed, with its headers",
        report(status(GONE), HEAD),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "late",
        report(status(recipient(b"gone@example.org", b"delayed", b"4.4.1")), HEAD),
        (["out1@example.com"], ["gone@example.org"], "4.4.1", False),
    ),
    (
        "delivered",
        report(status(recipient(b"gone@example.org", b"delivered", b"2.0.0")), HEAD),
        (["out1@example.com"], [], None, False),
    ),
    (
        "two recipients, one failed for good",
        report(status(recipient(b"late@example.org", b"delayed", b"4.4.1"), GONE), HEAD),
        (["out1@example.com"], ["late@example.org", "gone@example.org"], "5.1.1", True),
    ),
    (
        "two recipients, one delivered",
        report(status(recipient(b"ok@example.org", b"delivered", b"2.0.0"), GONE), HEAD),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "status with words",
        report(status(recipient(b"gone@example.org", b"failed", b"5.1.1 (unknown user)")), HEAD),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "the original recipient counts",
        report(status(b"Original-Recipient: rfc822;old@example.org\r\n" + GONE), HEAD),
        (["out1@example.com"], ["old@example.org"], "5.1.1", True),
    ),
    ("no copy of the letter", report(status(GONE)), ([], ["gone@example.org"], "5.1.1", True)),
    (
        "no copy, but a reference",
        report(status(GONE)).replace(b"Subject:", b"In-Reply-To: <out1@example.com>\r\nSubject:", 1),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    ("no status at all", report(COPY), (["out1@example.com"], [], None, False)),
    (
        "without its type",
        report(status(GONE), COPY).replace(b"report-type=delivery-status; ", b""),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "in words, as Exim writes",
        mail(
            b"This message was created automatically by mail delivery software.\r\n\r\n  gone@example.org\r\n    550 5.1.1 no such user\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\nMessage-ID: <out1@example.com>\r\nSubject: x\r\n",
            {**DAEMON, "X-Failed-Recipients": b"gone@example.org"},
        ),
        (["out1@example.com"], ["gone@example.org"], "5.1.1", True),
    ),
    (
        "in words, as qmail writes",
        mail(
            b"Hi. This is the qmail-send program.\r\n\r\n<gone@example.org>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 no such user\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <out1@example.com>\r\n",
            DAEMON,
        ),
        (["out1@example.com"], ["gone@example.org"], "5.0.0", True),
    ),
    (
        "in Russian words",
        mail(
            "Ваше письмо не доставлено.\r\n\r\ngone@example.org\r\n\r\n450 4.2.2 ящик переполнен\r\n\r\nИсходное сообщение:\r\nMessage-ID: <out1@example.com>\r\n".encode(),
            {**DAEMON, "Content-Type": b"text/plain; charset=utf-8"},
        ),
        (["out1@example.com"], ["gone@example.org"], "4.2.2", False),
    ),
    ("a mail of a postmaster without a word", mail(b"", DAEMON), ([], [], None, False)),
):
    bounces.mail(f"report: {name}", raw, automatic="bounce", bounce=expected)
OURS, THEIRS = b"<45.0.7.abc@example.com>", b"<0100-000000@mail.provider.example>"
REPLY_TO = b"Support <support+45.abc@example.com>"
for name, parts, ids, answers in (
    (
        "an id that a provider put in place of ours",
        [status(GONE), part(b"text/rfc822-headers", b"Message-ID: " + THEIRS + b"\r\nX-Caseline-Letter: " + OURS)],
        ["0100-000000@mail.provider.example", "45.0.7.abc@example.com"],
        [],
    ),
    (
        "an id of a provider that kept ours",
        [
            status(GONE),
            part(b"text/rfc822-headers", b"X-Google-Original-Message-ID: " + OURS + b"\r\nMessage-ID: " + THEIRS),
        ],
        ["0100-000000@mail.provider.example", "45.0.7.abc@example.com"],
        [],
    ),
    (
        "only our reply address",
        [status(GONE), part(b"message/rfc822", mail(b"Hello", {"Message-ID": THEIRS, "Reply-To": REPLY_TO}))],
        ["0100-000000@mail.provider.example"],
        ["support+45.abc@example.com"],
    ),
    (
        "a copy in the text, with an id that is quoted below",
        [
            plain(
                "<gone@example.org>:\r\n550 5.1.1 no such user\r\n--- Below this line is a copy of the message.\r\n\r\n"
                f"Reply-To: Support\r\n {REPLY_TO.decode()}\r\nMessage-ID: {THEIRS.decode()}\r\n"
                f"X-Caseline-Letter: {OURS.decode()}\r\n\r\nHello\r\n> Message-ID: <quoted@example.net>\r\n"
            )
        ],
        ["0100-000000@mail.provider.example", "45.0.7.abc@example.com"],
        ["support+45.abc@example.com"],
    ),
):
    said = (ids, ["gone@example.org"], "5.1.1", True)
    bounces.mail(f"report: {name}", report(*parts), automatic="bounce", bounce=said, bounce_reply_to=answers)
RECEIPT = {"Content-Type": b"multipart/report; report-type=disposition-notification; boundary=b1"}
bounces.mail(
    "a receipt",
    mail(
        several(
            [
                plain("Read."),
                part(b"message/disposition-notification", b"Disposition: manual-action/MDN-sent-manually; displayed"),
            ]
        ),
        RECEIPT,
    ),
    automatic="receipt",
    bounce=None,
)
bounces.mail(
    "a person forwards a bounce",
    multipart(b"multipart/mixed", [plain("What is this?"), part(b"message/rfc822", report(status(GONE), COPY))]),
    automatic=None,
    bounce=None,
)
bounces.mail(
    "an attachment called like a report",
    multipart(b"multipart/mixed", [plain("x"), attached(b"delivery-status.txt"), html("<p>y</p>")]),
    automatic=None,
    bounce=None,
)

trust = Cases("authentication")
for name, values, passed in (
    ("DMARC passed", [b"mx.example.com; spf=pass; dmarc=pass (p=none) header.from=example.org"], True),
    ("DMARC failed", [b"mx.example.com; dmarc=fail header.from=example.org"], False),
    ("no result", [b"mx.example.com; none"], None),
    ("DMARC none", [b"mx.example.com; dmarc=none"], None),
    ("another server's word", [b"mx.example.net; dmarc=pass"], None),
    ("another server's and ours", [b"mx.example.net; dmarc=pass", b"mx.example.com; dmarc=fail"], False),
    ("two of ours: the upper counts", [b"mx.example.com; dmarc=fail", b"mx.example.com; dmarc=pass"], False),
    ("ours in capitals with a version", [b"MX.EXAMPLE.COM 1; dmarc=pass"], True),
    ("the word in a comment", [b"mx.example.com (; dmarc=pass); spf=fail"], None),
    ("a server whose name begins alike", [b"mx.example.com.evil.example.net; dmarc=pass"], None),
    ("folded", [b"mx.example.com;\r\n\tdkim=pass;\r\n\tdmarc=pass"], True),
):
    lines = b"".join(b"Authentication-Results: " + value + b"\r\n" for value in values)
    trust.mail(f"Authentication-Results: {name}", lines + mail(), dmarc=passed)

ALL = [*quotes.made, *automatic.made, *bounces.made, *trust.made]
