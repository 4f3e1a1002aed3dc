"""Files that follow from contracts and indicator definitions; nobody writes them by hand.

Goes in: the contracts, and the indicator pairs of the dbt project. Comes out: the dbt
sources, the plain staging models, the list of staged feeds, the data dictionary, the union
of all case lists and the registry of indicators. The same input gives the same bytes;
`check` writes nothing and tells what is out of date.
"""

from __future__ import annotations

from pathlib import Path

from loaders.contracts.model import load_contracts, load_systems
from loaders.generate.case_union import case_union
from loaders.generate.definition import read_definitions
from loaders.generate.dictionary import data_dictionary
from loaders.generate.plain_staging import plain_models
from loaders.generate.registry import registry_rows, target_rows
from loaders.generate.sources import dbt_sources
from loaders.generate.staged_feeds import staged_feeds_macro
from loaders.settings import PROJECT

INDICATOR_FOLDER = Path("dbt_project/models/4_indicators")


def generate(check: bool, project: Path = PROJECT) -> list[str]:
    """Write what is out of date, or with `check` only name it; paths are the project's.

    Raises: ContractError, DefinitionError.
    """
    # What follows from the staging models is derived when all of them are there.
    changed = _put(plain_models(load_contracts()), check, project)
    return changed + _put(_derived(project), check, project)


def _put(files: dict[str, str], check: bool, project: Path) -> list[str]:
    changed = []
    for path, text in files.items():
        target = project / path
        if target.is_file() and target.read_text("utf-8") == text:
            continue
        changed.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8", newline="\n")
    return changed


def _derived(project: Path) -> dict[str, str]:
    contracts = load_contracts()
    definitions = read_definitions(project / INDICATOR_FOLDER)
    return {
        "dbt_project/models/1_staging/sources.yml": dbt_sources(contracts),
        "dbt_project/macros/staged_feeds.sql": staged_feeds_macro(project),
        "dbt_project/models/4_indicators/indicator_case.sql": case_union(definitions),
        "dbt_project/seeds/generated/indicator_registry.csv": registry_rows(definitions),
        "dbt_project/seeds/generated/indicator_target.csv": target_rows(definitions),
        "docs/generated/data_dictionary.md": data_dictionary(load_systems(), contracts),
    }
