"""Says in two words which browser a session is open in, as far as it tells the truth about itself."""

from typing import Final

_BROWSERS: Final = (
    ("YaBrowser/", "Yandex Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In the order in which they are looked for: many name those that they are like, too."""
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_SHOWN: Final = 60


def said(agent: str) -> str:
    """`Firefox, Windows`; the beginning of what it says where none of them is in it."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), None)
    system = next((name for sign, name in _SYSTEMS if sign in agent), None)
    if browser is None:
        return agent[:_SHOWN]
    return f"{browser}, {system}" if system else browser
