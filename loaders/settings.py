"""Where this installation keeps its things, read from the environment once.

`ONECARD_HOME` is the folder of everything that is made at run time (default: `.onecard` in
the project); `ONECARD_DSN` names a PostgreSQL to use in place of the embedded one;
`ONECARD_KNOWN_HOSTS` is the file of SSH host keys that may be trusted (default:
`known_hosts` in ONECARD_HOME).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Paths and addresses of this installation."""

    home: Path
    external_dsn: str | None
    known_hosts: Path | None = None

    @property
    def database_folder(self) -> Path:
        return self.home / "postgres"

    @property
    def airflow_folder(self) -> Path:
        return self.home / "airflow"

    @property
    def dbt_folder(self) -> Path:
        """Where dbt writes compiled SQL, logs and documentation."""
        return self.home / "dbt"

    @property
    def report_folder(self) -> Path:
        return self.home / "report"

    @property
    def known_hosts_file(self) -> Path:
        """Host keys of the SFTP servers that deliveries may be collected from."""
        return self.known_hosts or self.home / "known_hosts"

    @property
    def log_folder(self) -> Path:
        return self.home / "logs"


def load_settings() -> Settings:
    """Read the environment; all variables are optional."""
    home = Path(os.environ.get("ONECARD_HOME") or PROJECT / ".onecard").resolve()
    known_hosts = os.environ.get("ONECARD_KNOWN_HOSTS")
    return Settings(
        home=home,
        external_dsn=os.environ.get("ONECARD_DSN") or None,
        known_hosts=Path(known_hosts).resolve() if known_hosts else None,
    )
