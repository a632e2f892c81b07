"""What those work with who bring the register in step with a portal."""

from dataclasses import dataclass

from caseline.crm.bitrix24.client import Portal
from caseline.crm.bitrix24.mirror import Mirror
from caseline.crm.bitrix24.naming import Naming
from caseline.crm.bitrix24.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Tools:
    """A portal, its mirror, and how both are read."""

    portal: Portal
    mirror: Mirror
    shapes: Shapes
    naming: Naming
