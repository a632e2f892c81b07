"""An IMAP server with one folder that answers honestly until a test makes it lie; written without the house."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.factories.listening import listening

Lie = Callable[[str, str], "bytes | None"]
"""Given the tag and the command: bytes to answer with (none: the line is dropped), or None for the truth."""

DROP = b"<the line is dropped>"
"""At the end of an answer: nothing comes after it."""

USER, PASSWORD = "support", "secret-word"


@dataclass
class LyingImap:
    """The server."""

    mails: dict[int, bytes]
    port: int = 0
    uidvalidity: int = 7
    lie: Lie = lambda _tag, _command: None
    sizes: dict[int, int] = field(default_factory=dict)
    """What it says instead of the size."""
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self) -> str:
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/"

    def talk(self, line: socket.socket) -> None:
        self.connections += 1
        file = line.makefile("rb")
        line.sendall(b"* OK ready\r\n")
        for asked in file:
            tag, _, command = asked.decode().strip().partition(" ")
            self.commands.append(command)
            answer = self.lie(tag, command)
            if answer is None:
                answer = self._truth(tag, command.upper())
            if not answer:
                return
            line.sendall(answer.removesuffix(DROP))
            if answer.endswith(DROP):
                return
            if command.upper() == "LOGOUT":
                return

    def _truth(self, tag: str, command: str) -> bytes:
        said = b""
        if command == "CAPABILITY":
            said = b"* CAPABILITY IMAP4rev1\r\n"
        elif command.startswith("LOGIN") and PASSWORD.upper() not in command:
            return f"{tag} NO [AUTHENTICATIONFAILED] no\r\n".encode()
        elif command.startswith(("SELECT", "EXAMINE")):
            said = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uidvalidity}] ok\r\n".encode()
        elif command.startswith("UID SEARCH"):
            wanted = re.search(r"UID (\d+)$", command)
            found = [uid for uid in self.mails if wanted is None or uid == int(wanted[1])]
            said = f"* SEARCH {' '.join(map(str, found))}\r\n".encode()
        elif command.startswith("UID FETCH"):
            said = b"".join(self._fetched(command))
        elif command == "LOGOUT":
            said = b"* BYE\r\n"
        return said + f"{tag} OK done\r\n".encode()

    def _fetched(self, command: str) -> Iterator[bytes]:
        uids = [int(uid) for uid in command.split()[2].split(",")]
        for number, uid in enumerate(self.mails, start=1):
            if uid in uids:
                yield self.described(number, uid) if "SIZE" in command else self.piece(number, uid, command)

    def described(self, number: int, uid: int) -> bytes:
        size = self.sizes.get(uid, len(self.mails[uid]))
        date = "01-Mar-2026 10:00:00 +0300"
        return f'* {number} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{date}")\r\n'.encode()

    def piece(self, number: int, uid: int, command: str) -> bytes:
        asked = re.search(r"<(\d+)\.(\d+)>", command)
        assert asked, command
        first, length = int(asked[1]), int(asked[2])
        content = self.mails[uid][first : first + length]
        head = f"* {number} FETCH (UID {uid} BODY[]<{first}> {{{len(content)}}}\r\n".encode()
        return head + content + b")\r\n"


@contextmanager
def serving(mails: dict[int, bytes]) -> Iterator[LyingImap]:
    """A server for as long as the context lasts."""
    server = LyingImap(mails)
    with listening(server.talk) as server.port:
        yield server
