"""What a county consists of: institutions, towns, villages, illnesses, prices, names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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
    former_name: str
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
    radicals: dict[str, str]
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
    """One item that can be on a bill; `order` names the panel or examination it pays."""

    category: str
    code: str
    name: str
    fen: int
    most: int
    where: frozenset[str]
    order: str


@dataclass(frozen=True)
class Analyte:
    """One item of a laboratory panel; without a mean it is read by eye."""

    panel: str
    code: str
    name: str
    unit: str
    low: str
    high: str
    mean: float | None
    spread: float
    digits: int


@dataclass(frozen=True)
class Examination:
    """What an imaging or ECG examination may show."""

    kind: str
    name: str
    finding: str
    conclusion: str
    weight: float


@dataclass(frozen=True)
class Surgery:
    """The operation that goes with a diagnosis, and one that may be done with it."""

    diagnosis: str
    share: float
    code: str
    name: str
    level: str
    charge: str
    material: str
    also_code: str
    also_name: str
    also_level: str


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
    analytes: dict[str, tuple[Analyte, ...]]
    examinations: dict[str, tuple[Examination, ...]]
    surgeries: dict[str, Surgery]
    fee_numbers: dict[str, str]
    page_groups: dict[str, str]
    names: NameBook

    def price(self, code: str) -> Price:
        """The item with this code. Raises: KeyError when nobody charges it."""
        return self.price_list[code]

    @cached_property
    def price_list(self) -> dict[str, Price]:
        return {price.code: price for price in self.prices}

    def is_inside(self, institution: Institution) -> bool:
        return institution.division.startswith(self.division)
