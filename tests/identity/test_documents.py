"""Identifiers of every kind: what they are normalised to, and how far they are trusted."""

from __future__ import annotations

import pytest

from loaders.identity.documents import SourceTrust, read_identifier
from loaders.identity.id_number import check_character

VALID = "99999919630715123X"
FOREIGN = "93115619800101001" + check_character("93115619800101001")
RESIDENT = "foreign_permanent_resident"
TAIWAN = "83000019900101001" + check_character("83000019900101001")


@pytest.mark.parametrize(
    ("id_type", "raw", "normalised", "flag"),
    [
        ("resident_id", "99999919630715123×", VALID, "look_alike_x"),
        ("resident_id", "９９９９９９19630715123X", VALID, "full_width"),
        ("resident_id", f'="{VALID}"', VALID, "wrapped"),
        ("resident_id", VALID, VALID, "fictional"),
        ("resident_id", VALID + "43", VALID, "disability_card"),
        ("resident_id", FOREIGN, FOREIGN, "foreign_permanent_resident"),
        ("resident_id", TAIWAN, TAIWAN, "hong_kong_macao_taiwan_resident"),
        ("other_document", VALID + "43", VALID, "contains_resident_id"),
        ("social_card", VALID, VALID, "contains_resident_id"),
        ("other_document", "H1234567801", "H12345678", "renewal_dropped"),
        ("other_document", "m12345678", "M12345678", "hong_kong_macao_permit"),
        ("taiwan_permit", "1234567802", "12345678", "renewal_dropped"),
        ("taiwan_permit", "12345679(B)", "12345679", "renewal_dropped"),
        ("other_document", "E12345678", "E12345678", "passport_or_permit"),
        ("other_document", "EA1234567", "EA1234567", "passport_or_permit"),
        ("other_document", "军字第1234567号", "军1234567", "military"),
        ("other_document", "字第12345679号", "12345679", "military"),
        ("other_document", "USA311234567890", "USA311234567890", RESIDENT),
        ("health_index", "a" * 63 + "f:1", "A" * 63 + "F", "static_code"),
        ("health_card", "a" * 63 + "f:0", "A" * 63 + "F", "dynamic_code"),
    ],
)  # fmt: skip
def test_right_ones(id_type: str, raw: str, normalised: str, flag: str) -> None:
    read = read_identifier(id_type, raw, SourceTrust.SEEN)
    assert (read.normalised, read.valid, read.verification_level) == (normalised, True, 3)
    assert flag in read.flags


@pytest.mark.parametrize(
    ("id_type", "raw", "flag"),
    [
        ("resident_id", "999999196307151234", "check_failed"),
        ("resident_id", "99999919630715123", "x_missing"),
        ("resident_id", "9.99999E+17", "excel_scientific"),
        ("resident_id", "999999196307151000", "excel_zeroed"),
        ("resident_id", "999999199001010048", "excel_rounded"),
        ("resident_id", "无", "placeholder"),
        ("resident_id", "111111111111111111", "placeholder"),
        ("birth_certificate", "9876512340", "unusual_shape"),
        ("social_card", "12345", "placeholder"),
        ("patient_card", "不详", "placeholder"),
        ("phone", "13800000000", "placeholder"),
    ],
)
def test_wrong_ones_are_worth_nothing(id_type: str, raw: str, flag: str) -> None:
    read = read_identifier(id_type, raw, SourceTrust.READ)
    assert (read.valid, read.verification_level) == (False, 0)
    assert flag in read.flags


@pytest.mark.parametrize(
    ("id_type", "raw"),
    [
        ("birth_certificate", "K340123456"),
        ("social_card", "A1234567B"),
        ("insurance_number", "99150000000305584385"),
        ("vaccination_code", "991525010120240001"),
        ("patient_card", "TCM0000060"),
        ("medical_record_no", "00123456"),
        ("archive", "99152510020100123"),
        ("health_index", "E000000181"),
    ],
)
def test_numbers_without_a_check_are_kept_as_they_are(id_type: str, raw: str) -> None:
    read = read_identifier(id_type, f" {raw.lower()} ", SourceTrust.TYPED)
    assert (read.normalised, read.valid, read.verification_level) == (raw, True, 2)


def test_trust_follows_how_the_source_came_by_it() -> None:
    levels = [
        read_identifier("resident_id", VALID, t).verification_level for t in SourceTrust
    ]
    assert levels == [4, 3, 2, 1]
    converted = read_identifier("resident_id", "999999630715123", SourceTrust.READ)
    assert (converted.normalised, converted.verification_level) == (VALID, 1)
    assert "converted_from_15" in converted.flags


@pytest.mark.parametrize("raw", ["991525000000001234567890abcd", VALID, ""])
def test_a_token_for_one_visit_is_never_kept(raw: str) -> None:
    read = read_identifier("ec_token", raw, SourceTrust.READ)
    assert (read.normalised, read.valid) == (None, False)
    assert read.resident_id is None


def test_a_number_is_told_by_its_holder_card_too() -> None:
    assert read_identifier("social_card", VALID).resident_id == VALID
    assert read_identifier("patient_card", "TCM0000060").resident_id is None


def test_an_unknown_province_is_said_and_the_number_is_taken() -> None:
    number = "01010119900101001" + check_character("01010119900101001")
    read = read_identifier("resident_id", number)
    assert read.valid
    assert "unknown_region" in read.flags


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_nothing_is_nothing(raw: str | None) -> None:
    assert read_identifier("resident_id", raw).normalised is None


@pytest.mark.parametrize("raw", ["1", "17", "4512", "Z-0003"])
def test_an_institution_counts_its_patients_from_one(raw: str) -> None:
    read = read_identifier("medical_record_no", raw)
    assert (read.normalised, read.valid) == (raw, True)


def test_a_number_of_noughts_is_nobodys() -> None:
    assert read_identifier("patient_card", "000").flags == ("placeholder",)
