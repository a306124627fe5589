"""What can be wrong with a formula."""


class Fault(Exception):
    """Something in the document is wrong."""


class Unreadable(Fault):
    """A formula has no, or no unique, meaning."""


class Untrue(Fault):
    """A formula has a meaning, and it is false."""
