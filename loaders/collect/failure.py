"""What can go wrong on the way to a source, told apart by what is to be done about it."""

from __future__ import annotations

from loaders.failure import ExpectedFailure


class CollectError(ExpectedFailure):
    """Something could not be collected; the message never carries a password or a value."""


class LostConnectionError(CollectError):
    """The network or the server failed: the same thing may work in a moment."""


class ChangedMeanwhileError(CollectError):
    """A file is not what was listed any more: the folder is to be listed again."""
