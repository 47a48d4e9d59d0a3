"""What a build starts from: the raw tables and the memory, and nothing that an earlier build made."""

from __future__ import annotations

import duckdb

from pipelines.transform import forget_former_build


def test_models_of_an_older_version_are_gone_before_a_build_and_raw_tables_stay() -> None:
    with duckdb.connect() as connection:
        for table in (
            "marts.fct_former",
            "staging.stg_former",
            "partner_center_raw.orders",
            "recon_memory.break_log",
        ):
            connection.execute(f"create schema {table.split('.')[0]}")
            connection.execute(f"create table {table} as select 1 as one")
        connection.execute("create view marts.of_another_schema as from staging.stg_former")
        forget_former_build(connection, {"marts", "staging", "not_built_yet"})
        left = connection.execute("select table_schema, table_name from information_schema.tables order by all")
        assert left.fetchall() == [("partner_center_raw", "orders"), ("recon_memory", "break_log")]
