"""Contents in a bucket of an S3-compatible store: each an object named by its digest, as the files of a folder are."""

import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Final, TypeVar, cast

from caseline.files.address import SETTING, Address
from caseline.files.faults import Gone, StoreTrouble, TooLarge
from caseline.files.folder import name_of
from caseline.files.spool import PIECE, Content, write

if TYPE_CHECKING:
    from minio import Minio

_Made = TypeVar("_Made")
_CONNECT: Final = 20
"""Seconds for a connection, and for sending a part of an object (5 MB)."""
_SILENT: Final = 60
"""Seconds without an answer, and for reading an object as far as it comes slower than `_SLOWEST`."""
_SLOWEST: Final = 100_000
"""Bytes a second."""
_PAUSES: Final = (0.5, 2.0)
"""Seconds before the second attempt and the third, which is the last."""
_BUSY: Final = frozenset({408, 425, 429})
_FROM_SERVER: Final = 500
_MISSING: Final = frozenset({"NoSuchKey", "NotFound"})
_REMEDIES: Final = {
    "NoSuchBucket": f"there is no such bucket: make it, or correct {SETTING}",
    "InvalidAccessKeyId": f"the key is not known there: correct {SETTING}",
    "SignatureDoesNotMatch": f"the secret does not belong to the key: correct {SETTING}, with % signs where it asks",
    "AccessDenied": f"the key may not do this: let it read and write objects there, or correct {SETTING}",
    "AuthorizationHeaderMalformed": f"the region is another one: say ?region=REGION in {SETTING}",
    "PermanentRedirect": f"the bucket is in another region: name its host and ?region=REGION in {SETTING}",
    "RequestTimeTooSkewed": "the clock of this machine or of the store goes wrong: set it right",
}
_CODE: Final = re.compile(r"[A-Za-z0-9]{1,60}")


@dataclass(frozen=True)
class Bucket:
    """Where the objects lie. Each request has limits of time, and is tried three times when the store is at fault."""

    address: Address
    ca: Path | None = None
    """Certificates of an authority that is trusted beside the system's (PEM)."""
    pauses: tuple[float, ...] = field(default=_PAUSES, repr=False)

    def put(self, content: Content) -> None:
        """Store an object; it is there as a whole or not at all. Raises `StoreTrouble` and `TooLarge`."""

        def send() -> None:
            content.file.seek(0)
            # One part after the other: parts side by side would share the line, and the time that each of them has.
            file = cast("BinaryIO", content.file)
            self._client.put_object(
                self.address.bucket, self._name(content.digest), file, content.size, num_parallel_uploads=1
            )

        self._tried(send, content.digest)

    def fetch(self, digest: bytes, into: IO[bytes]) -> None:
        """Copy an object; raises `Gone` when it is not there, `StoreTrouble` when nobody can say."""

        def receive() -> None:
            into.seek(0)
            into.truncate()
            answer = self._client.get_object(self.address.bucket, self._name(digest))
            try:
                began, got = time.monotonic(), 0
                while piece := answer.read(PIECE):
                    write(into, piece)
                    got += len(piece)
                    if time.monotonic() > began + _SILENT + got / _SLOWEST:
                        raise TimeoutError
            finally:
                answer.close()
                answer.release_conn()

        self._tried(receive, digest)

    def remove(self, digest: bytes) -> None:
        """Take an object away; one that is not there is gone already. Raises `StoreTrouble`."""
        self._tried(lambda: self._client.remove_object(self.address.bucket, self._name(digest)), digest)

    def _name(self, digest: bytes) -> str:
        return self.address.prefix + name_of(digest)

    @cached_property
    def _client(self) -> "Minio":
        # It takes half a second, and urllib3 opens a socket when it is imported: most houses have no bucket.
        import urllib3  # noqa: PLC0415
        from minio import Minio  # noqa: PLC0415

        trusted = ssl.create_default_context()
        if self.ca is not None:
            trusted.load_verify_locations(self.ca)
        waiting = urllib3.Timeout(connect=_CONNECT, read=_SILENT)
        # Tried again by ourselves: the library would not notice an answer that breaks off in the middle.
        pool = urllib3.PoolManager(timeout=waiting, retries=False, ssl_context=trusted)
        at = self.address
        return Minio(
            at.host, at.key, at.secret.get_secret_value(), secure=at.secure, region=at.region, http_client=pool
        )

    def _tried(self, work: Callable[[], _Made], digest: bytes) -> _Made:
        pauses = list(self.pauses)
        # What the store answers may be no XML (SyntaxError), no UTF-8 (ValueError) or nothing (OSError).
        faults: tuple[type[Exception], ...] = (*_of_the_library(), OSError, SyntaxError, ValueError)
        while True:
            try:
                return work()
            except faults as error:
                fault, again = self._fault(error, digest)
            if not again or not pauses:
                # Not `from error`: what the store says may repeat what it was sent.
                raise fault
            time.sleep(pauses.pop(0))

    def _fault(self, error: Exception, digest: bytes) -> tuple[Exception, bool]:
        """What to raise, and whether another attempt may help."""
        code, status = _code(error), _status(error)
        place = self.address.name
        if code in _MISSING:
            return Gone(f"file {digest.hex()}: it is not in {place} ({self._name(digest)}): restore the bucket"), False
        if code == "EntityTooLarge" or status == 413:  # noqa: PLR2004 - payload too large
            return TooLarge(f"file {digest.hex()}: {place} takes no object so large"), False
        if code in _REMEDIES:
            return StoreTrouble(f"{place}: {_REMEDIES[code]} ({code})"), False
        if isinstance(error, (_of_the_library()[-1], ssl.SSLError)):
            return StoreTrouble(
                f"{place}: nobody vouches for its certificate: name who does as CASELINE_FILES_CA"
            ), False
        if status is None:
            return StoreTrouble(f"{place} is away ({type(error).__name__}): see that it runs and can be reached"), True
        again = status in _BUSY or status >= _FROM_SERVER
        said = f"{status} {code}" if code else str(status)
        return StoreTrouble(f"{place} does not do its work (answer {said}): see what its log says"), again


def _of_the_library() -> tuple[type[Exception], ...]:
    """What it raises; the last is of TLS."""
    from minio.error import MinioException  # noqa: PLC0415 - as above
    from urllib3.exceptions import HTTPError, SSLError  # noqa: PLC0415 - as above

    return MinioException, HTTPError, SSLError


def _status(error: Exception) -> int | None:
    """The status of an answer; None when there was none."""
    for name in ("status_code", "_code"):
        if isinstance(found := getattr(error, name, None), int):
            return found
    return getattr(getattr(error, "response", None), "status", None)


def _code(error: Exception) -> str:
    """The word by which a store names a fault; empty when it gave none."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
