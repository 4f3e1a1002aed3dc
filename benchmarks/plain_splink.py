"""What a user of Splink would write for these records: its own comparisons, trained by EM.

Values are cleaned as its tutorials do (blanks out, upper case, what is no number is null);
parameters are estimated from the data, pairs at the threshold are joined as connected
components. Run as a program: reads `identity.source_person`, writes `public.plain_cluster`.
"""

from __future__ import annotations

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from sqlalchemy import Connection, Engine

from loaders.identity.workbench import copy_in

THRESHOLD = 0.99
SOURCE_SQL = """
select
    record_key, person_name, id_number, sex_code, born_on::text as born_on, phone, address,
    town_code
from identity.source_person
"""
CLEANED_SQL = r"""
create table person as
select
    record_key,
    nullif(regexp_replace(person_name, '\s|[(（].*$|\d+$', '', 'g'), '') as person_name,
    case
        when regexp_full_match(cleaned, '\d{15}|\d{17}[\dX]')
            and not regexp_full_match(cleaned, '1+|9+190001010000')
            then cleaned
    end as id_number,
    sex_code,
    born_on,
    phone,
    nullif(regexp_extract(address, '^(.{2,4}?镇)', 1), '') as town,
    address
from (
    select
        *,
        upper(regexp_replace((
            translate(id_number, '０１２３４５６７８９Ｘ', '0123456789X')
        ), '[\s''"=]', '', 'g')) as cleaned
    from delivered
)
"""


def settings() -> SettingsCreator:
    """Comparisons and blocking rules that the tutorials lead to."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        comparisons=[
            cl.JaroWinklerAtThresholds("person_name", [0.9, 0.7]).configure(
                term_frequency_adjustments=True
            ),
            cl.DateOfBirthComparison("born_on", input_is_string=True),
            cl.DamerauLevenshteinAtThresholds("id_number", [1, 2]),
            cl.ExactMatch("sex_code"),
            cl.ExactMatch("phone"),
            cl.ExactMatch("town").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("id_number"),
            block_on("person_name", "born_on"),
            block_on("phone", "person_name"),
            block_on("phone", "born_on"),
            block_on("born_on", "substr(person_name, 1, 1)"),
            block_on("person_name", "town", "substr(born_on, 1, 4)"),
        ],
    )


def link(engine: Engine) -> None:
    """Read, train, score, cluster and write back."""
    duck = duckdb.connect(":memory:")
    with engine.connect() as connection:
        copy_in(connection, SOURCE_SQL, duck, "delivered")
    duck.execute(CLEANED_SQL)
    duck.execute("drop table delivered")
    api = DuckDBAPI(connection=duck)
    linker = Linker(api.register("person"), settings(), log_level=None)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("id_number"), block_on("person_name", "born_on", "town")], recall=0.9
    )
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("id_number"), block_on("person_name", "born_on")):
        train.estimate_parameters_using_expectation_maximisation(rule, max_pairs=2e6)
    scored = linker.inference.predict(threshold_match_probability=0.9)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=THRESHOLD
    )
    rows = duck.execute(
        f"select record_key, cluster_id from {clusters.physical_name}"
    ).fetchall()
    with engine.begin() as connection:
        _write(connection, rows)
    duck.close()


def _write(connection: Connection, rows: list[tuple[str, str]]) -> None:
    connection.exec_driver_sql("drop table if exists public.plain_cluster")
    connection.exec_driver_sql(
        "create table public.plain_cluster (record_key text primary key, person_id text)"
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    with (
        driver.cursor() as cursor,
        cursor.copy("copy public.plain_cluster from stdin") as copy,
    ):
        for row in rows:
            copy.write_row(row)
