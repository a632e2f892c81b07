"""The address of a bucket in an S3-compatible store, as the setting says it.

No message of this file repeats what it has read: an address holds the secret key.
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import SecretStr

SETTING: Final = "CASELINE_FILES_S3"
SHAPE: Final = "https://KEY:SECRET@HOST/BUCKET/PREFIX?region=REGION"
_ENCODE: Final = "in key and secret write / as %2F, + as %2B, @ as %40, : as %3A, % as %25, # as %23, ? as %3F"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.*'()-]{1,200}(/[A-Za-z0-9!_.*'()-]{1,200}){0,10}")
_REGION: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_AWS: Final = ".amazonaws.com"
_USUAL_REGION: Final = "us-east-1"
"""What stores that have no regions call theirs."""


@dataclass(frozen=True, slots=True)
class Address:
    """A bucket, and as whom it is reached."""

    secure: bool
    host: str
    """With its port where that is not the usual one."""
    bucket: str
    key: str = field(repr=False)
    secret: SecretStr
    prefix: str = ""
    """Before the names of contents; empty, or ending with a slash."""
    region: str | None = None
    """None: the host of Amazon says it."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"the bucket {self.bucket} at {self.host}"


def read(address: SecretStr) -> Address:
    """The bucket of an address; raises `ValueError` with the remedy, without a part of the address."""
    try:
        parts = urlsplit(address.get_secret_value().strip())
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(f"is no address: write {SHAPE}; {_ENCODE}") from None
    if parts.scheme not in {"https", "http"}:
        raise ValueError(f"must begin with https://, as in {SHAPE}")
    key, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if not host or parts.fragment or not _KEY.fullmatch(key) or not _KEY.fullmatch(secret):
        raise ValueError(f"must name key, secret and host: {SHAPE}; {_ENCODE}")
    if parts.scheme == "http" and not is_here(host):
        raise ValueError("would send contents unencrypted: write https:// (http:// is for this machine only)")
    bucket, _, prefix = unquote(parts.path).strip("/").partition("/")
    if not _BUCKET.fullmatch(bucket) or any(two in bucket for two in ("..", ".-", "-.")):
        raise ValueError(f"must name a bucket of small letters, digits, - and . after the host: {SHAPE}")
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & set(prefix.split("/"))):
        raise ValueError("must have a prefix of letters, digits and !_.*'()- in folders, or none")
    return Address(
        secure=parts.scheme == "https",
        host=(f"[{host}]" if ":" in host else host) + (f":{port}" if port else ""),
        bucket=bucket,
        key=key,
        secret=SecretStr(secret),
        prefix=f"{prefix}/" if prefix else "",
        region=_region(parts, host),
    )


def _region(parts: SplitResult, host: str) -> str | None:
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if len(asked) > 1 or any(name != "region" or not _REGION.fullmatch(value) for name, value in asked):
        raise ValueError(f"may ask for nothing but region=REGION after the question mark: {SHAPE}")
    return asked[0][1] if asked else None if host.endswith(_AWS) else _USUAL_REGION


def is_here(host: str) -> bool:
    """Whether a host is this machine, to which nothing need be encrypted."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
