"""The one exception that a user's mistake raises."""

from __future__ import annotations


class DeriveError(Exception):
    """What was asked for cannot be derived, verified or written.

    The message is one clear sentence for the person who asked; the command line prints it and
    leaves with status 2.

    >>> raise DeriveError("no such thing")
    Traceback (most recent call last):
    ...
    derive.errors.DeriveError: no such thing
    """


class Rejected(DeriveError):
    """The judge found a fault in what was derived; nothing is printed.  The command line leaves with status 1."""
