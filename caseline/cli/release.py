"""Says which caseline this is."""

from importlib import metadata


def version() -> str:
    """Version of the installed package; a source tree that was never installed has none."""
    try:
        return metadata.version("caseline")
    except metadata.PackageNotFoundError:
        return "0 (not installed: run make install)"
