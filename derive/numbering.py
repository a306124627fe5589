"""The numbers of a document's equations: given where they stand, looked up where they are cited."""

from __future__ import annotations

from derive.errors import DeriveError


class Numbering:
    """Numbers in the order of the displays, by names that the template chooses.

    Only a display above can be cited, so that no reference is ever undefined.

    >>> numbers = Numbering()
    >>> numbers.given("forward"), numbers.given("rule"), numbers.of("forward")
    (1, 2, 1)
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def given(self, name: str) -> int:
        """The next number, for a display of that name.

        Raises:
            DeriveError: a display above has the name.
        """
        if name in self._numbers:
            raise DeriveError(f"two equations go by the name '{name}'.")
        self._numbers[name] = len(self._numbers) + 1
        return self._numbers[name]

    def of(self, name: str) -> int:
        """The number of a display above.

        Raises:
            DeriveError: none has the name.
        """
        if name not in self._numbers:
            raise DeriveError(f"no equation above goes by the name '{name}'.")
        return self._numbers[name]
