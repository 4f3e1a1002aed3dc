"""What a county consists of: institutions, towns, villages, illnesses, prices, names."""

from __future__ import annotations

from dataclasses import dataclass

PRIMARY_CLASSES = frozenset({"C210", "C220", "D600"})


@dataclass(frozen=True)
class Institution:
    """One line of the county's list of institutions, with its five codes."""

    row: tuple[tuple[str, str], ...]
    code22: str
    credit_code: str
    insurance_code: str
    jgid: str
    unit: str
    name: str
    class_code: str
    level: str
    division: str

    @property
    def is_primary(self) -> bool:
        return self.class_code in PRIMARY_CLASSES


@dataclass(frozen=True)
class Town:
    code: str
    name: str
    centre: Institution


@dataclass(frozen=True)
class Village:
    code: str
    name: str
    town: Town
    clinic: Institution


@dataclass(frozen=True)
class Diagnosis:
    clinical: str
    insurance: str
    name: str
    complaint: str
    department: str
    setting: str
    weight: float
    age_from: int
    age_to: int


@dataclass(frozen=True)
class NameBook:
    """What fictional names are made of, and how clerks misspell them."""

    surnames: str
    double_surnames: tuple[str, ...]
    men: str
    women: str
    either: str
    dotted_first: tuple[str, ...]
    dotted_second: tuple[str, ...]
    traditional: dict[str, str]
    homophones: dict[str, str]
    suffixes: tuple[str, ...]


@dataclass(frozen=True)
class ChineseTerms:
    """The Chinese names of an illness that both traditions know."""

    disease_code: str
    disease: str
    syndrome_code: str
    syndrome: str


@dataclass(frozen=True)
class Price:
    """One item that can be on a bill."""

    category: str
    code: str
    name: str
    fen: int
    most: int
    where: str


@dataclass(frozen=True)
class County:
    division: str
    former_division: str
    name: str
    other_regions: tuple[str, ...]
    phone_blocks: tuple[str, ...]
    hamlets: tuple[str, ...]
    ethnic_groups: dict[str, float]
    test_names: tuple[str, ...]
    unknown_numbers: tuple[str, ...]
    departments: dict[str, str]
    institutions: tuple[Institution, ...]
    hospitals: dict[str, Institution]
    private_hospital: Institution
    outside: tuple[Institution, ...]
    outside_weights: tuple[float, ...]
    pharmacies: tuple[Institution, ...]
    towns: tuple[Town, ...]
    villages: tuple[Village, ...]
    village_weights: tuple[float, ...]
    diagnoses: tuple[Diagnosis, ...]
    chinese_terms: dict[str, ChineseTerms]
    prices: tuple[Price, ...]
    names: NameBook

    def is_inside(self, institution: Institution) -> bool:
        return institution.division.startswith(self.division)
