"""Facts: checked, sorted, and the same bytes whatever the order of the rows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO

import duckdb
import polars as pl
import pytest

from storage import facts
from storage.errors import BadFacts, ObjectCorrupt, ObjectMissing
from storage.facts import TABLES
from storage.objects import ObjectStore
from tests.storage.rows import NOW

DAY = date(2026, 3, 1)
SCENE = "01a203d3f68171a482d74cdb743c45f7"


def facings(count: int) -> pl.DataFrame:
    """Make facings of ten photos, some without SKU, two in the same place."""
    numbers = range(count)
    columns = {
        "image_id": [1 + n % 10 for n in numbers],
        "facing_id": list(numbers),
        "x1": [n * 1.5 for n in numbers],
        "y1": [0.1 * n for n in numbers],
        "x2": [n * 1.5 + 90 for n in numbers],
        "y2": [0.1 * n + 200 for n in numbers],
        "detection_score": [0.9 for _ in numbers],
        "rack_index": [0 for _ in numbers],
        "shelf_index": [n % 5 - 1 for n in numbers],
        "position_index": [n // 10 % 7 for n in numbers],
        "sku_id": [None if n % 3 == 0 else n % 50 for n in numbers],
        "sku_score": [None if n % 3 == 0 else 0.8 for n in numbers],
        "confidence": [None if n % 3 == 0 else 0.7 for n in numbers],
        "candidates": [None if n % 3 == 0 else [{"sku_id": n, "score": 0.8}] for n in numbers],
        "ambiguous": [n % 3 == 0 for n in numbers],
        "duplicate": [n % 4 == 0 for n in numbers],
        "detector": ["shelf-detector-0.1.0" for _ in numbers],
        "embedder": ["sku-embedder-0.1.0" for _ in numbers],
    }
    return pl.DataFrame(columns, schema=TABLES["facings"])


def all_tables(**given: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Give the tables of a scene, empty where none is given."""
    return {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()} | given


def write(objects: ObjectStore, **given: pl.DataFrame) -> None:
    """Write revision 1 of the scene."""
    facts.write(objects, day=DAY, scene=SCENE, revision=1, tables=all_tables(**given))


def test_facts_are_read_as_they_were_written(objects: ObjectStore) -> None:
    """The same rows and types, sorted by the table's key."""
    frame = facings(200)
    write(objects, facings=frame.sample(fraction=1, shuffle=True, seed=1))
    read = facts.read(objects, day=DAY, scene=SCENE, revision=1, table="facings")

    key = ["image_id", "shelf_index", "position_index", "facing_id"]
    assert frame.sort(key).equals(read)
    assert pl.Schema(TABLES["facings"]) == read.schema


def test_each_table_is_an_object_of_its_revision(folder: ObjectStore) -> None:
    """The key names day, scene, revision and table."""
    write(folder)

    assert [f"facts/2026-03-01/{SCENE}/r1/{name}.parquet" for name in sorted(TABLES)] == list(
        folder.list("facts/")
    )


def test_an_empty_table_keeps_its_columns(folder: ObjectStore) -> None:
    """A scene without price tags has the table all the same."""
    write(folder)
    read = facts.read(folder, day=DAY, scene=SCENE, revision=1, table="price_tags")

    assert (0, pl.Schema(TABLES["price_tags"])) == (read.height, read.schema)


def test_older_facts_lack_what_was_added_later(folder: ObjectStore) -> None:
    """Columns that did not exist when the facts were written are null, of their type."""
    older = pl.DataFrame(
        {"image_id": [7], "position": [0]}, schema_overrides={"position": pl.Int32}
    )
    file = BytesIO()
    older.write_parquet(file)
    folder.put(facts.facts_key(DAY, SCENE, 1, "photos"), file.getvalue())
    read = facts.read(folder, day=DAY, scene=SCENE, revision=1, table="photos")

    assert pl.Schema(TABLES["photos"]) == read.schema
    assert (7, None, None) == read.select("image_id", "sharpness", "reasons").row(0)


def test_older_facts_have_no_embeddings(folder: ObjectStore) -> None:
    """A scene recognised before they were kept has an empty table."""
    write(folder)
    folder.delete(facts.facts_key(DAY, SCENE, 1, facts.EMBEDDINGS))
    read = facts.read(folder, day=DAY, scene=SCENE, revision=1, table=facts.EMBEDDINGS)

    assert (0, pl.Schema(TABLES[facts.EMBEDDINGS])) == (read.height, read.schema)


def test_a_revision_that_was_not_written_is_missing(folder: ObjectStore) -> None:
    """Revisions do not mix."""
    write(folder)

    with pytest.raises(ObjectMissing):
        facts.read(folder, day=DAY, scene=SCENE, revision=2, table="facings")


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_change_the_bytes(seed: int) -> None:
    """Shuffled rows, columns and chunks give the same file, ties in the key included."""
    frame = pl.concat([facings(300), facings(7).with_columns(pl.col("x1") + 1)], rechunk=True)
    columns = pl.Series(frame.columns).shuffle(seed).to_list()
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    in_chunks = pl.concat([shuffled[:100], shuffled[100:]], rechunk=False)

    assert facts.encode("facings", frame) == facts.encode("facings", in_chunks.select(columns))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (pl.col("x1").cast(pl.Float64), "facings.x1 is Float64, not Float32"),
        (pl.col("sku_id").cast(pl.Int32), "facings.sku_id is Int32, not Int64"),
        (pl.lit(None, pl.Boolean).alias("duplicate"), "facings.duplicate has nulls"),
        (pl.lit(1).alias("price"), "facings.price is not a column of facts"),
    ],
)
def test_a_wrong_column_is_named(folder: ObjectStore, change: pl.Expr, message: str) -> None:
    """Nothing is stored when a column is of another type, unknown or empty."""
    with pytest.raises(BadFacts, match=message):
        write(folder, facings=facings(3).with_columns(change))

    assert [] == list(folder.list(""))


def test_a_missing_column_is_named() -> None:
    """A column left out is not guessed."""
    with pytest.raises(BadFacts, match="embedder is missing"):
        facts.encode("facings", facings(3).drop("embedder"))


@pytest.mark.parametrize("names", [["facings"], [*TABLES, "aisles"]])
def test_a_revision_has_all_its_tables(folder: ObjectStore, names: list[str]) -> None:
    """A missing or unknown table is refused as a whole."""
    tables = {name: pl.DataFrame() for name in names}

    with pytest.raises(BadFacts, match="Facts are the tables"):
        facts.write(folder, day=DAY, scene=SCENE, revision=1, tables=tables)


def test_sql_runs_over_named_frames() -> None:
    """Frames are tables, nulls are nulls, and the answer is a frame."""
    skus = pl.DataFrame({"sku_id": [1, 2], "name": ["Juice", "Milk"]})
    counted = facts.query(
        {"facings": facings(30), "skus": skus},
        "SELECT name, count(*) AS n FROM facings JOIN skus USING (sku_id) GROUP BY name ORDER BY 1",
    )

    assert [("Juice", 1), ("Milk", 1)] == counted.rows()


def test_sql_knows_times_of_a_zone() -> None:
    """A column of moments goes in and comes out."""
    frame = pl.DataFrame({"seen": [NOW]})

    assert [(NOW,)] == facts.query({"t": frame}, "SELECT max(seen) FROM t").rows()


def test_the_skus_of_a_scene_are_listed_once() -> None:
    """By id, without the facings nobody identified."""
    frame = facings(3).with_columns(sku_id=pl.Series([9, None, 7], dtype=pl.Int64))

    assert [7, 9] == facts.sku_ids(pl.concat([frame, frame]))
    assert [] == facts.sku_ids(facings(0))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/gondola-must-not-exist.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM outside",
    ],
)
def test_sql_reaches_nothing_else(sql: str) -> None:
    """No file, no extension, no variable of the program."""
    outside = pl.DataFrame({"secret": [1]})
    assert [(1,)] == facts.query({"inside": outside}, "SELECT * FROM inside").rows()

    with pytest.raises(duckdb.Error):
        facts.query({"inside": outside}, sql)


def test_queries_do_not_see_each_others_frames() -> None:
    """Threads that ask at once get answers about their own frames."""

    def ask(number: int) -> int:
        frame = pl.DataFrame({"n": [number] * 50})
        return facts.query({"t": frame}, "SELECT max(n) FROM t").item()

    with ThreadPoolExecutor(8) as pool:
        assert list(range(40)) == list(pool.map(ask, range(40)))
    with pytest.raises(duckdb.CatalogException):
        facts.query({}, "SELECT * FROM t")


def test_facts_that_changed_are_not_read(folder: ObjectStore) -> None:
    """Every flipped byte is noticed by the hash that writing gave, before Parquet sees it."""
    tables = all_tables(facings=facings(20))
    written = facts.write(folder, day=DAY, scene=SCENE, revision=1, tables=tables)
    key = facts.facts_key(DAY, SCENE, 1, "facings")
    sound = folder.get(key)
    for place in range(0, len(sound), 97):
        folder.put(key, sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(ObjectCorrupt):
            facts.read_key(folder, key, written["facings"])
