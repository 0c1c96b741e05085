"""From the facts of scenes to rows of the warehouse, in DuckDB, many scenes at once."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from storage.fact_tables import TABLES
from storage.facts import damage_named, to_parquet
from storage.facts_files import FactsOf, Files, gather
from storage.objects import ObjectStore
from storage.warehouse import Connection, register
from storage.warehouse_schema import OF_SCENES

_READ = {"facings": "facings", "prices": "price_tags", "gaps": "gaps"}  # table of facts of each
_SELECT = {
    "facings": """
        SELECT scene_id, image_id, facing_id, sku_id, confidence, rack_index, shelf_index,
               position_index, x2 - x1 AS width_px, y2 - y1 AS height_px, duplicate
        FROM rows_read""",
    # A price counts by the rule of flows/reports/tag_prices.py: promo before regular, surely read.
    "prices": """
        SELECT t.scene_id, t.image_id, t.tag_id, f.sku_id, t.price.kind, t.price.amount,
               t.price.currency, t.price.confidence, coalesce(t.promo, false) AS promo
        FROM (
            SELECT *, coalesce(
                list_filter(prices, lambda p: p.kind = 'promo' AND p.confidence >= $surely)[1],
                list_filter(prices, lambda p: p.kind = 'regular' AND p.confidence >= $surely)[1]
            ) AS price
            FROM rows_read
        ) t
        LEFT JOIN fresh_facings f USING (scene_id, image_id, facing_id)
        WHERE t.price IS NOT NULL AND NOT coalesce(f.duplicate, false)""",
    "gaps": """
        SELECT scene_id, image_id, gap_id, shelf_index, x2 - x1 AS width_px,
               y2 - y1 AS height_px
        FROM rows_read""",
    # `space` adds up to the facings of its scene, so scenes weigh what they hold, whatever the
    # resolution of their photos. Amounts of two currencies have no lowest; a tag without a sign is
    # of the currency of the others.
    "scene_skus": """
        WITH counted AS (
            SELECT scene_id, sku_id, count(*) AS facings, sum(width_px::DOUBLE) AS width,
                   coalesce(bit_count(bit_or(CASE WHEN shelf_index >= 0
                       THEN 1::UBIGINT << least(shelf_index, 62) END)), 0) AS shelves
            FROM fresh_facings WHERE NOT duplicate GROUP BY ALL
        ), cheapest AS (
            SELECT scene_id, sku_id, CASE WHEN count(DISTINCT currency) < 2 THEN min(amount) END
                   AS price, CASE WHEN price IS NOT NULL THEN any_value(currency) END AS currency,
                   bool_or(promo) AS promo
            FROM fresh_prices WHERE sku_id IS NOT NULL GROUP BY scene_id, sku_id
        )
        SELECT c.scene_id, c.sku_id, c.facings,
               c.width * sum(c.facings) OVER scene / nullif(sum(c.width) OVER scene, 0) AS space,
               c.shelves, p.price, p.currency, coalesce(p.promo, false)
        FROM counted c LEFT JOIN cheapest p USING (scene_id, sku_id)
        WINDOW scene AS (PARTITION BY c.scene_id)
        ORDER BY c.scene_id, c.sku_id""",
}


def replace(
    connection: Connection,
    objects: ObjectStore,
    wanted: Sequence[FactsOf],
    folder: Path,
    *,
    price_confidence: float,
) -> int:
    """Put the facts of these scenes in place of older ones of theirs.

    Leaves `fresh_facings` and `fresh_gaps` behind: temporary tables of what was put.

    Args:
        connection: to the warehouse that changes.
        objects: the store.
        wanted: few enough to be read in one go.
        folder: takes what must be fetched first; the caller removes it.
        price_confidence: a price read with less is none, 0-1.

    Returns:
        How many facings were put.

    Raises:
        ObjectCorrupt: names the file that is damaged.
    """
    ids = pl.DataFrame({"scene_id": [one.scene_id for one in wanted]}, {"scene_id": pl.Int64})
    register(connection, "replaced", ids)
    for table, select in _SELECT.items():
        parameters = {"surely": price_confidence} if "$surely" in select else None
        query = f"CREATE OR REPLACE TEMP TABLE fresh_{table} AS {select}"
        with damage_named():
            if table in _READ:
                files = gather(objects, wanted, _READ[table], folder)
                _read(connection, files, wanted, folder, table)
            connection.execute(query, parameters)
    for table in OF_SCENES:
        connection.execute(f"DELETE FROM {table} WHERE scene_id IN (FROM replaced)")  # noqa: S608  our own names
        connection.execute(f"INSERT INTO {table} FROM fresh_{table}")
    return connection.execute("SELECT count(*) FROM fresh_facings").fetchall()[0][0]


def _read(
    connection: Connection, files: Files, wanted: Sequence[FactsOf], folder: Path, table: str
) -> None:
    """Make the view `rows_read`: rows of the table of facts, with the `scene_id` of each."""
    of = {one.scene_id: str(files.single.get(one.scene_id, "")) for one in wanted}
    rows = [(one.scene_id, one.scene, one.revision, of[one.scene_id]) for one in wanted]
    schema = {"scene_id": pl.Int64, "scene": pl.String, "revision": pl.Int32, "path": pl.String}
    register(connection, "wanted", pl.DataFrame(rows, schema=schema, orient="row"))
    today = folder / f"columns-of-{_READ[table]}.parquet"  # older facts lack some
    today.write_bytes(to_parquet(pl.DataFrame(schema=TABLES[_READ[table]])))
    single = _parquet([today, *files.single.values()])
    query = f"SELECT w.scene_id, r.* FROM {single} r JOIN wanted w ON w.path = r.filename"  # noqa: S608  our own paths
    if files.merged:
        query += f"""
            UNION ALL BY NAME
            SELECT w.scene_id, r.* EXCLUDE (scene, revision) FROM {_parquet(files.merged)} r
            JOIN wanted w ON w.scene = r.scene AND w.revision = r.revision AND w.path = ''"""  # noqa: S608  same
    connection.execute(f"CREATE OR REPLACE TEMP VIEW rows_read AS {query}")


def _parquet(paths: Sequence[Path]) -> str:
    quoted = ", ".join("'{}'".format(str(path).replace("'", "''")) for path in paths)
    return f"read_parquet([{quoted}], union_by_name = true, filename = true)"
