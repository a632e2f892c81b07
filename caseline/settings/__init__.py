"""The one frozen object of settings, read from `CASELINE_*` variables by the entrances and by actions.wiring."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal

import platformdirs
from pydantic import AfterValidator, ByteSize, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from caseline.settings.chat import ChatSettings
from caseline.settings.monitoring import MAILS, MonitoringSettings
from caseline.settings.retention import RetentionSettings
from caseline.settings.secret_files import PREFIX, SettingsError, read, secret

__all__ = ["PREFIX", "Settings", "SettingsError", "is_webhook", "load"]

_WEBHOOK: Final = re.compile(
    r"(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?/rest/[0-9]+/[A-Za-z0-9_-]+/?"
)
_ADDRESS: Final = r"^(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"
_SMTP: Final = re.compile(
    r"(smtps|smtp\+starttls)://([^\s/@:]+(:[^\s/@:]*)?@)?[A-Za-z0-9.-]+(:[0-9]{1,5})?/?"
    r"|smtp://([^\s/@:]+(:[^\s/@:]*)?@)?(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?/?"
)
_SMTP_SHAPE: Final = (
    "must be smtps://user:password@host:465 or smtp+starttls://user:password@host:587 (@ : / % in user and password as"
    " %40 %3A %2F %25); smtp://localhost:25 without TLS to this machine only"
)
_MAIL: Final = r"^[A-Za-z0-9._-]{1,20}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,63}$"
_WEBHOOK_SHAPE: Final = "must be the address of an inbound webhook: https://PORTAL/rest/USER/CODE/"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _postgresql(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        message = "must begin with postgresql:// (for example postgresql://user:password@host:5432/caseline)"
        raise ValueError(message)
    return url


def is_webhook(url: str) -> bool:
    """Whether this is the address of an inbound webhook; without TLS only on this machine."""
    return _WEBHOOK.fullmatch(url) is not None


def _webhook(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not is_webhook(url.get_secret_value()):
        raise ValueError(_WEBHOOK_SHAPE)
    return url


def _smtp(url: SecretStr | None) -> SecretStr | None:
    if url is not None and _SMTP.fullmatch(url.get_secret_value()) is None:
        raise ValueError(_SMTP_SHAPE)
    return url


class Settings(ChatSettings, MonitoringSettings, RetentionSettings, BaseSettings):
    """Everything that can be set from outside; wrong values fail at start with the variable's name."""

    # A variable that is set to nothing is not set: CASELINE_HOME= must not make the folder one stands in a home.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("caseline", appauthor=False))
    )
    """Folder of all state: embedded server, logs, backups."""
    database_url: Annotated[SecretStr | None, AfterValidator(_postgresql)] = None
    """PostgreSQL >= 16 instead of the embedded server; may also be given by the file `CASELINE_DATABASE_URL_FILE`."""
    database_url_file: Path | None = None
    crm: Literal["embedded", "bitrix24"] = "embedded"
    """System of record behind the port `caseline.crm.port`."""
    bitrix24_url: Annotated[SecretStr | None, AfterValidator(_webhook)] = None
    """Address of an inbound webhook of a Bitrix24 portal; or in the file `CASELINE_BITRIX24_URL_FILE`."""
    bitrix24_url_file: Path | None = None
    bitrix24_write: Literal["import", "add"] = "import"
    """Methods that make records: those for imports start no robots of the portal."""
    bitrix24_created: Literal["now", "original"] = "now"
    """Creation dates of the portal's own: of the import, or original ones as far as they rise from record to record."""
    bitrix24_allow_automation: bool = False
    """Writes may start robots and workflows of the portal, which may write to clients."""
    bitrix24_rate: float = Field(default=2, gt=0, le=1000)
    """Requests that the portal forgets each second; 5 on the plan Enterprise."""
    bitrix24_burst: int = Field(default=50, ge=1, le=10_000)
    """Requests that the portal takes at once; 250 on the plan Enterprise."""
    bitrix24_ceiling: float = Field(default=60, ge=1, le=3600)
    """Seconds after which the portal cuts a request."""
    bitrix24_operating: float = Field(default=480, gt=0)
    """Seconds in ten minutes that each method may work on the portal."""
    bitrix24_event_token: SecretStr | None = None
    """Token of the portal's outgoing webhook; or in the file `CASELINE_BITRIX24_EVENT_TOKEN_FILE`."""
    bitrix24_event_token_file: Path | None = None
    bitrix24_app_id: str | None = None
    """`client_id` of the local application that shows requests on the cards of contacts and companies."""
    bitrix24_app_secret: SecretStr | None = None
    """Its `client_secret`; or in the file `CASELINE_BITRIX24_APP_SECRET_FILE`."""
    bitrix24_app_secret_file: Path | None = None
    bitrix24_app_url: str | None = Field(default=None, pattern=_ADDRESS)
    """Address at which browsers reach `caseline bitrix24 serve`; as the browser tells it unless named."""
    bitrix24_oauth: str = Field(default="https://oauth.bitrix.info/oauth/token/", pattern=_ADDRESS)
    """Where tokens of the application are renewed."""
    smtp_url: Annotated[SecretStr | None, AfterValidator(_smtp)] = None
    """Mail server that takes our letters; or in the file `CASELINE_SMTP_URL_FILE`."""
    smtp_url_file: Path | None = None
    mail_address: str | None = Field(default=None, pattern=_MAIL, max_length=180)
    """Own address: letters come from it. Answers go to it with a plus and a tail before the @, so it is short there."""
    mail_name: str = Field(default="", pattern=r"^[^\x00-\x1f\x7f]*$", max_length=100)
    """Name beside own address."""
    mail_brake: int = Field(default=60, ge=1, le=100_000)
    """Automatic letters within a minute; what is more is held until somebody releases it."""
    mailbox: SecretStr | None = None
    """The mailbox that requests come to: imaps://USER:PASSWORD@HOST/FOLDER?folder=OTHER, percent-encoded."""
    mailboxes_file: Path | None = None
    """Or a file with such an address in each line; lines that begin with `#` are comments."""
    mail_after: str = "keep"
    """What the server is told of a mail once it is stored: keep, seen, keyword:NAME or move:FOLDER."""
    mail_ca: Path | None = None
    """Certificates of an authority of one's own that mail servers are trusted by, beside the system's (PEM)."""
    mail_largest: ByteSize = Field(default=ByteSize(33_554_432), ge=65_536, le=1_073_741_824)
    """A mail above this size is read from a temporary file instead of memory (32MiB)."""
    mail_reopen_days: int = Field(default=14, ge=0, le=3_650)
    """Days after its closing within which a mail opens a request again; later it opens another that is linked."""
    phone_region: str = Field(default="RU", pattern="^[A-Z]{2}$")
    """Country of phones that name none: two capital letters, as RU or KZ."""
    mail_resume_stage: str | None = None
    """Stage into which a client's mail moves a request out of one that pauses; none: it stays where it is."""
    mail_acknowledge: bool = False
    """Whoever opens a request by mail gets a letter that it was received (template `request_received`)."""
    mail_language: Literal["ru", "en"] = "ru"
    """Language of letters that nobody writes by hand."""
    mail_signature: str = Field(default="", max_length=2_000)
    """What %Signature% says in letters."""
    desk_url: str | None = Field(default=None, pattern=_ADDRESS)
    """Address at which staff reach `caseline desk`; where it is named, letters to them carry links to it."""
    triage_hours: int = Field(default=4, ge=0, le=1_000)
    """Business hours after which a request without category is told of; 0: never."""
    heads_see: Literal["all", "own"] = "all"
    """Agreements and reviews that heads see: all, or those of the divisions that they lead."""
    feedback_author: str | None = Field(default=None, max_length=200)
    """In whose name assignments of feedback are given where no head is: a person by mail address, name or `id:7`."""
    hooks_near: bool = False
    """Webhooks may go to private networks and to this machine, too; anywhere else they are refused there."""
    bonus_price: str = Field(default="price", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")
    """Extra field of records that holds the price from which a bonus is taken."""
    bonus_cancelled: str = Field(default="cancelled", max_length=500)
    """Codes of stages, parted by commas, in which a record was cancelled: what it has taken of a bonus comes back."""
    public_url: str | None = Field(default=None, pattern=_ADDRESS)
    """Address at which people outside reach `caseline public serve`; where it is named, letters carry links to it."""
    mail_authserv: str | None = None
    """Name by which own mail server signs Authentication-Results; those that failed its DMARC check are unproven."""
    mail_forms: str = Field(default="", pattern=MAILS, max_length=2_000)
    """Addresses from which forms of one's own write for others, parted by commas: their Reply-To is who writes."""
    files_folder: Annotated[Path | None, AfterValidator(lambda path: path and _absolute(path))] = None
    """Folder of attachments; with neither folder nor bucket they are kept in the database."""
    files_s3: SecretStr | None = None
    """Bucket of an S3-compatible store for them: https://KEY:SECRET@HOST/BUCKET/PREFIX?region=REGION, percent-encoded;
    or in the file `CASELINE_FILES_S3_FILE`."""
    files_s3_file: Path | None = None
    files_ca: Path | None = None
    """Certificates of an authority of one's own that the store is trusted by, beside the system's (PEM)."""
    files_place: Literal["database", "folder", "bucket"] | None = None
    """Where new attachments are kept; none: in the bucket that is named, else in the folder, else in the database."""
    workers: int = Field(default=2, ge=1, le=64)
    """Converters that work beside the loader of an import."""
    dask: str | None = Field(default=None, pattern=r"^(tcp|tls|ws|wss)://[^\s@]+$")
    """Address of a Dask scheduler whose workers sort archives and learn; none: processes of one machine do."""
    feedback_rest_days: int = Field(default=7, ge=0, le=3650)
    """Days for which nobody is asked for feedback again by whatever campaign, smileys left out. 0: no such limit."""
    lease_seconds: int = Field(default=120, ge=1, le=86_400)
    """How long a worker may be silent before another takes its batch (seconds)."""
    deadline_from: Literal["category", "receipt"] = "category"
    """What starts the clock of a request: its first category, or its creation."""
    recalc_on_category: Literal["from_first_category", "from_change"] = "from_first_category"
    """From when a deadline counts after its request has changed category."""
    recalc_on_calendar: Literal["open_only", "never"] = "open_only"
    """Which deadlines follow a new version of their calendar; those of closed requests never do."""

    def database(self) -> str | None:
        """URL of the database outside, or None when the embedded server is wanted."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return None if self.database_url_file is None else read(self.database_url_file, "DATABASE_URL_FILE")

    def bitrix24(self) -> SecretStr | None:
        """Address of the portal's webhook, or None when there is none."""
        if self.bitrix24_url is not None or self.bitrix24_url_file is None:
            return self.bitrix24_url
        url = read(self.bitrix24_url_file, "BITRIX24_URL_FILE")
        if not is_webhook(url):
            raise SettingsError(f"{PREFIX}BITRIX24_URL_FILE: {self.bitrix24_url_file} {_WEBHOOK_SHAPE}")
        return SecretStr(url)

    def bitrix24_events(self) -> SecretStr | None:
        """Token that events of the portal must show, or None when they are not expected."""
        return secret(self.bitrix24_event_token, self.bitrix24_event_token_file, "BITRIX24_EVENT_TOKEN_FILE")

    def forms(self) -> frozenset[str]:
        """Addresses of `mail_forms`, in small letters."""
        return frozenset(self.mail_forms.lower().replace(",", " ").split())

    def smtp(self) -> SecretStr | None:
        """Address of the mail server, or None when there is none."""
        if self.smtp_url is not None or self.smtp_url_file is None:
            return self.smtp_url
        url = read(self.smtp_url_file, "SMTP_URL_FILE")
        if _SMTP.fullmatch(url) is None:
            raise SettingsError(f"{PREFIX}SMTP_URL_FILE: what {self.smtp_url_file} holds {_SMTP_SHAPE}")
        return SecretStr(url)

    def mailboxes(self) -> list[tuple[str, SecretStr]]:
        """(variable, addresses in lines) of all mailboxes; empty when nothing comes by mail."""
        named = [] if self.mailbox is None else [(f"{PREFIX}MAILBOX", self.mailbox)]
        if self.mailboxes_file is not None:
            lines = SecretStr(read(self.mailboxes_file, "MAILBOXES_FILE"))
            named.append((f"{PREFIX}MAILBOXES_FILE: {self.mailboxes_file}", lines))
        return named

    def files_bucket(self) -> SecretStr | None:
        """Address of the bucket of attachments, or None when there is none."""
        return secret(self.files_s3, self.files_s3_file, "FILES_S3_FILE")

    def bitrix24_application(self) -> tuple[str, SecretStr] | None:
        """`client_id` and `client_secret` of the local application, or None when there is none."""
        code = secret(self.bitrix24_app_secret, self.bitrix24_app_secret_file, "BITRIX24_APP_SECRET_FILE")
        return None if code is None or self.bitrix24_app_id is None else (self.bitrix24_app_id, code)


def load() -> Settings:
    """Read the environment; raises `SettingsError` with every bad variable named."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')} (correct or unset it)"
            for e in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from error


def strangers(environ: Iterable[str]) -> list[str]:
    """Variables that look like settings of ours and are none: misspelled ones, mostly."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)
