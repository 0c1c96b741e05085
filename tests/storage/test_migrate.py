"""Migrations lead to the schema the code speaks."""

from pathlib import Path
from shutil import copyfile

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Engine, bindparam, text

from storage import galleries, lanes, messages, migrate, references, scenes, tables, tokens
from storage.columns import UtcDateTime
from storage.errors import RecordsUnavailable
from storage.records import Records, make_engine
from storage.references import Reference
from tests.storage.processes import run_together
from tests.storage.rows import NOW, accept, upload


def test_migrations_make_the_tables_of_the_code(records_url: str) -> None:
    """After all migrations the database differs from storage.tables in nothing."""
    engine = make_engine(records_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, tables.metadata)
    engine.dispose()

    assert [] == differences


def test_upgrading_again_keeps_what_is_stored(records_url: str, records: Records) -> None:
    """An upgrade of an up-to-date database changes nothing."""
    with records.transaction() as tx:
        tokens.set_master_key(tx, "key")

    migrate.upgrade(records_url)

    with records.reading() as tx:
        assert tokens.is_master_key(tx, "key")


def test_processes_that_start_at_once_all_find_the_schema(empty_url: str) -> None:
    """Two processes upgrade the same empty database and none of them fails."""
    imports, code = "from storage.migrate import upgrade", "upgrade(sys.argv[1])"

    run_together(imports, code, empty_url, count=2)

    records = Records(empty_url)
    with records.reading() as tx:
        assert not tokens.has_master_key(tx)
    records.close()


def test_records_of_a_newer_version_are_left_alone(records_url: str) -> None:
    """An old process that starts beside a new one ends with a sentence, and changes nothing."""
    engine = make_engine(records_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    engine.dispose()

    with pytest.raises(RecordsUnavailable, match="newer Gondola"):
        migrate.upgrade(records_url)


def test_rebuilding_a_table_keeps_the_rows_that_name_it(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration that makes `images` anew on SQLite deletes no photo of a scene."""
    records = Records(f"sqlite:///{copyfile(sqlite_template, tmp_path / 'records.db')}")
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id

    def rebuild(config: Config, _: str) -> None:
        context = MigrationContext.configure(config.attributes["connection"])
        with Operations(context).batch_alter_table("images", recreate="always"):
            pass

    monkeypatch.setattr(command, "upgrade", rebuild)
    migrate.upgrade(f"sqlite:///{tmp_path / 'records.db'}")

    with records.reading() as tx:
        assert 1 == len(scenes.photos(tx, scene_id))
    records.close()


def database_of(revision: str, url: str) -> Engine:
    """A database as an earlier version of Gondola left it."""
    engine = make_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


def test_an_older_database_keeps_its_photos(tmp_path: Path) -> None:
    """Photos recognised before their quality was measured have none."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    engine = database_of("0001", url)
    with engine.begin() as tx:
        photo = upload(tx)
        tx.execute(tables.visits.insert().values(id=1, started_at=NOW, created_at=NOW))
        scene = {"id": 1, "scene": "0" * 32, "visit_id": 1, "status": "DONE", "created_at": NOW}
        tx.execute(tables.scenes.insert().values(**scene, metadata={}, timings={}))
        shown = {"scene_id": 1, "image_id": photo.id, "position": 0, "status": "READY"}
        tx.execute(tables.scene_images.insert().values(shown))
    engine.dispose()

    migrate.upgrade(url)

    records = Records(url)
    with records.reading() as tx:
        assert [None] == [photo.quality for photo in scenes.photos(tx, 1)]
    records.close()


def test_an_older_database_keeps_its_references(empty_url: str) -> None:
    """They are packshots; their vectors stay, and a new one gets a new id."""
    engine = database_of("0002", empty_url)
    with engine.begin() as tx:
        photo = upload(tx)
        sku = (
            "INSERT INTO skus (id, cid, name, created_at, updated_at) VALUES (5, '1', 'A', :t, :t)"
        )
        tx.execute(text(sku).bindparams(bindparam("t", NOW, UtcDateTime())))
        for _ in range(2):  # the second time it gets the id 2
            tx.execute(text("DELETE FROM sku_references"))
            reference = "INSERT INTO sku_references (sku_id, image_id) VALUES (5, :image)"
            tx.execute(text(reference), {"image": photo.id})
        vector = {"reference_id": 2, "embedder": "e-1", "vector": b"vector"}
        tx.execute(tables.vectors.insert().values(vector))
    engine.dispose()

    migrate.upgrade(empty_url)

    records = Records(empty_url)
    with records.transaction() as tx:
        assert [Reference(2, 5, photo.id, "", "packshot", NOW)] == references.of_sku(tx, 5)
        assert [(5, b"vector")] == galleries.vectors(tx, "e-1")
        references.remove(tx, 5, 2)
        assert 3 == references.add(tx, 5, photo.id, source="picture", now=NOW).id
    records.close()


def test_an_older_database_keeps_its_messages(empty_url: str) -> None:
    """They go on where they were, to the address they had, with the attempts they made."""
    engine = database_of("0011", empty_url)
    with engine.begin() as tx:
        tx.execute(tables.visits.insert().values(id=1, started_at=NOW, created_at=NOW))
        scene = {"id": 3, "scene": "0" * 32, "visit_id": 1, "status": "DONE", "created_at": NOW}
        tx.execute(tables.scenes.insert().values(**scene, metadata={}, timings={}))
        made = {"revision": 1, "created_at": NOW, "updated_at": NOW}
        tx.execute(tables.reports.insert().values(id=7, scene_id=3, report_type="A", **made))
        failed = {"report_id": 7, "status": "ERROR", **made}
        tx.execute(tables.report_revisions.insert().values(failed))
        time = bindparam("t", NOW, UtcDateTime())
        message = "(report_id, revision, url, created_at) VALUES (7, 1, 'http://a/', :t)"
        tx.execute(text(f"INSERT INTO messages {message}").bindparams(time))
        attempt = "(message_id, at, error, milliseconds) VALUES (1, :t, 'No answer.', 2.5)"
        for _ in range(3):
            tx.execute(text(f"INSERT INTO attempts {attempt}").bindparams(time))
        waiting = (
            "INSERT INTO work (flow, subject_id, revision, tries, state, due_at)"
            " VALUES ('deliver-webhooks', 1, 1, 0, 'OPEN', :t)"
        )
        tx.execute(text(waiting).bindparams(time))
    engine.dispose()

    migrate.upgrade(empty_url)

    records = Records(empty_url)
    with records.transaction() as tx:
        kept = messages.get(tx, 1)
        assert ("report.error", 3, 7, "http://a/", 3) == (
            kept.event,
            kept.scene_id,
            kept.report_id,
            kept.url,
            kept.failures,
        )
        assert 36 == len(kept.uid)
        assert ["No answer."] * 3 == [one.error for one in messages.attempts(tx, 1)]
        assert [1] == lanes.next_due(tx, now=NOW, limit=9, per_lane=1)
    records.close()
