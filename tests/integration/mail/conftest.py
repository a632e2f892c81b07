"""A house with mailboxes on a database of the test's own, and servers to fetch from."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import dovecot, lying_imap, mails
from tests.factories.dovecot import Dovecot
from tests.factories.lying_imap import LyingImap
from tests.factories.mails import PostRoom


@pytest.fixture
def room(database_url: str) -> PostRoom:
    return mails.post_room(database_url)


@pytest.fixture
def liar(room: PostRoom) -> Iterator[LyingImap]:
    """A server with five mails that answers as the test wants; its mailbox is the room's."""
    with lying_imap.serving({uid: mails.raw(uid) for uid in (3, 4, 7, 8, 9)}) as server:
        room.name(server.address)
        yield server


@pytest.fixture(scope="module")
def _server() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp(prefix="caseline-mail-"))
    with dovecot.running(folder, sales="", letters='пароль "@/%#?\\') as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def post_office(_server: Dovecot, room: PostRoom) -> Dovecot:
    """A real server, whose mailbox `support` is empty and the room's."""
    for user in _server.passwords:
        _server.add_user(user)
    room.name(_server.address("support"))
    room.post = type(room.post)(room.post.mailboxes, room.post.after, _server.certificate, room.post.largest)
    return _server
