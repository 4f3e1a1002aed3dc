"""A column of a staged table by which rows of another are known leads there, or need not.

The one thing that an author can forget is a lead (docs/decisions/0022). What a model of the
record joins on cannot be read from its SQL with certainty; what columns are called can.
"""

from __future__ import annotations

from functools import cache

import yaml

from loaders.changes.leads import STAGING_MODELS, StagedModel, staged_models

# Columns by which no row of another table is looked for, and why.
NEED_NOT_LEAD = {
    ("stg_a__ms_cf01", "invoice_number"): "only shown",
    ("stg_a__zy_fymx", "charge_line_number"): "the line's own number",
    ("stg_b__tb_his_zy_fee_detail", "charge_line_number"): "the line's own number",
    ("stg_c__zy_fymx", "charge_line_number"): "the line's own number",
    ("stg_c__pacs_bgjg", "report_number"): "the report's own number",
    ("stg_d__mdc_oldpeoplerecord", "record_id"): "the record's own number",
    ("stg_b__hqms", "medical_record_number"): "its stay is found by person and times",
    ("stg_b__tb_his_zy_adm_reg", "printed_stay_number"): "only shown",
    ("stg_c__zy_brry", "printed_stay_number"): "only shown",
    ("stg_e__scm_servicerecords", "visit_number"): "only visits of the same person",
}
# The rows name their person, and reach the archive by the record that they belong to.
BY_THEIR_RECORD = "archive_id"


@cache
def _led_to() -> dict[str, set[str]]:
    """Columns by which rows are led to, and the models where."""
    found: dict[str, set[str]] = {}
    for model in staged_models():
        for lead in model.leads:
            for _, theirs in lead.by:
                if theirs != "org_code":
                    found.setdefault(theirs, set()).add(lead.parent)
    return found


def _without_a_lead(model: StagedModel) -> set[str]:
    (path,) = STAGING_MODELS.rglob(f"{model.name}.yml")
    (described,) = yaml.safe_load(path.read_text("utf-8"))["models"]
    columns = {column["name"] for column in described["columns"]}
    leading = {own for lead in model.leads for own, _ in lead.by}
    if model.leads:
        leading.add(BY_THEIR_RECORD)
    return {
        name
        for name in columns & _led_to().keys() - leading
        if model.name not in _led_to()[name]
    }


def test_every_number_leads_somewhere() -> None:
    missing = {
        (model.name, column)
        for model in staged_models()
        for column in _without_a_lead(model)
    }
    assert missing == set(NEED_NOT_LEAD)


def test_leads_lead_to_columns_that_are_there() -> None:
    columns = {}
    for path in STAGING_MODELS.rglob("stg_*.yml"):
        (described,) = yaml.safe_load(path.read_text("utf-8"))["models"]
        columns[described["name"]] = {column["name"] for column in described["columns"]}
    for model in staged_models():
        for lead in model.leads:
            pairs = [*lead.by, *([lead.at] if lead.at else [])]
            assert {own for own, _ in pairs} <= columns[lead.child], lead
            assert {theirs for _, theirs in pairs} <= columns[lead.parent], lead
