"""The webhook body is what clients of the v1.5 API parse."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from flows import reports
from flows.envelope import envelope, report_event, scene_event
from storage.images import Image
from storage.quality import Quality, Reason
from storage.reports import Report
from storage.scenes import Scene, ScenePhoto

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SCENE = Scene(
    **dict.fromkeys(Scene.__struct_fields__)
    | {"id": 11, "scene": "ab" * 16, "visit_id": 1, "display_id": 13, "status": "DONE"}
    | {"metadata": {}, "timings": {}, "created_at": NOW}
)


def photo(image_id: int, *reasons: str) -> ScenePhoto:
    """A photo of the scene with these reasons."""
    image = Image(image_id, "0" * 64, 400, 300, 1, "key", False, NOW)
    found = [Reason(code, "Do it better.") for code in reasons]
    quality = Quality(1500.0, 0.4, 0.0, None, None, None, 2.5, found)
    return ScenePhoto(image, image_id, "READY", None, quality if reasons else None)


def report(**fields: Any) -> Report:
    """A report of the scene."""
    common = {"id": 1786, "scene_id": 11, "scene": "ab" * 16, "visit_id": 1, "revision": 1}
    times = {"created_at": NOW, "updated_at": NOW, "previous_report": None}
    return Report(**common, **times, report_type="FACING_COUNT", **fields)


def test_one_report_by_its_type():
    """The envelope of POST /recognize carries the rows under the name of the type."""
    body = envelope(
        SCENE,
        [photo(5), photo(6, "DARK")],
        report(status="READY", body=b'[{"sku_id":1}]', problem=None),
    )

    assert {
        "id": 11,
        "images": [5, 6],
        "display": 13,
        "scene": "ab" * 16,
        "reports": {"FACING_COUNT": [{"sku_id": 1}]},
        "warnings": [{"image": 6, "code": "DARK", "advice": "Do it better."}],
    } == msgspec.json.decode(body)


def test_the_stored_rows_go_out_byte_for_byte():
    """Numbers are not parsed and written anew on the way out."""
    stored = b'[{"share": 0.10000000000000000}]'

    assert stored in envelope(SCENE, [photo(5)], report(status="READY", body=stored, problem=None))


def test_a_failed_report_says_why():
    """In place of rows there is the status and the reason."""
    body = envelope(
        SCENE, [photo(5)], report(status="ERROR", body=None, problem="No photo could be read.")
    )

    assert {"FACING_COUNT": {"status": "ERROR", "error": "No photo could be read."}} == (
        msgspec.json.decode(body)["reports"]
    )


def test_an_event_of_a_report_has_the_same_report_in_it():
    """With its name, when it happened, and which revision it is of."""
    made = report(status="READY", body=b'[{"sku_id":1}]', problem=None)
    said = msgspec.json.decode(report_event("report.ready", SCENE, [photo(5)], made, at=NOW))

    assert ("report.ready", "2026-03-01T00:00:00.000000Z") == (said["type"], said["timestamp"])
    assert {
        "id": 11,
        "images": [5],
        "display": 13,
        "scene": "ab" * 16,
        "reports": {"FACING_COUNT": [{"sku_id": 1}]},
        "warnings": [],
        "report": 1786,
        "report_type": "FACING_COUNT",
        "revision": 1,
        "status": "READY",
    } == said["data"]


def test_an_event_of_a_scene_names_its_reports():
    """Their ids by type; what they say is in their own events."""
    made = report(status="READY", body=None, problem=None)
    said = msgspec.json.decode(scene_event("scene.done", SCENE, [photo(5)], [made], at=NOW))

    assert {
        "id": 11,
        "images": [5],
        "display": 13,
        "scene": "ab" * 16,
        "visit": 1,
        "status": "DONE",
        "error": None,
        "reports": {"FACING_COUNT": 1786},
    } == said["data"]


def test_reports_may_be_told_by_id():
    """The other documented form: what GET /reports/{id} tells, under the id."""
    made = report(status="READY", body=b'[{"sku_id":1}]', problem=None)
    body = msgspec.json.decode(envelope(SCENE, [photo(5)], made, by_id=True))
    told = {"id": 1786, "status": "READY", "report_type": "FACING_COUNT", "json": [{"sku_id": 1}]}

    assert {"1786": told} == body["reports"]
    assert (11, [5], 13) == (body["id"], body["images"], body["display"])


def test_what_was_computed_anew_is_a_bare_map_by_id():
    """As the original's page on force_update says."""
    failed = report(status="ERROR", body=None, problem="No facts.")
    anew = msgspec.structs.replace(failed, revision=2)
    told = {"id": 1786, "status": "ERROR", "report_type": "FACING_COUNT", "error": "No facts."}

    assert {"1786": told} == msgspec.json.decode(envelope(SCENE, [photo(5)], anew, by_id=True))


def test_names_of_types_may_have_the_suffix():
    """For parsers that know FACING_COUNT_1_5."""
    made = report(status="READY", body=b"[]", problem=None)
    reports.use(None, suffixed=True)
    try:
        by_type = msgspec.json.decode(envelope(SCENE, [photo(5)], made))
        by_id = msgspec.json.decode(envelope(SCENE, [photo(5)], made, by_id=True))
    finally:
        reports.use(None)

    assert {"FACING_COUNT_1_5": []} == by_type["reports"]
    assert "FACING_COUNT_1_5" == by_id["reports"]["1786"]["report_type"]
