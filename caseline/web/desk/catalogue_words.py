"""What the audit log calls what a file did to the catalogue."""

from typing import Final

from caseline.web.language import later

DETAILS: Final = {
    "made": later("made"),
    "made_names": later("which were made"),
    "renamed": later("renamed"),
    "renamed_names": later("which were renamed"),
    "moved": later("moved"),
    "moved_names": later("which were moved"),
    "retired": later("taken out of use"),
    "retired_names": later("which were taken out of use"),
    "revived": later("taken into use again"),
    "revived_names": later("which were taken into use again"),
}
