"""The one kind of exception that a user is meant to read."""

from __future__ import annotations


class ExpectedFailure(Exception):  # noqa: N818 - it is what happened, not a programming error
    """Something a user can act on; the message says what, where and what to do.

    The command line prints the message alone and exits with 1; anything else is a defect
    and keeps its traceback. A message never carries a personal value.
    """
