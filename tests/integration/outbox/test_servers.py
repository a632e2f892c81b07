"""The way to the server: TLS with certificates that are checked, one login, and servers that are not there."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from caseline.outbox import server
from caseline.outbox.faults import CannotSend
from caseline.outbox.sending import AWAY, BARRED
from tests.factories.certificates import self_signed
from tests.factories.letters import new_letter
from tests.factories.mail_server import LOGIN, PASSWORD, Doorkeeper, MailServer, free_port, running, tls
from tests.factories.post import Post

# TLS from the first byte is none to aiosmtpd, which then warns of logins without it.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
Serve = Callable[..., AbstractContextManager[MailServer]]


@pytest.fixture
def serve(post: Post, folder: Path) -> Serve:
    """Run a server with STARTTLS, or TLS from the first byte, whose certificate we trust."""

    @contextmanager
    def run(scheme: str, **options: Any) -> Iterator[MailServer]:  # noqa: ANN401 - of the server
        certificate, key = self_signed(folder)
        secure = "ssl_context" if scheme == "smtps" else "tls_context"
        with running(**{secure: tls(certificate, key)}, **options) as server:
            post.server = server
            post.settings = {
                "smtp_url": SecretStr(server.url(scheme, login=LOGIN, host="localhost")),
                "mail_ca": certificate,
            }
            yield server

    return run


def paused_for(post: Post) -> timedelta:
    with post.engine.connect() as connection:
        until = connection.execute(sa.text("SELECT until FROM outbox.pause")).scalar_one()
        assert until is not None
        return timedelta(seconds=(until - post.now).total_seconds())


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_letters_go_over_tls_with_a_login(post: Post, serve: Serve, scheme: str) -> None:
    keeper = Doorkeeper()
    post.queue(new_letter(1), new_letter(2))
    options = {"auth_require_tls": False} if scheme == "smtps" else {"require_starttls": True}

    with serve(scheme, authenticator=keeper, auth_required=True, **options) as server:
        assert post.send().sent == 2

    assert len(server.mailbox.taken) == 2
    assert keeper.tries == 1


def test_a_wrong_password_stops_the_run_with_one_try_and_is_not_hammered(post: Post, serve: Serve) -> None:
    keeper = Doorkeeper()
    post.queue(new_letter(1), new_letter(2))
    with serve("smtps", authenticator=keeper, auth_require_tls=False) as server:
        right = post.settings["smtp_url"]
        wrong = SecretStr(right.get_secret_value().replace("%25@", "@"))
        post.settings["smtp_url"] = wrong

        done = post.send()
        assert done.barred
        assert "does not accept user 'support@example.org' with this password" in str(done.problem)
        assert "correct CASELINE_SMTP_URL" in str(done.problem)
        assert post.send().paused is not None
        assert keeper.tries == 1
        assert paused_for(post) == BARRED.first

        post.later(minutes=5)
        post.send()
        assert keeper.tries == 2
        assert paused_for(post) == 2 * BARRED.first
        assert {(line.state, line.attempts) for line in post.lines()} == {("queued", 0)}

        post.settings["smtp_url"] = right  # another password is tried at once
        assert post.send().sent == 2
        assert server.mailbox.asked["DATA"] == 2


def test_a_person_may_try_although_the_server_is_left_alone(post: Post, serve: Serve) -> None:
    keeper = Doorkeeper()
    post.queue(new_letter())
    with serve("smtps", authenticator=keeper, auth_require_tls=False):
        post.settings["smtp_url"] = SecretStr(post.settings["smtp_url"].get_secret_value().replace("%25@", "@"))
        post.send()
        post.send(anyway=True)

    assert keeper.tries == 2


def test_a_password_does_not_appear_in_what_is_said_or_kept(post: Post, serve: Serve) -> None:
    plain = b64encode(f"\0support@example.org\0{PASSWORD}".encode()).decode()

    def parrot(*_words: object) -> AuthResult:
        message = f"535 5.7.8 not {PASSWORD}, {b64encode(PASSWORD.encode()).decode()}, {plain}"
        return AuthResult(success=False, handled=False, message=message)

    post.queue(new_letter())
    with serve("smtps", authenticator=parrot, auth_require_tls=False):
        done = post.send()
        with post.engine.connect() as connection:
            kept = [repr(row) for row in connection.execute(sa.text("SELECT * FROM outbox.pause"))]
        said = " ".join([repr(done), *kept, repr(post.house.settings), str(post.house.settings)])

    assert "535 5.7.8 not" in said
    for form in (PASSWORD, b64encode(PASSWORD.encode()).decode(), plain, LOGIN.partition(":")[2]):
        assert form not in said


def test_a_server_that_wants_a_login_and_gets_none_stops_the_run(post: Post) -> None:
    with running(authenticator=Doorkeeper(), auth_required=True, auth_require_tls=False) as wary:
        post.server = wary
        post.queue(new_letter())

        done = post.send()

    assert done.barred
    assert "wants another login (530" in str(done.problem)
    assert post.lines()[0].attempts == 0


def test_a_server_without_login_is_not_sent_the_password(post: Post, serve: Serve) -> None:
    post.queue(new_letter())
    with serve("smtp+starttls", auth_exclude_mechanism=["LOGIN", "PLAIN"]):
        done = post.send()

    assert "offers no login by password" in str(done.problem)


@dataclass(frozen=True, slots=True)
class Bad:
    """A certificate that must not be trusted."""

    name: str
    days: int
    known: bool
    why: str


BAD = {
    "unknown authority": Bad("localhost", 30, known=False, why="self-signed certificate"),
    "run out": Bad("localhost", -1, known=True, why="expired"),
    "of another name": Bad("mail.example.org", 30, known=True, why="Hostname mismatch"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_that_cannot_be_trusted_stops_the_run(post: Post, folder: Path, scheme: str, bad: Bad) -> None:
    certificate, key = self_signed(folder, name=bad.name, days=bad.days)
    keeper = Doorkeeper()
    secure: dict[str, Any] = {"ssl_context" if scheme == "smtps" else "tls_context": tls(certificate, key)}
    post.queue(new_letter())
    with running(**secure, authenticator=keeper, auth_require_tls=False) as server:
        post.server = server
        post.settings = {"smtp_url": SecretStr(server.url(scheme, login=LOGIN, host="localhost"))}
        post.settings |= {"mail_ca": certificate} if bad.known else {}
        done = post.send()

    assert done.barred
    assert bad.why in str(done.problem)
    assert "CASELINE_MAIL_CA" in str(done.problem)
    assert keeper.tries == 0
    assert server.mailbox.taken == []


def test_a_server_without_starttls_gets_neither_password_nor_letter(post: Post) -> None:
    keeper = Doorkeeper()
    post.queue(new_letter())
    with running(authenticator=keeper, auth_require_tls=False) as server:
        post.server = server
        post.settings = {"smtp_url": SecretStr(server.url("smtp+starttls", login=LOGIN, host="localhost"))}
        done = post.send()

    assert "offers no STARTTLS" in str(done.problem)
    assert keeper.tries == 0
    assert server.mailbox.taken == []


def test_tls_to_a_port_that_speaks_none_is_explained(post: Post) -> None:
    post.queue(new_letter())
    post.settings = {"smtp_url": SecretStr(post.server.url("smtps", host="localhost"))}

    done = post.send()

    assert done.barred
    assert "does not speak TLS as expected" in str(done.problem)


def test_a_file_of_authorities_that_is_none_is_named(post: Post, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    post.queue(new_letter())
    post.settings = {
        "smtp_url": SecretStr(post.server.url("smtps", host="localhost")),
        "mail_ca": tmp_path / "ca.pem",
    }

    done = post.send()

    assert "CASELINE_MAIL_CA" in str(done.problem)


def test_a_server_that_is_not_there_costs_no_attempt_and_is_left_alone_for_longer_and_longer(post: Post) -> None:
    post.queue(new_letter())
    post.settings = {"smtp_url": SecretStr(f"smtp://127.0.0.1:{free_port()}")}
    pauses = []
    for _ in range(8):
        done = post.send()
        assert "cannot be reached" in str(done.problem)
        pauses.append(paused_for(post))
        post.now += pauses[-1]

    assert pauses[:3] == [AWAY.first, 2 * AWAY.first, 4 * AWAY.first]
    assert pauses[-1] == AWAY.longest
    assert [(line.state, line.attempts) for line in post.lines()] == [("queued", 0)]
    post.settings = {}
    assert post.send().sent == 1


def test_an_address_of_a_server_that_is_none_is_refused_without_repeating_it(post: Post) -> None:
    for url in ("http://u:secretword@h", "smtp://u:secretword@mail.example.org:25", "smtps://", "smtps://h:port"):
        with pytest.raises(CannotSend) as refused:
            server.read(SecretStr(url), helo="example.org")
        assert "secretword" not in f"{refused.value!r}"
    assert post.mailbox.taken == []
