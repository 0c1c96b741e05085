"""Share of shelf by chain, week and brand over the facts themselves: plain DuckDB, plain Polars.

Neither knows anything of ours but where the files are and what scenes and SKUs are called.
"""

from pathlib import Path

import duckdb
import polars as pl

MEMORY = "6GB"

_SQL = """
    SELECT s.chain, s.week, k.brand, count(*) AS facings,
           count(*) / sum(count(*)) OVER (PARTITION BY s.chain, s.week) AS share_of_facings
    FROM read_parquet('{glob}') f
    JOIN scenes s USING (scene) LEFT JOIN skus k USING (sku_id)
    WHERE NOT f.duplicate
    GROUP BY s.chain, s.week, k.brand ORDER BY ALL NULLS LAST"""


def in_duckdb(glob: Path, scenes: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    """Ask DuckDB.

    Args:
        glob: of the Parquet files of facings, merged by day.
        scenes: scene, chain, week.
        skus: sku_id, brand.
    """
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        connection.register("scenes", scenes.to_arrow())
        connection.register("skus", skus.to_arrow())
        return connection.sql(_SQL.format(glob=glob)).pl()


def in_polars(glob: Path, scenes: pl.DataFrame, skus: pl.DataFrame) -> pl.DataFrame:
    """Ask Polars' streaming engine the same."""
    whole = pl.col("facings").sum().over("chain", "week")
    by = ["chain", "week", "brand"]
    return (
        pl.scan_parquet(glob)
        .filter(~pl.col("duplicate"))
        .join(scenes.lazy(), on="scene")
        .join(skus.lazy(), on="sku_id", how="left")
        .group_by(by)
        .agg(pl.len().alias("facings"))
        .with_columns((pl.col("facings") / whole).alias("share_of_facings"))
        .sort(by, nulls_last=True)
        .collect(engine="streaming")
    )
