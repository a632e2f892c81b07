"""S3 stores for tests: a real server that checks signatures, and one that answers as it is told."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import boto3
import httpx
from botocore.config import Config
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from caseline.files.address import read
from caseline.files.bucket import Bucket
from tests.factories.listening import listening

BUCKET: Final = "support-files"
_POLICY: Final = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


@dataclass(frozen=True)
class Store:
    """A server that was written by others, with a bucket and a user."""

    host: str
    key: str
    secret: str

    def address(self, *, key: str | None = None, secret: str | None = None, path: str = f"{BUCKET}/mail") -> str:
        signs = [quote(one, safe="") for one in (key or self.key, secret or self.secret)]
        return f"http://{':'.join(signs)}@{self.host}/{path}"

    def bucket(self, **changes: str) -> Bucket:
        return Bucket(read(SecretStr(self.address(**changes))), pauses=(0, 0))

    def objects(self) -> dict[str, bytes]:
        """What lies in the bucket, as another client sees it."""
        client = self._client()
        found = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {one["Key"]: client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read() for one in found}

    def put(self, name: str, content: bytes) -> None:
        self._client().put_object(Bucket=BUCKET, Key=name, Body=content)

    def clear(self) -> None:
        for name in self.objects():
            self._client().delete_object(Bucket=BUCKET, Key=name)

    def _client(self) -> Any:  # noqa: ANN401 - made at run time, without types
        return _client("s3", self.host, self.key, self.secret)


def _client(service: str, host: str, key: str, secret: str) -> Any:  # noqa: ANN401 - as above
    return boto3.client(
        service,
        endpoint_url=f"http://{host}",
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}),
    )


@contextmanager
def running() -> Iterator[Store]:
    """A store for as long as the context lasts."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    place = f"{host}:{port}"
    iam = _client("iam", place, "first", "first")
    iam.create_user(UserName="caseline")
    made = iam.create_access_key(UserName="caseline")["AccessKey"]
    iam.put_user_policy(UserName="caseline", PolicyName="all", PolicyDocument=_POLICY)
    store = Store(place, made["AccessKeyId"], made["SecretAccessKey"])
    store._client().create_bucket(Bucket=BUCKET)
    # From here on nobody is let in without a signature that is right.
    _let_in(place, 0)
    yield store
    _let_in(place, inf)
    server.stop()


def _let_in(place: str, unsigned: float) -> None:
    """How many requests more the server takes from anybody."""
    kind = {"Content-Type": "text/plain"}
    httpx.post(f"http://{place}/moto-api/reset-auth", content=str(unsigned), headers=kind).raise_for_status()


Answer = tuple[int, bytes] | None
"""A status with a body; None: the line is dropped in the middle of the body."""
FINE: Final = (200, b"")


def fault(code: str, message: str = "") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


@dataclass
class Scripted:
    """A server that gives its answers in order; the last one again and again."""

    answers: list[Answer]
    port: int = 0
    asked: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    trickle: Callable[[socket.socket], None] | None = None

    def bucket(self, *, ca: Path | None = None) -> Bucket:
        scheme, host = ("http", "127.0.0.1") if self.tls is None else ("https", "localhost")
        address = f"{scheme}://{KEY}:{SECRET}@{host}:{self.port}/{BUCKET}"
        return Bucket(read(SecretStr(address)), ca, pauses=(0, 0))

    def talk(self, line: socket.socket) -> None:
        if self.tls is not None:
            line = self.tls.wrap_socket(line, server_side=True)
        with line, line.makefile("rb") as file:
            for asked in file:
                self.asked.append(asked.decode().split()[0])
                head = b"".join(iter(file.readline, b"\r\n"))
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                file.read(int(length[1]) if length else 0)
                if self.trickle is not None:
                    self.trickle(line)
                    return
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                status, body = answer or (200, b"half of it")
                kind = "Content-Type: application/xml\r\nETag: made-up\r\n"
                said = f"HTTP/1.1 {status} So\r\nContent-Length: {len(body) * (2 - bool(answer))}\r\n{kind}\r\n"
                line.sendall(said.encode() + body)
                if answer is None:
                    return


KEY: Final = "the-key"
SECRET: Final = "the-secret-word"  # noqa: S105 - nobody's


@contextmanager
def scripted(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """Such a server for as long as the context lasts."""
    server = Scripted(list(answers), tls=tls)
    with listening(server.talk) as server.port:
        yield server
