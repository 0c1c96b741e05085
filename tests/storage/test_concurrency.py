"""Many threads and processes on the same records."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from storage import catalog, scenes, tables, work
from storage.catalog import SkuFields
from storage.records import Records
from storage.work import RECOGNIZE_SCENE, Work
from tests.storage.processes import run_together
from tests.storage.rows import LEASE, NOW, accept, upload

_IMPORTS = """
from storage import work
from storage.records import Records
from tests.storage.rows import LEASE, NOW, accept
"""
_ACCEPT_THEN_CLAIM = """
records = Records(sys.argv[1])
for _ in range(20):
    with records.transaction() as tx:
        accept(tx, agent_cid="7")
for _ in range(20):
    with records.transaction() as tx:
        held = work.claim_due(tx, work.RECOGNIZE_SCENE, owner="x", now=NOW, lease=LEASE, limit=1)
    print(held[0].subject_id)
records.close()
"""


def test_threads_that_accept_at_once_lose_nothing(records: Records) -> None:
    """Four threads accept 25 scenes each, and 100 scenes with work and reports are there."""

    def accept_many(_: int) -> list[str]:
        return [accept_one(records) for _ in range(25)]

    with ThreadPoolExecutor(4) as pool:
        accepted = [scene for part in pool.map(accept_many, range(4)) for scene in part]

    with records.reading() as tx:
        stored = list(tx.scalars(select(tables.scenes.c.scene)))
        backlog, reports = work.backlog(tx), len(tx.execute(select(tables.reports.c.id)).all())
    assert (sorted(accepted), 100, 100) == (sorted(stored), backlog, reports)


def accept_one(records: Records) -> str:
    """Accept a scene in a transaction of its own."""
    with records.transaction() as tx:
        return accept(tx, agent_cid="7").scene


def test_processes_share_the_records(records_url: str, records: Records) -> None:
    """Two processes accept 20 scenes each and claim 20: none is lost, none claimed twice."""
    printed = run_together(_IMPORTS, _ACCEPT_THEN_CLAIM, records_url, count=2)

    claimed = sorted(int(scene_id) for scene_id in " ".join(printed).split())
    with records.reading() as tx:
        stored = sorted(tx.scalars(select(tables.scenes.c.id)))
        agents = tx.execute(select(tables.agents.c.cid)).all()
    assert (40, stored) == (len(stored), claimed)
    assert [("7",)] == [tuple(row) for row in agents]


def test_of_eight_claimers_one_gets_the_work(records: Records) -> None:
    """Eight threads claim the same scene ten times over, and each time one of them has it."""
    with records.transaction() as tx:
        ids = [accept(tx).scene_id for _ in range(10)]

    def claim(owner: int) -> list[Work | None]:
        return [claim_one(records, scene_id, str(owner)) for scene_id in ids]

    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(claim, range(8)))

    winners = [[one for one in of_scene if one] for of_scene in zip(*claims, strict=True)]
    assert [1] * 10 == [len(of_scene) for of_scene in winners]


def claim_one(records: Records, scene_id: int, owner: str) -> Work | None:
    """Claim a scene in a transaction of its own."""
    with records.transaction() as tx:
        return work.claim(tx, RECOGNIZE_SCENE, scene_id, owner=owner, now=NOW, lease=LEASE)


def test_of_uploads_at_once_one_is_the_first(records: Records) -> None:
    """The same photo sent by eight clients together is a duplicate seven times."""

    def send(_: int) -> bool:
        with records.transaction() as tx:
            return upload(tx).duplicate

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert [False] + [True] * 7 == sorted(answers)


def test_skus_made_at_once_have_different_ids(records: Records) -> None:
    """Ids are made beside those that clients choose, by four writers together."""
    with records.transaction() as tx:
        catalog.add_sku(tx, SkuFields("0", "Juice", id=3), now=NOW)

    def add(number: int) -> int:
        with records.transaction() as tx:
            return catalog.add_sku(tx, SkuFields(str(number), "Juice"), now=NOW).id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(add, range(12)))

    assert list(range(4, 16)) == sorted(ids)


def test_the_index_is_what_tells_the_first_upload(records: Records) -> None:
    """Without the partial unique index, the same bytes again would not be a duplicate."""
    with records.transaction() as tx:
        tx.exec_driver_sql("DROP INDEX uq_images_first_upload")
        answers = [upload(tx).duplicate for _ in range(2)]
        tx.rollback()

    assert [False, False] == answers


def test_a_scene_is_accepted_while_others_read(records: Records) -> None:
    """An open reader does not hold up writers."""
    with records.reading() as reader:
        before = scenes.recent(reader, 9)
        accept_one(records)

        assert before == scenes.recent(reader, 9)
