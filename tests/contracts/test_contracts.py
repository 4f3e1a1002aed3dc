"""Contracts say what they must, and nothing that nobody reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from loaders.contracts.model import (
    SHIPPED,
    Contract,
    ContractError,
    contract_of,
    load_contracts,
    load_systems,
    read_contract,
)

FEEDS = [
    f"{system}{number:02d}"
    for system, count in zip("ABCDEFGH", (14, 13, 13, 20, 4, 4, 2, 7), strict=True)
    for number in range(1, count + 1)
]

# (feed, file name, what the name says): the handbook's shapes, and copies sent again.
NAMES = [
    ("A01", "XYYHIS_20250102_01.zip", {"date": "20250102"}),
    ("A01", "XYYHIS_20250102_01(1).zip", {"date": "20250102"}),
    ("A11", "XYYHIS_20250102_02 (1).zip", {"date": "20250102"}),
    ("B02", "TB_YL_MZ_MEDICAL_RECORD_20250102.txt", {"date": "20250102"}),
    ("B02", "TB_YL_MZ_MEDICAL_RECORD_20250102(1).txt", {"date": "20250102"}),
    (
        "B02",
        "TB_YL_MZ_MEDICAL_RECORD_20250102_R2.txt",
        {"date": "20250102", "revision": "2"},
    ),
    (
        "B05",
        "TB_HIS_MZ_FEE_DETAIL_20250102_R1 (2).txt",
        {"date": "20250102", "revision": "1"},
    ),
    ("B12", "TB_RIS_REPORT_20250103_R1.txt", {"date": "20250103", "revision": "1"}),
    ("B13", "hqms_202412.dbf", {"period": "202412"}),
    ("B13", "hqms_202412 (1).dbf", {"period": "202412"}),
    ("C02", "township_his.db", {}),
    ("C02", "township_his(1).db", {}),
    (
        "D01",
        "EHR_HealthRecord_20250101_第1页.xlsx",
        {"date": "20250101", "page": "1"},
    ),
    (
        "D01",
        "EHR_HealthRecord_20250106_全量_第12页.xlsx",
        {"date": "20250106", "page": "12", "full": "_全量"},
    ),
    (
        "D04",
        "MDC_HypertensionVisit_20250102_第2页(1).xlsx",
        {"date": "20250102", "page": "2"},
    ),
    ("E02", "SCM_SignContractRecord_20250102.jsonl", {"date": "20250102"}),
    ("E02", "SCM_SignContractRecord_20250102 (1).jsonl", {"date": "20250102"}),
    ("F01", "YB_PSN_INSU_D_2025.zip", {"period": "2025"}),
    ("F02", "YB_SETL_D_20250104(1).zip", {"date": "20250104"}),
    ("F03", "YB_OUT_APPY_D_20250104.zip", {"date": "20250104"}),
    ("F04", "医保总额预算_2024.xlsx", {"period": "2024"}),
    ("G01", "DR_REFERRALS_20250103.xml", {"date": "20250103"}),
    ("G02", "CONS_20250103 (1).json", {"date": "20250103"}),
    ("H01", "机构名录_20250101.csv", {"date": "20250101"}),
    (
        "H06",
        "常住人口_2024_更正.xlsx",
        {"period": "2024", "correction": "_更正"},
    ),
    ("H06", "常住人口_2024（1）.xlsx", {"period": "2024"}),
    ("H02", "人员花名册_202501.xlsx", {"period": "202501"}),
    ("H03", "派驻登记_2024(1).xlsx", {"period": "2024"}),
    ("H04", "床位月报_2024.csv", {"period": "2024"}),
    (
        "H05",
        "医共体财务月报_202412_更正.xlsx",
        {"period": "202412", "correction": "_更正"},
    ),
    ("H07", "村卫生室设备_2024.csv", {"period": "2024"}),
]
STRANGE_NAMES = [
    ("A01", "XYYHIS_20250102_01.zip.ok"),
    ("B02", "TB_YL_MZ_MEDICAL_RECORD_20250102.txt.tmp"),
    ("B06", "TB_HIS_ZY_ADM_REG_2025010.txt"),
    ("B13", "hqms_20241201.dbf"),
    ("D02", "HC_HealthCheck_20250106_全量_第1页.xlsx"),
    ("D04", "MDC_HypertensionRecord_20250102_第1页.xlsx"),
    ("F02", "YB_OUT_APPY_D_20250104.zip"),
    ("H02", "人员花名册_2025.xlsx"),
    ("H05", "财务月报_202412.xlsx"),
    ("H06", "常住人口_202412.xlsx"),
]


@pytest.fixture(params=load_contracts(), ids=lambda contract: contract.feed)
def contract(request: pytest.FixtureRequest) -> Contract:
    found: Contract = request.param
    return found


def test_every_feed_of_the_slice_has_a_contract() -> None:
    assert [contract.feed for contract in load_contracts()] == FEEDS


def test_every_system_has_its_letter_and_folder() -> None:
    assert "".join(system.system for system in load_systems()) == "ABCDEFGH"
    for system in load_systems():
        assert system.folder.startswith(f"{system.system}_")
        assert (SHIPPED / system.name / "_system.yml").is_file()


def test_a_contract_lies_in_the_folder_of_its_system() -> None:
    folders = {system.name: system.system for system in load_systems()}
    for path in SHIPPED.glob("*/[!_]*.yml"):
        assert read_contract(path).system == folders[path.parent.name], path.name


def test_no_two_contracts_share_a_landing_table() -> None:
    names = [contract.name for contract in load_contracts()]
    assert len(names) == len(set(names))


def test_the_name_of_a_landing_table_begins_with_its_feed(contract: Contract) -> None:
    assert contract.name.startswith(f"{contract.feed.lower()}_")


def test_a_key_has_columns_that_are_required(contract: Contract) -> None:
    assert contract.key
    assert set(contract.key) - {"_period"} <= set(contract.required_columns)


def test_standard_names_are_unique_within_a_table(contract: Contract) -> None:
    standards = [column.standard for column in contract.columns]
    assert len(standards) == len(set(standards))


def test_a_standard_name_says_by_its_ending_what_it_holds(contract: Contract) -> None:
    endings = {
        "date": ("_on",),
        "datetime": ("_at",),
        "money": ("_fee", "_price", "_income", "_expense", "_budget"),
        "boolean": (),
    }
    for column in contract.columns:
        if column.type == "boolean":
            assert column.standard.startswith(("is_", "has_")), column.name
        elif column.type in endings:
            name = column.standard.rstrip("_0123456789")
            assert name.endswith(endings[column.type]), column.name


def test_a_standard_name_has_one_class_of_privacy() -> None:
    classes: dict[str, set[str]] = {}
    for contract in load_contracts():
        for column in contract.columns:
            classes.setdefault(column.standard, set()).add(column.pii)
    assert {name: found for name, found in classes.items() if len(found) > 1} == {}


def test_columns_with_names_of_people_are_marked_as_personal(contract: Contract) -> None:
    personal = {
        "person_name": "name",
        "id_number": "id_number",
        "phone": "phone",
        "address": "address",
        "born_on": "birth_date",
    }
    for column in contract.columns:
        if column.standard in personal:
            assert column.pii == personal[column.standard], column.name


def test_a_table_that_carries_names_says_how_its_people_are_addressed(
    contract: Contract,
) -> None:
    carries_person = any(column.standard == "person_name" for column in contract.columns)
    assert carries_person == (contract.person is not None)


@pytest.mark.parametrize(("feed", "name", "says"), NAMES)
def test_a_file_name_says_which_day_and_part_it_is(
    feed: str, name: str, says: dict[str, str]
) -> None:
    found = contract_of(feed).file_pattern.fullmatch(name)
    assert found is not None
    assert {key: value for key, value in found.groupdict().items() if value} == says


@pytest.mark.parametrize(("feed", "name"), STRANGE_NAMES)
def test_a_file_of_something_else_is_not_taken(feed: str, name: str) -> None:
    assert contract_of(feed).file_pattern.fullmatch(name) is None


def test_one_text_file_belongs_to_one_feed() -> None:
    for _, name, _ in NAMES:
        takers = [c for c in load_contracts() if c.file_pattern.fullmatch(name)]
        assert len(takers) == 1 or all(c.system in "AC" for c in takers), name


def test_members_of_a_zip_are_told_apart() -> None:
    members = {
        "MS_BRDA_20250102.csv": "A01",
        "MS_BRZD_20250102.csv": "A03",
        "MS_CF01_20250102.csv": "A04",
        "MS_CF02_20250102.csv": "A05",
        "PSN_INSU_D_2024.txt": "F01",
        "SETL_D_20250104.txt": "F02",
        "OUT_APPY_D_20250104.txt": "F03",
    }
    patterns = {c.feed: c.member_pattern for c in load_contracts() if c.member_pattern}
    for name, feed in members.items():
        assert [f for f, pattern in patterns.items() if pattern.fullmatch(name)] == [feed]


def _written(folder: Path, **changes: object) -> Path:
    path = next(SHIPPED.glob("a_*/ms_brda.yml"))
    document = yaml.safe_load(path.read_text("utf-8"))
    target = folder / "ms_brda.yml"
    target.write_text(yaml.safe_dump(document | changes, allow_unicode=True), "utf-8")
    return target


def _plain(*standards: str) -> dict[str, object]:
    """What makes of the written contract one of two columns that is staged plainly."""
    columns = [
        {"name": name, "standard": standard, "zh": "列", "en": "Column"}
        for name, standard in zip(("BRID", "XGSJ"), standards, strict=True)
    ]
    return {"staging": "plain", "person": None, "columns": columns}


def test_a_contract_of_two_columns_can_be_staged_plainly(tmp_path: Path) -> None:
    changes = _plain("patient_id", "modified_at")
    assert read_contract(_written(tmp_path, **changes)).staging == "plain"


def test_an_unknown_field_is_refused_by_file_and_field(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"ms_brda\.yml .* colour: Extra inputs"):
        read_contract(_written(tmp_path, colour="red"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": ["NOWHERE"]}, "used but not described.*NOWHERE"),
        ({"delivery": "watermark"}, "watermark goes with delivery"),
        ({"delivery": "now and then"}, "delivery: Input should be"),
        ({"file_name": "X_(?P<day>\\d+)"}, "file_name: .*day"),
        ({"file_name": "X_("}, "file_name: .*no usable regular expression"),
        ({"text": None}, "format: delimited needs its layout"),
        ({"xml": {"record": "Row"}}, "a layout for xml goes with format: xml only"),
        ({"format": "database"}, "a layout for delimited goes with"),
        ({"text": {"overflow_column": "NOWHERE"}}, "layout names unknown columns"),
        ({"empty_in_key": ["BRXM"]}, "empty_in_key: some of the columns of the key"),
        ({"empty_in_key": ["BRID"]}, "empty_in_key: .* never all"),
        (_plain("record_key", "modified_at"), "plain, but no names .*record_key"),
        (_plain("Patient", "modified_at"), "plain, but no names .*Patient"),
        (_plain("patient_id", "patient_id"), "two columns become .*patient_id"),
        (
            _plain("patient_id", "modified_at")
            | {"person": {"native_id": "XGSJ", "org_column": "BRID"}},
            "plain, but no number of its own in the key",
        ),
    ],
)
def test_a_contract_that_cannot_be_kept_is_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ContractError, match=said):
        read_contract(_written(tmp_path, **changes))


def test_a_file_that_is_no_yaml_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "ms_brda.yml"
    broken.write_text("feed: [A01", "utf-8")
    with pytest.raises(ContractError, match=r"ms_brda\.yml is not YAML"):
        read_contract(broken)
