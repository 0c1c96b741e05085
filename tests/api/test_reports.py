"""Reports out."""

from typing import Any

import pytest

from storage import reports, scenes, work
from storage.report_bodies import store_body
from tests.storage.rows import LINEAGE

from . import recognised
from .conftest import API, Gondola

REPORTS = f"{API}/reports"


def asked(gondola: Gondola, **body: Any) -> tuple[int, int]:
    """A scene with one report; their ids."""
    body.setdefault("report_types", ["FACING_COUNT"])
    reply = gondola.recognize(**body).json()
    return reply["id"], next(iter(reply["reports"].values()))


def make_ready(gondola: Gondola, report_id: int, body: bytes, revision: int = 1) -> None:
    """End the report as the flow does."""
    kept = store_body(gondola.objects, body)
    with gondola.records.transaction() as tx:
        now = gondola.clock.now
        assert reports.set_ready(tx, report_id, revision, kept, lineage=LINEAGE, now=now)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_report_to_come_has_only_its_first_fields(gondola: Gondola, slash: str):
    """While NOT_READY there is nothing else to tell."""
    _, report_id = asked(gondola)
    reply = gondola.get(f"{REPORTS}/{report_id}{slash}")

    assert 200 == reply.status_code
    assert {
        "id": report_id,
        "status": "NOT_READY",
        "report_type": "FACING_COUNT",
    } == reply.json()


def test_a_ready_report_has_its_data_byte_for_byte(gondola: Gondola):
    """The stored JSON is embedded, not parsed and written anew."""
    scene_id, report_id = asked(gondola)
    body = b'[ {"sku_id":10,  "count":6, "share": 1.50} ]'
    make_ready(gondola, report_id, body)
    with gondola.records.transaction() as tx:
        image = scenes.photos(tx, scene_id)[0].image.id
        scenes.set_photo(tx, scene_id, image, status="READY", problem=None)
        visit = scenes.get(tx, scene_id).visit_id
    reply = gondola.get(f"{REPORTS}/{report_id}/")

    assert b'"json":' + body in reply.content
    assert {
        "id": report_id,
        "status": "READY",
        "report_type": "FACING_COUNT",
        "created_date": "2026-11-22T10:00:00.123456Z",
        "updated_date": "2026-11-22T10:00:00.123456Z",
        "visit": visit,
        "previous_report": None,
        "photos": {"used": 1, "total": 1, "problems": [], "quality": []},
        "warnings": [],
        "json": [{"sku_id": 10, "count": 6, "share": 1.5}],
    } == reply.json()


def test_a_large_report_comes_from_the_object_store(gondola: Gondola):
    """Where bodies over 64 kB are kept."""
    _, report_id = asked(gondola)
    make_ready(gondola, report_id, b"[" + b"1," * 50_000 + b"1]")

    assert 50_001 == len(gondola.get(f"{REPORTS}/{report_id}").json()["json"])


def test_a_failed_report_says_why(gondola: Gondola):
    """200, ERROR and a message; no data."""
    _, report_id = asked(gondola)
    with gondola.records.transaction() as tx:
        reports.set_error(tx, report_id, 1, "No planogram.", now=gondola.clock.now)
    reply = gondola.get(f"{REPORTS}/{report_id}")

    assert 200 == reply.status_code
    assert ("ERROR", "No planogram.") == (reply.json()["status"], reply.json()["error"])
    assert not {"json", "previous_report"} & set(reply.json())


def test_a_report_says_which_photos_it_lacks(gondola: Gondola):
    """How many were used, and what was wrong with the others."""
    scene_id, report_id = asked(gondola, images=[gondola.image(), gondola.image()])
    make_ready(gondola, report_id, b"[]")
    with gondola.records.transaction() as tx:
        good, bad = (photo.image.id for photo in scenes.photos(tx, scene_id))
        scenes.set_photo(tx, scene_id, good, status="READY", problem=None)
        scenes.set_photo(tx, scene_id, bad, status="ERROR", problem="The photo is cut off.")

    assert {
        "used": 1,
        "total": 2,
        "problems": [{"image": bad, "problem": "The photo is cut off."}],
        "quality": [],
    } == gondola.get(f"{REPORTS}/{report_id}").json()["photos"]


def test_a_report_warns_of_photos_that_may_show_less(gondola: Gondola):
    """The quality of each photo, and every reason with its photo; no refusal."""
    scene_id, report_id = asked(gondola, images=[gondola.image(), gondola.image()])
    make_ready(gondola, report_id, b"[]")
    with gondola.records.reading() as tx:
        good, bad = (photo.image.id for photo in scenes.photos(tx, scene_id))
    recognised.set_quality(gondola, scene_id, good)
    recognised.set_quality(gondola, scene_id, bad, "BLURRED", "CAPPED")
    body = gondola.get(f"{REPORTS}/{report_id}").json()

    assert ("READY", 2, [good, bad]) == (
        body["status"],
        body["photos"]["used"],
        [photo["image"] for photo in body["photos"]["quality"]],
    )
    assert [[], ["BLURRED", "CAPPED"]] == [
        [reason["code"] for reason in photo["quality"]["reasons"]]
        for photo in body["photos"]["quality"]
    ]
    assert [
        {"image": bad, "code": code, "advice": f"What to do about {code}."}
        for code in ("BLURRED", "CAPPED")
    ] == body["warnings"]


def test_the_former_report_of_a_display_is_named(gondola: Gondola):
    """Same type, same display."""
    _, former = asked(gondola, display=4711)
    _, report_id = asked(gondola, display=4711)
    make_ready(gondola, report_id, b"[]")

    assert former == gondola.get(f"{REPORTS}/{report_id}").json()["previous_report"]


@pytest.mark.parametrize("report_id", ["999999", "0", "-1", "x", "9" * 30])
def test_an_unknown_report_is_404(gondola: Gondola, report_id: str):
    """Whatever stands where an id belongs."""
    reply = gondola.get(f"{REPORTS}/{report_id}/")

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("slash", ["", "/"])
def test_reports_are_listed_without_data(gondola: Gondola, slash: str):
    """The newest first, in the envelope."""
    _, report_id = asked(gondola)
    body = gondola.get(f"{REPORTS}{slash}?limit=1").json()

    assert {"count", "next", "previous", "results"} == set(body)
    assert [report_id] == [item["id"] for item in body["results"]]
    assert {
        "id",
        "status",
        "report_type",
        "created_date",
        "updated_date",
        "visit",
    } == set(body["results"][0])


@pytest.mark.parametrize("slash", ["", "/"])
def test_reports_are_computed_anew(gondola: Gondola, slash: str):
    """200 with the ids; each is NOT_READY again and has work, one nudge is for all."""
    (_, first), (_, second) = asked(gondola), asked(gondola)
    make_ready(gondola, first, b"[]")
    gondola.nudges.clear()
    asked_for = {"reports": [first, str(second), first], "webhook": "http://example.com/"}
    reply = gondola.post(f"{REPORTS}/force_update{slash}", json=asked_for)
    with gondola.records.reading() as tx:
        webhook = reports.webhook_of(tx, first, 2)

    assert (200, {"reports": [first, second]}) == (reply.status_code, reply.json())
    assert "NOT_READY" == gondola.get(f"{REPORTS}/{first}").json()["status"]
    assert "http://example.com/" == webhook
    assert [
        ("compute-reports", {"report_ids": [first, second]}, f"compute-reports-{first}-2")
    ] == gondola.nudges


def test_a_form_asks_for_reports_anew(gondola: Gondola):
    """`curl -F reports=[1,2]`, as documented."""
    _, report_id = asked(gondola)
    reply = gondola.post(f"{REPORTS}/force_update/", data={"reports": f"[{report_id}]"})

    assert (200, {"reports": [report_id]}) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("reports", {}),
        ("reports", {"reports": []}),
        ("reports", {"reports": "x"}),
        ("reports", {"reports": [999_998, 999_999]}),
        ("webhook", {"webhook": "mailto:a@b.c"}),
    ],
)
def test_a_wrong_update_changes_nothing(gondola: Gondola, field: str, body: dict[str, Any]):
    """400 with the field; a good id beside a bad one stays as it was."""
    _, report_id = asked(gondola)
    gondola.nudges.clear()
    sent = body if field == "reports" else {"reports": [report_id]} | body
    if len(sent.get("reports", [])) == 2:
        sent = {"reports": [report_id, *sent["reports"]]}
    with gondola.records.reading() as tx:
        before = work.backlog(tx)
    reply = gondola.post(f"{REPORTS}/force_update/", json=sent)
    with gondola.records.reading() as tx:
        after = (work.backlog(tx), reports.get(tx, report_id).revision)

    assert (400, [field]) == (reply.status_code, list(reply.json()))
    assert (before, 1) == after
    assert [] == gondola.nudges


def test_unknown_reports_are_named(gondola: Gondola):
    """All of them in one sentence."""
    reply = gondola.post(f"{REPORTS}/force_update/", json={"reports": [999_998, 999_999]})

    assert {"reports": ["Unknown reports: 999998, 999999."]} == reply.json()


def test_every_revision_stays(gondola: Gondola):
    """An older one by its number, the newest without."""
    _, report_id = asked(gondola)
    make_ready(gondola, report_id, b"[1]")
    gondola.post(f"{REPORTS}/force_update", json={"reports": [report_id]})
    make_ready(gondola, report_id, b"[2]", revision=2)

    first, second = (
        gondola.get(f"{REPORTS}/{report_id}/?revision={number}").json() for number in (1, 2)
    )

    assert ([1], 1, [2], 2) == (
        first["json"],
        first["revision"],
        second["json"],
        second["revision"],
    )
    assert [2] == gondola.get(f"{REPORTS}/{report_id}/").json()["json"]
    assert 404 == gondola.get(f"{REPORTS}/{report_id}/?revision=3").status_code


def test_lineage_is_told_to_those_who_ask(gondola: Gondola):
    """Off by default: the compatible body has the documented fields alone."""
    _, report_id = asked(gondola)
    make_ready(gondola, report_id, b"[]")

    plain = gondola.get(f"{REPORTS}/{report_id}/").json()
    told = gondola.get(f"{REPORTS}/{report_id}/?lineage=true").json()

    assert set() == {"lineage", "revision"} & plain.keys()
    assert (1, "det-1", "emb-1", 3) == (
        told["revision"],
        *(told["lineage"][name] for name in ("detector", "embedder", "gallery")),
    )
    assert {"skus": 2} == told["lineage"]["master_data"]


def test_a_report_to_come_has_no_lineage(gondola: Gondola):
    """There is nothing to tell yet."""
    _, report_id = asked(gondola)

    assert gondola.get(f"{REPORTS}/{report_id}/?lineage=true").json()["lineage"] is None


def test_a_client_that_polls_gets_a_body_only_when_it_is_new(gondola: Gondola):
    """304 with the tag it sent, 200 with another one after the report changed."""
    (report_id, *_) = gondola.recognize(report_types=["FACING_COUNT"]).json()["reports"].values()
    path = f"{API}/reports/{report_id}/"
    first = gondola.get(path)
    known = {"If-None-Match": f'"x", W/{first.headers["etag"]}'}
    same = gondola.get(path, headers=known)
    with gondola.records.transaction() as tx:
        reports.set_error(tx, report_id, 1, "No photo.", now=gondola.clock())
    changed = gondola.get(path, headers=known)

    assert (200, 304, 200) == tuple(reply.status_code for reply in (first, same, changed))
    assert (b"", first.headers["etag"]) == (same.content, same.headers["etag"])
    assert first.headers["etag"] != changed.headers["etag"]
