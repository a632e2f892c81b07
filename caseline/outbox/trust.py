"""What certificates of mail servers are checked against; for those that mail goes to and those that it comes from."""

import ssl
from pathlib import Path


class Unreadable(Exception):
    """The file of own authorities cannot be read; the message names the setting and the remedy."""


def context(ca: Path | None) -> ssl.SSLContext:
    """The system's authorities and, beside them, those of a file; raises `Unreadable`."""
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca is not None:
        try:
            made.load_verify_locations(ca)
        except (OSError, ssl.SSLError) as error:
            said = error.strerror or error
            raise Unreadable(
                f"CASELINE_MAIL_CA: {ca} holds no certificates in PEM form ({said}): give another file"
            ) from error
    return made
