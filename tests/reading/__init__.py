"""An independent reader of the documents: it takes the LaTeX back out of a file and checks what it says."""

from tests.reading.checks import examined
from tests.reading.told import Given
from tests.reading.worked_page import displays, read_back

__all__ = ["Given", "displays", "examined", "read_back"]
