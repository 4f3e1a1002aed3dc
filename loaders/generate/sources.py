"""The dbt sources: one table per contract, and the tables that Python writes beside."""

from __future__ import annotations

import yaml

from loaders.contracts.model import Column, Contract

_HEAD = "# Written by `onecard generate` from loaders/contracts; do not edit.\n"

_PROVENANCE = (
    ("_file_id", "文件编号，见 audit.file_ledger / file, see audit.file_ledger"),
    ("_line_number", "该行在文件中的行号 / line of the file on which the row starts"),
    ("_row_hash", "该行内容的摘要 / digest of the row's content"),
    ("_extra", "契约之外的列 / columns that the contract does not know"),
)

# Tables that no system sends: Python writes them, dbt reads them.
_OWN_TABLES = {
    "landing": (
        ("current_file", "有效的文件：已落地且未被替换 / files that count, one row each"),
        (
            "reject",
            "不能成行的内容与原因 / what could not be read as a row, with the reason",
        ),
    ),
    "audit": (
        ("file_ledger", "每个交付的表一行：状态与行数 / one row per delivered table"),
        ("run", "每次运行一行 / one row per run of the pipeline"),
        ("gate_result", "每次检查一行：只有计数 / one row per expectation, counts only"),
    ),
    "identity": (
        ("person_link", "每条源记录一行：它是谁 / one row per source record: who it is"),
        ("person_ledger", "每个人员编号一行 / one row per person id ever issued"),
        (
            "identifier_assertion",
            "每条记录的每个号码一行 / one row per number that a record gives",
        ),
        (
            "person_change",
            "每次运行中变动的人员 / persons whose records changed in a run",
        ),
        (
            "event_owner",
            "人工裁决的事件归属 / to whom stewards say that an event belongs",
        ),
        ("review_task", "待人工判断的记录对 / pairs of records that wait for a decision"),
    ),
}
_SCHEMAS = {
    "landing": "各系统报送的原样数据 / rows as the systems sent them",
    "audit": "交付与运行的账目 / the books of deliveries and runs",
    "identity": "由 Python 判定的人员关系 / who is who, as decided in Python",
}


class _Indented(yaml.SafeDumper):
    """Lists are indented below their key, as the linter wants them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def dbt_sources(contracts: tuple[Contract, ...]) -> str:
    """The text of sources.yml; names of source columns are quoted, for their case."""
    tables: dict[str, list[dict[str, object]]] = {
        schema: [{"name": name, "description": words} for name, words in own]
        for schema, own in _OWN_TABLES.items()
    }
    tables["landing"] = [*map(_table, contracts), *tables["landing"]]
    document = {
        "version": 2,
        "sources": [
            {
                "name": schema,
                "schema": schema,
                "description": words,
                "tables": tables[schema],
            }
            for schema, words in _SCHEMAS.items()
        ],
    }
    return _HEAD + as_yaml(document)


def as_yaml(document: dict[str, object]) -> str:
    """A file for dbt as the linter wants it, in the order given."""
    return yaml.dump(
        document,
        Dumper=_Indented,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=88,
    )


# By these a row says whom it names, under the standard names of the contracts.
_WHO = ("person_name", "id_number", "born_on")


def _names(contract: Contract) -> dict[str, dict[str, str]]:
    """The columns of a feed that say whom a row names; nothing where rows name nobody."""
    if contract.person is None:
        return {}
    found = {column.standard: column.name for column in contract.columns}
    return {"names": {what: found[what] for what in _WHO if what in found}}


def _table(contract: Contract) -> dict[str, object]:
    own = [_column(column) for column in contract.columns]
    provenance = [{"name": name, "description": words} for name, words in _PROVENANCE]
    return {
        "name": contract.name,
        "description": f"{contract.description.zh} / {contract.description.en}",
        "config": {
            "meta": {
                "feed": contract.feed,
                "system": contract.system,
                "table": contract.table,
                "owner": contract.owner,
                "delivery": contract.delivery,
                # Which rows are current is read from these by the dbt macro.
                "key": list(contract.key),
                "version_by": list(contract.version_by),
                "watermark": contract.watermark,
                "freshness_days": contract.freshness_days,
                **_names(contract),
                "pii": sorted({c.pii for c in contract.columns} - {"none"}),
            }
        },
        "columns": [*own, *provenance],
    }


def _column(column: Column) -> dict[str, object]:
    described: dict[str, object] = {
        "name": column.name,
        "quote": True,
        "description": f"{column.zh} / {column.en}",
    }
    meta: dict[str, str] = {}
    if column.pii != "none":
        meta["pii"] = column.pii
    if column.codes:
        meta["codes"] = column.codes
    if meta:
        described["config"] = {"meta": meta}
    return described
