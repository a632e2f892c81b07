"""Builds what the actions work with from the settings: database, CRM, intake."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from caseline.chat.chat2desk import NAME as CHAT2DESK
from caseline.chat.chat2desk import Chat2Desk
from caseline.chat.gateway import ChatGateway
from caseline.chat.telegram import Telegram
from caseline.chat.web import NAME as WEB_CHAT
from caseline.chat.web import WebChat
from caseline.crm.bitrix24.adapter import Bitrix24Crm
from caseline.crm.bitrix24.options import Options
from caseline.crm.connect import BITRIX24, Webhook, cards, connect
from caseline.crm.deadlines import DeadlineFrom, Policy, RecalcOnCalendar, RecalcOnCategory
from caseline.crm.intake import Intake
from caseline.crm.port import Crm, NotOffered
from caseline.db import embedded, schema
from caseline.db.engine import open_engine
from caseline.files import address
from caseline.files.bucket import Bucket
from caseline.files.folder import Folder
from caseline.files.rows import Place
from caseline.files.store import Files
from caseline.mail import mailboxes
from caseline.mail.mailboxes import After, Mailbox
from caseline.outbox import keys, server
from caseline.outbox.minting import LinkMint, Mint
from caseline.outbox.server import Server
from caseline.settings import Settings, SettingsError
from caseline.timing.clocks import Clocks
from keywords.source import Words


@dataclass(frozen=True, slots=True)
class House:
    """Open doors: the database with this version's tables, the CRM, the keyword dictionary."""

    settings: Settings
    url: str
    engine: sa.Engine
    crm: Crm
    words: Words = field(default_factory=Words)
    """The keyword dictionary, read again whenever it was saved."""


def database_url(settings: Settings) -> str:
    """URL of the database that the settings mean; starts the embedded server when it is that one."""
    outside = settings.database()
    return outside if outside is not None else embedded.ensure_running(settings.home).url


@dataclass(frozen=True, slots=True)
class Blueprint:
    """By what another process opens the same house."""

    settings: Settings
    url: str

    def join(self) -> House:
        """The house, whose database is up to date already."""
        engine = open_engine(self.url)
        return House(self.settings, self.url, engine, _crm(self.settings, engine))


@contextmanager
def open_house(settings: Settings, *, keep: int = 0, prepares: bool = False) -> Iterator[House]:
    """Start or reach the database, bring its tables up to date, connect the CRM.

    `keep`: connections that stay open; `prepares`: they plan what is always the same once (see `caseline.db.engine`).
    """
    url = database_url(settings)
    schema.upgrade(url)
    engine = open_engine(url, keep=keep, prepares=prepares)
    try:
        yield House(settings, url, engine, _crm(settings, engine))
    finally:
        engine.dispose()


def webhook(settings: Settings) -> Webhook:
    """How the portal is reached; `SettingsError` when nobody has said its address."""
    url = settings.bitrix24()
    if url is None:
        raise SettingsError(
            "CASELINE_BITRIX24_URL: no portal is named; make an inbound webhook on the portal and give its address"
            " (https://PORTAL/rest/USER/CODE/), or a file that holds it as CASELINE_BITRIX24_URL_FILE"
        )
    options = Options(
        rate=settings.bitrix24_rate,
        burst=settings.bitrix24_burst,
        ceiling=settings.bitrix24_ceiling,
        operating=settings.bitrix24_operating,
    )
    return Webhook(
        url,
        options,
        imports=settings.bitrix24_write == "import",
        automation=settings.bitrix24_allow_automation,
        original=settings.bitrix24_created == "original",
    )


def portal(house: House) -> Bitrix24Crm:
    """The portal of the house; `SettingsError` when its CRM is another one."""
    if not isinstance(house.crm, Bitrix24Crm):
        raise SettingsError(f"CASELINE_CRM: it is {house.settings.crm}; say {BITRIX24}, in a home of its own")
    return house.crm


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail comes from."""

    mailboxes: tuple[Mailbox, ...]
    after: After
    ca: Path | None
    largest: int
    """Bytes above which a mail is read from a file."""


def post(settings: Settings) -> Post:
    """Where mail comes from; `SettingsError` when a setting holds nonsense. No mailboxes: nothing comes by mail."""
    try:
        after = mailboxes.read_after(settings.mail_after)
    except ValueError as error:
        raise SettingsError(f"CASELINE_MAIL_AFTER: {error}") from None
    if settings.mail_ca is not None and not settings.mail_ca.is_file():
        raise SettingsError(f"CASELINE_MAIL_CA: {settings.mail_ca} is no file; name one with certificates in PEM form")
    return Post(_mailboxes(settings), after, settings.mail_ca, settings.mail_largest)


def _mailboxes(settings: Settings) -> tuple[Mailbox, ...]:
    found: dict[str, Mailbox] = {}
    for variable, lines in settings.mailboxes():
        try:
            read = mailboxes.read_lines(lines.get_secret_value())
        except ValueError as error:
            raise SettingsError(f"{variable}: {error}") from None
        if not read:
            raise SettingsError(f"{variable}: names no mailbox: write {mailboxes.SHAPE}, or unset it")
        for mailbox in read:
            if mailbox.name in found:
                raise SettingsError(f"{variable}: names {mailbox.name}, as another setting does; name it once")
            found[mailbox.name] = mailbox
    return tuple(found.values())


def files(settings: Settings) -> Files:
    """Where contents of files lie; `SettingsError` when a setting holds nonsense. Nobody is asked whether it works."""
    folder = None if settings.files_folder is None else Folder(settings.files_folder)
    bucket = _bucket(settings)
    place = Place(settings.files_place) if settings.files_place else None
    if (place is Place.FOLDER and folder is None) or (place is Place.BUCKET and bucket is None):
        variable = "CASELINE_FILES_FOLDER" if place is Place.FOLDER else address.SETTING
        raise SettingsError(f"CASELINE_FILES_PLACE: says {place}, but {variable} is not set: set it, or unset this")
    return Files(folder, bucket, place or (Place.BUCKET if bucket else Place.FOLDER if folder else Place.DATABASE))


def _bucket(settings: Settings) -> Bucket | None:
    named = settings.files_bucket()
    if settings.files_ca is not None and not settings.files_ca.is_file():
        raise SettingsError(
            f"CASELINE_FILES_CA: {settings.files_ca} is no file; name one with certificates in PEM form"
        )
    if named is None:
        return None
    try:
        return Bucket(address.read(named), settings.files_ca)
    except ValueError as error:
        variable = address.SETTING if settings.files_s3 else f"{address.SETTING}_FILE: {settings.files_s3_file}"
        raise SettingsError(f"{variable}: {error}") from None


def _crm(settings: Settings, engine: sa.Engine) -> Crm:
    return connect(settings.crm, engine, webhook(settings) if settings.crm == BITRIX24 else None)


def own_intake(house: House, what: str) -> Intake:
    """The intake for what somebody does here; `NotOffered` where people work in a portal that the register mirrors."""
    if house.settings.crm == BITRIX24:
        raise NotOffered(
            BITRIX24, f"{what} from here", "do it in the portal; the next sync brings it into the register"
        )
    return intake(house)


def intake(house: House) -> Intake:
    """What requests are opened, categorised and moved by; keeps the clocks that it has built."""
    settings = house.settings
    policy = Policy(
        DeadlineFrom(settings.deadline_from),
        RecalcOnCategory(settings.recalc_on_category),
        RecalcOnCalendar(settings.recalc_on_calendar),
    )
    return Intake(cards(settings.crm), Clocks(), policy, house.words, shares=settings.crm != BITRIX24)


def mint(house: House, connection: sa.Connection, *, now: datetime) -> Mint:
    """What mints and knows again Message-IDs and reply addresses; `SettingsError` when we have no address."""
    address = house.settings.mail_address
    if address is None:
        raise SettingsError("CASELINE_MAIL_ADDRESS: nobody has said our own address; set it (support@example.org)")
    domain = address.rpartition("@")[2].lower()
    return Mint(keys.ready(connection, now=now), domain, address, house.settings.mail_name)


def public_url(settings: Settings) -> str:
    """Where people outside reach our pages, without a slash at its end; `SettingsError` when nobody has said it."""
    if settings.public_url is None:
        raise SettingsError(
            "CASELINE_PUBLIC_URL: nobody has said where people outside reach our pages, so no letter can hold a link to"
            " one; set it (https://feedback.example.org)"
        )
    return settings.public_url.rstrip("/")


def link_mint(house: House, connection: sa.Connection, *, now: datetime) -> LinkMint | None:
    """What mints the links in letters; None where nobody has said at which address they are served."""
    return None if house.settings.public_url is None else LinkMint(keys.ready(connection, now=now))


def mail_server(settings: Settings) -> Server:
    """The server that takes our letters; `SettingsError` when there is none."""
    url = settings.smtp()
    if url is None:
        raise SettingsError(
            "CASELINE_SMTP_URL: no mail server is named; say smtps://user:password@host:465, or give a file that holds"
            " it as CASELINE_SMTP_URL_FILE"
        )
    domain = (settings.mail_address or "").rpartition("@")[2]
    return server.read(url, helo=domain or "localhost", ca=settings.mail_ca)


def chat_gateway(settings: Settings) -> ChatGateway:
    """The messenger by which people are asked; close it. `SettingsError` when its settings cannot be used."""
    if settings.chat == WEB_CHAT:
        return WebChat()
    token = settings.chat_secret()
    if settings.chat == CHAT2DESK:
        return Chat2Desk(token, settings.chat_transport, settings.chat_channel, settings.chat_url)
    return Telegram(token, settings.chat_url, hooked=settings.chat_hook_secret() is not None)
