"""YAML files, read by the library's parser in C.

The project has hundreds of them. The parser in Python takes half a second for the contracts
alone, and each process that needs one reads them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What a file says; nothing but plain values comes of it.

    Raises: yaml.YAMLError where it is not YAML; OSError.
    """
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe one
