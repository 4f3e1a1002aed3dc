"""A PostgreSQL whose data nobody needs when the tests end."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from loaders.warehouse import embedded

# Nothing outlives the session, so nothing has to outlive a power cut. Servers that tests
# kill are others, and run with the settings of an installation.
THROWN_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def start_thrown_away(folder: Path) -> str:
    """Make a server in a folder, start it, and return its address."""
    with patch.dict(embedded.SERVER_SETTINGS, THROWN_AWAY):
        return embedded.start(folder)
