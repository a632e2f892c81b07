"""A real Dovecot of the test's own: in a temporary folder, on high ports of this machine, killed by its process id."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import imapclient
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MISSING: Final = "needs dovecot-imapd"
_PATIENCE_S: Final = 30.0
_CONFIG: Final = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_verbose = yes
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/%u
}}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def program() -> str:
    """Where Dovecot is; the test is skipped where it is not installed."""
    found = shutil.which("dovecot") or shutil.which("/usr/sbin/dovecot")
    if found is None:
        pytest.skip(MISSING)
    return found


@dataclass
class Dovecot:
    """A server with users whose mails are files."""

    folder: Path
    plain: int
    tls: int
    uid: int
    gid: int
    passwords: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    _count: int = 0

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def add_user(self, name: str, password: str | None = None) -> str:
        """Make a user, or empty the mailboxes of one; answers the password. Dovecot sees a new one after a second."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        self.passwords[name] = password or self.passwords.get(name) or secrets.token_hex(8)
        lines = [f"{user}:{{PLAIN}}{word}" for user, word in self.passwords.items()]
        (self.folder / "users").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for part in ("cur", "new", "tmp"):
            self._own(self.folder / name / "Maildir" / part)
        return self.passwords[name]

    def address(self, user: str, *folders: str, scheme: str = "imaps", port: int = 0, password: str = "") -> str:
        """The mailbox as a setting names it."""
        port = port or (self.tls if scheme == "imaps" else self.plain)
        word = quote(password or self.passwords[user], safe="")
        more = "&".join(f"folder={quote(folder, safe='')}" for folder in folders)
        return f"{scheme}://{quote(user, safe='')}:{word}@localhost:{port}/" + (f"?{more}" if more else "")

    def deliver(self, user: str, mail: bytes, folder: str = "") -> None:
        """Put a mail into the INBOX, or into a folder, as a mail server on this machine does."""
        self._count += 1
        place = self.folder / user / "Maildir" / (f".{folder}" if folder else "")
        for part in ("cur", "new", "tmp"):
            self._own(place / part)
        name = f"{int(time.time())}.M{self._count:08}P1.localhost"
        new = place / "tmp" / name
        new.write_bytes(mail)
        os.chown(new, self.uid, self.gid)
        new.rename(place / "new" / name)

    def forget_uids(self, user: str) -> None:
        """Lose the list of UIDs, as a restored backup does: the folder gets another UIDVALIDITY."""
        for file in (self.folder / user / "Maildir").glob("**/dovecot*"):
            if file.is_file():
                file.unlink()

    @contextmanager
    def client(self, folder: str = "INBOX", user: str = "support") -> Iterator[Any]:
        """Somebody else who has a mailbox open, by imapclient."""
        context = ssl.create_default_context(cafile=self.certificate)
        with imapclient.IMAPClient("localhost", self.tls, ssl_context=context) as client:
            client.login(user, self.passwords[user])
            client.select_folder(folder)
            yield client

    def start(self) -> None:
        self.process = subprocess.Popen(
            [program(), "-F", "-c", str(self.folder / "dovecot.conf")], start_new_session=True
        )
        end = time.monotonic() + _PATIENCE_S
        while not self._listens():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def kill(self) -> None:
        """End it and all that it has started, so that nothing is tidied up."""
        if self.process is not None:
            family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.send_signal(signal.SIGKILL)
            self.process.wait()
            psutil.wait_procs(family, timeout=_PATIENCE_S)
            self.process = None

    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def logins_refused(self) -> int:
        return self.log().count("Password mismatch")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.tls)) == 0

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        while folder != self.folder:
            os.chown(folder, self.uid, self.gid)
            folder = folder.parent


@contextmanager
def running(folder: Path, **passwords: str) -> Iterator[Dovecot]:
    """A server in this folder, which must have a short path that every user may enter; with users beside `support`."""
    program()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    me = pwd.getpwuid(os.getuid() or pwd.getpwnam("nobody").pw_uid)  # Dovecot reads no mail as root
    certificate, key = _certificate(folder)
    server = Dovecot(folder, free_port(), free_port(), me.pw_uid, me.pw_gid)
    run = folder / "run"
    run.mkdir(exist_ok=True)
    words = {"folder": folder, "run": run, "certificate": certificate, "key": key, "plain": server.plain}
    group = subprocess.run(["id", "-gn", me.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    config = _CONFIG.format(user=me.pw_name, group=group, uid=me.pw_uid, gid=me.pw_gid, tls=server.tls, **words)
    (folder / "dovecot.conf").write_text(config, encoding="utf-8")
    for user, password in {"support": "", **passwords}.items():
        server.add_user(user, password)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that vouches for the name localhost alone, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return certificate, secret


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
