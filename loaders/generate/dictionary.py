"""The data dictionary: what every delivered table and column means, in two languages."""

from __future__ import annotations

from loaders.contracts.model import Column, Contract, System

_HEAD = """\
<!-- Written by `onecard generate` from loaders/contracts; do not edit. -->

# 数据字典 / Data dictionary

每个系统一章，每张表一节：表中一行是什么，以什么为键，怎样报送，怎样更正和注销，每一列是什么。
“标准名”相同的列，在各系统中说的是同一件事；“必需”列缺失时，文件整个拒收。
“个人信息”列只存在于 landing、staging、identity 三层。代码表的名称同交付手册第六章。

One chapter per system, one section per table: what a row is, its key, how it is delivered,
corrected and cancelled, and what each column means. Columns with the same standard name say
the same thing in every system; a file without a required column is refused as a whole.
Columns marked as personal stay in landing, staging and identity. Code lists have the names
that chapter 6 of the delivery handbook gives them.
"""

_DELIVERY = {
    "rolling": "滚动窗口，行会重复报送，新版本为准 / "
    "rolling window, the newest version wins",
    "delta": "增量，新版本为准 / changes only, the newest version wins",
    "delta_and_full": "增量加定期全量，全量中没有的行已删除 / "
    "changes, and at times all rows: what is absent there was deleted",
    "snapshot": "完整快照，最新一份为准 / complete each time, the newest file stands",
    "watermark": "数据库，按水位列增量读取 / a database, read by its watermark",
    "replace_period": "按期整体替换 / the newest file of a period replaces it",
}

_TABLE_HEAD = (
    "| 列 column | 中文 | English | 标准名 standard name | 类型 type | 必需 required "
    "| 个人信息 personal | 代码或值域 codes or domain | 数据元 data element |\n"
    "|---|---|---|---|---|---|---|---|---|\n"
)


def data_dictionary(systems: tuple[System, ...], contracts: tuple[Contract, ...]) -> str:
    """The whole dictionary as Markdown; systems without a table are left out."""
    chapters = []
    for system in systems:
        own = [contract for contract in contracts if contract.system == system.system]
        if own:
            chapters.append(_chapter(system, own))
    return "\n".join([_HEAD, *chapters])


def _chapter(system: System, contracts: list[Contract]) -> str:
    head = (
        f"## {system.system} {system.title.zh} / {system.title.en}\n\n"
        f"- 文件夹 folder: `{system.folder}`\n"
        f"- 负责 owner: {system.owner}\n"
    )
    return "\n".join([head, *(_section(contract) for contract in contracts)])


def _section(contract: Contract) -> str:
    facts = [
        f"- 落地表 landing table: `landing.{contract.name}`",
        f"- 键 key: {_names(contract.key)}",
        f"- 键中可空 may be empty in the key: {_names(contract.empty_in_key)}"
        if contract.empty_in_key
        else "",
        f"- 版本 version: {_names(contract.version_by)}" if contract.version_by else "",
        f"- 水位 watermark: `{contract.watermark}`" if contract.watermark else "",
        f"- 报送 delivery: {_DELIVERY[contract.delivery]}",
        f"- 文件 file: `{contract.format}`"
        + (f", `{contract.encoding}`" if contract.encoding else ""),
        f"- 多久算迟到 late after: {contract.freshness_days} 天 days",
    ]
    if contract.cancellation:
        facts.append(
            f"- 注销与退费 cancellation: {contract.cancellation.zh} "
            f"{contract.cancellation.en}"
        )
    listed = "\n".join(fact for fact in facts if fact)
    return (
        f"### {contract.feed} `{contract.table}` "
        f"{contract.title.zh} / {contract.title.en}\n\n"
        f"{contract.description.zh}\n\n{contract.description.en}\n\n"
        f"{listed}\n\n" + _TABLE_HEAD + "".join(_row(c, contract) for c in contract.columns)
    )


def _row(column: Column, contract: Contract) -> str:
    required = "是 yes" if column.name in contract.required_columns else ""
    values = ", ".join(filter(None, (column.codes, column.domain)))
    cells = (
        f"`{column.name}`",
        column.zh,
        column.en,
        f"`{column.standard}`",
        column.type,
        required,
        "" if column.pii == "none" else column.pii,
        values,
        column.we or "",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _names(names: tuple[str, ...]) -> str:
    return " + ".join(
        "期 period (file name)" if name == "_period" else f"`{name}`" for name in names
    )
