"""dbt for tests: the project is read once a session, and tested only where tests say much.

Goes in: the settings of an installation. Comes out: the same settings, and in its folder
what dbt remembers of the project, so that its first command there need not read the whole.
Workers of one session share it; what differs between them is the name of the database.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pprint import pformat
from typing import Any
from unittest.mock import patch

import msgpack  # type: ignore[import-untyped]
import yaml
from sqlalchemy import make_url

from loaders import transform
from loaders.changes import promises
from loaders.settings import Settings

REMEMBERED = "partial_parse.msgpack"
# No database of any test has this name.
NO_DATABASE = "a_database_that_is_not_there"
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@contextmanager
def without_tests() -> Iterator[None]:
    """dbt builds and does not test: for layers that are compared here, or are empty."""
    invoke = transform.invoke_dbt

    def quicker(
        settings: Settings, command: Sequence[str], *rest: Any, **more: Any
    ) -> list[Any]:
        tested = command[0] == "build"
        return invoke(settings, [*command, *(NO_TESTS if tested else ())], *rest, **more)

    with (
        patch.object(transform, "invoke_dbt", quicker),
        patch.object(promises, "compiled_tests", lambda *_: []),
    ):
        yield


def lend_parse(shared: Path, settings: Settings, shadow: str = "") -> None:
    """Put what dbt remembers of the project into an installation that has not run yet.

    `shared` is a folder of the session; the installation has a database that it knows.
    """
    database = make_url(str(settings.external_dsn)).database or ""
    project = msgpack.unpackb(_parsed(shared, shadow), strict_map_key=False)
    folder = settings.dbt_folder / (shadow or "target")
    folder.mkdir(parents=True)
    renamed = _renamed(project, database)
    # dbt reads the whole when it believes to be at another server than when it read it.
    renamed["state_check"]["profile_hash"] = _connection_hash(settings, shadow)
    (folder / REMEMBERED).write_bytes(msgpack.packb(renamed))


def _parsed(shared: Path, shadow: str) -> bytes:
    """What dbt remembers, read by the first who asks; the others wait for it."""
    reader = Settings(
        home=shared / "dbt_parsed", external_dsn=f"postgresql://127.0.0.1/{NO_DATABASE}"
    )
    folder = reader.dbt_folder / (shadow or "target")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / REMEMBERED).exists():
            transform.invoke_dbt(reader, ["parse"], "Reading", shadow=shadow)
        return (folder / REMEMBERED).read_bytes()


def _connection_hash(settings: Settings, shadow: str) -> dict[str, Any]:
    """By what dbt knows a connection again, as its ManifestLoader tells it."""
    # Imported here: dbt takes seconds to import, and most tests do without it.
    from dbt.config.profile import Profile
    from dbt.config.renderer import ProfileRenderer
    from dbt.contracts.files import FileHash
    from dbt_common.context import set_invocation_context

    profiles = yaml.safe_load((transform.DBT_PROJECT / "profiles.yml").read_text("utf-8"))
    (output,) = profiles["onecard"]["outputs"].values()
    with transform._environment(settings, shadow):
        set_invocation_context(os.environ)
        rendered = ProfileRenderer({}).render_data(output)
    credentials = Profile._credentials_from_profile(rendered, "onecard", "warehouse")
    known = pformat(sorted(credentials.connection_info()))
    return FileHash.from_contents(known).to_dict()


def _renamed(known: Any, database: str) -> Any:
    if isinstance(known, dict):
        return {name: _renamed(value, database) for name, value in known.items()}
    if isinstance(known, list):
        return [_renamed(value, database) for value in known]
    if isinstance(known, str):
        return known.replace(NO_DATABASE, database)
    return known
