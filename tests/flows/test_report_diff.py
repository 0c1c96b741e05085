"""GET /reports/{id}/diff of a report that was made again."""

import pytest
from sqlalchemy import select

from flows import again
from flows.again import commit, report_again
from flows.resources import Resources
from storage import tables
from storage.scenes import Scene
from tests.api.conftest import Gondola
from tests.flows.test_again import current, rename, reported

HTML = {"Accept": "text/html"}


@pytest.fixture
def scene(tools: Resources) -> Scene:
    """A scene of one known SKU whose reports were made."""
    return reported(tools)


@pytest.fixture
def report_id(tools: Resources, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> int:
    """A REALOGRAM at its second revision: a name changed."""
    monkeypatch.setattr(again, "make_way", lambda _: None)
    rename(tools)
    commit(tools, report_again(tools, scene.id))
    return current(tools, scene)[1].id


def test_the_newest_revision_is_compared_with_the_one_before(gondola: Gondola, report_id: int):
    """It says what each was made with."""
    told = gondola.get(f"/reports/{report_id}/diff/").json()

    assert (1, 2, False) == (
        told["before"]["revision"],
        told["after"]["revision"],
        told["difference"]["same"],
    )
    assert "REALOGRAM" == told["report_type"]


def test_revisions_can_be_chosen(gondola: Gondola, report_id: int):
    """A revision beside itself differs in nothing."""
    told = gondola.get(f"/reports/{report_id}/diff/?from=2&to=2").json()

    assert told["difference"]["same"]


def test_a_browser_gets_a_page(gondola: Gondola, scene: Scene, report_id: int):
    """And a link on the page of the scene leads there."""
    page = gondola.get(f"/reports/{report_id}/diff/", headers=HTML).text
    scene_page = gondola.get(f"/scenes/{scene.scene}", headers=HTML).text

    assert "<h1>REALOGRAM: revision 1 and 2</h1>" in page
    assert f'href="/reports/{report_id}/diff/"' in scene_page


def test_a_revision_made_from_other_frames_is_refused(
    gondola: Gondola, tools: Resources, report_id: int
):
    """As one of an older program; the answer says what to do."""
    revisions = tables.report_revisions
    first = (revisions.c.report_id == report_id) & (revisions.c.revision == 1)
    with tools.records.transaction() as tx:
        made_from = dict(tx.scalar(select(revisions.c.lineage).where(first)))
        made_from["inputs"] = {k: v for k, v in made_from["inputs"].items() if k != "facings"}
        tx.execute(revisions.update().where(first).values(lineage=made_from))
    reply = gondola.get(f"/reports/{report_id}/diff/")

    assert (400, ["from"]) == (reply.status_code, list(reply.json()["errors"]))


@pytest.mark.parametrize("asked", ["", "?from=7"])
def test_what_cannot_be_compared_is_a_404(
    gondola: Gondola, tools: Resources, scene: Scene, asked: str
):
    """A report in ERROR, and a revision that never was."""
    osa = current(tools, scene)[2]

    assert 404 == gondola.get(f"/reports/{osa.id}/diff/{asked}").status_code
