"""Photos become a scene."""

from datetime import UTC, datetime
from typing import Any

import pytest

from flows import reports as report_types
from storage import reports, scenes, work

from .conftest import API, Gondola

RECOGNIZE = f"{API}/recognize"


def stored(gondola: Gondola, reply: Any) -> scenes.Scene:
    """The scene's row."""
    with gondola.records.reading() as tx:
        return scenes.get(tx, reply.json()["id"])


def everything(gondola: Gondola) -> tuple[int, int, int]:
    """How many scenes, reports and pieces of open work there are."""
    with gondola.records.reading() as tx:
        count, _ = reports.page(tx, limit=1, offset=0)
        return len(scenes.recent(tx, 1000)), count, work.backlog(tx)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_scene_is_accepted(gondola: Gondola, slash: str):
    """201 with the ids of scene and reports."""
    images = [gondola.image(), gondola.image()]
    asked = {"images": images, "report_types": ["REALOGRAM", "FACING_COUNT"], "display": 13}
    reply = gondola.post(RECOGNIZE + slash, json=asked)
    body = reply.json()

    assert 201 == reply.status_code
    assert {"id", "images", "display", "reports", "scene"} == set(body)
    assert (images, 13) == (body["images"], body["display"])
    assert ["REALOGRAM", "FACING_COUNT"] == list(body["reports"])
    assert 32 == len(body["scene"])


def test_the_flow_is_nudged_with_the_scene(gondola: Gondola):
    """After the rows are written, once."""
    scene_id = gondola.recognize().json()["id"]

    assert [
        ("recognize-scene", {"scene_id": scene_id}, f"recognize-scene-{scene_id}-1")
    ] == gondola.nudges


def test_every_field_reaches_the_scene(gondola: Gondola):
    """What the reference names is stored."""
    visit = stored(gondola, gondola.recognize()).visit_id
    reply = gondola.recognize(
        images=[str(gondola.image())],
        display="7",
        report_types=["FACING_COUNT"],
        visit=str(visit),
        datetime="2026-11-21T12:00:00+03:00",
        webhook="https://example.com/hook?x=1",
        panorama_stack_height="2",
        panorama_stack_width=3,
        counry_code="de",
        retail_chain="Kiosk",
        metadata={"agent_id": "a-7", "agent_name": "Ada", "more": [1]},
    )
    scene = stored(gondola, reply)

    assert (201, 7, visit) == (reply.status_code, scene.display_id, scene.visit_id)
    assert datetime(2026, 11, 21, 9, tzinfo=UTC) == scene.taken_at
    assert "https://example.com/hook?x=1" == scene.webhook
    assert (2, 3) == (scene.panorama_stack_height, scene.panorama_stack_width)
    assert ("DE", "Kiosk") == (scene.country_code, scene.retail_chain)
    assert {"agent_id": "a-7", "agent_name": "Ada", "more": [1]} == scene.metadata
    assert scene.agent_id is not None


def test_a_known_agent_is_found_again(gondola: Gondola):
    """The client's own id decides, a number as well as a text."""
    first = stored(gondola, gondola.recognize(metadata={"agent_id": "77", "agent_name": "Bo"}))
    second = stored(gondola, gondola.recognize(metadata={"agent_id": 77, "agent_name": "Bob"}))

    assert first.agent_id == second.agent_id


def test_both_spellings_of_the_country_are_read(gondola: Gondola):
    """The documentation's and the clients'."""
    assert "NO" == stored(gondola, gondola.recognize(country_code="NO")).country_code
    assert "NO" == stored(gondola, gondola.recognize(counry_code="NO")).country_code


def test_without_types_all_reports_are_made(gondola: Gondola):
    """Left out, null and empty mean all that need no master data."""
    asked = [gondola.recognize(), gondola.recognize(report_types=None)]
    asked.append(gondola.recognize(report_types=[]))

    assert [report_types.possible([])] * 3 == [list(r.json()["reports"]) for r in asked]


def test_other_names_of_report_types_are_understood(gondola: Gondola):
    """Suffixed and misspelt names of real clients; each type is made once."""
    names = ["FACING_COUNT_1_5", "SHARE_OF_SPAC", "FACING_COUNT"]
    body = gondola.recognize(report_types=names).json()

    assert ["FACING_COUNT", "SHARE_OF_SPACE"] == list(body["reports"])


def test_a_display_may_come_as_a_list_of_one(gondola: Gondola):
    """The documentation calls it a list, clients send a number."""
    assert 13 == gondola.recognize(display=[13]).json()["display"]
    assert gondola.recognize(display=[]).json()["display"] is None


def test_a_time_without_zone_is_utc(gondola: Gondola):
    """As the rest of the API writes it."""
    scene = stored(gondola, gondola.recognize(datetime="2026-11-21 12:00:00"))

    assert datetime(2026, 11, 21, 12, tzinfo=UTC) == scene.taken_at


@pytest.mark.parametrize(
    "form",
    ["images=[{0}]&display=5", "images={0}&display=5", "images=[{0}]&display=5&report_types="],
)
def test_a_form_is_read_as_well(gondola: Gondola, form: str):
    """The documentation's examples send form fields."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = form.removesuffix("&report_types=").format(gondola.image())
    reply = gondola.post(RECOGNIZE, content=content, headers=headers)

    assert (201, 5) == (reply.status_code, reply.json()["display"])


def test_a_multipart_form_is_read_as_well(gondola: Gondola):
    """`curl -F images=[1,2] -F report_types=FACING_COUNT`."""
    fields = {"images": f"[{gondola.image()}, {gondola.image()}]", "report_types": "FACING_COUNT"}
    reply = gondola.post(RECOGNIZE, files={k: (None, v) for k, v in fields.items()})

    assert 201 == reply.status_code
    assert ["FACING_COUNT"] == list(reply.json()["reports"])


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("images", {"images": None}, "This field may not be null."),
    ("images", {"images": []}, "length >= 1"),
    ("images", {"images": ["x"]}, "[0]: Expected `int`"),
    ("images", {"images": [True]}, "Expected `int`"),
    ("images", {"images": [0]}, ">= 1"),
    ("images", {"images": [10**400]}, "Expected"),
    ("images", {"images": [999998, 999999]}, "Unknown images: 999998, 999999."),
    ("images", {"images": [2**63 - 1]}, "Unknown images"),
    ("images", {"images": [2**63]}, "<= 9223372036854775807"),
    ("images", {"images": list(range(1, 600))}, "length <= 500"),
    ("images", {"images": {"a": 1}}, "Expected `array`"),
    ("display", {"display": "x"}, "Expected"),
    ("display", {"display": [1, 2]}, "length <= 1"),
    ("report_types", {"report_types": ["NONSENSE", "FACING_COUNT"]}, "types: NONSENSE. Known: FA"),
    ("report_types", {"report_types": "FACING_COUNT"}, "Expected `array"),
    ("report_types", {"report_types": [1]}, "Expected `str`"),
    ("visit", {"visit": 999999}, "Unknown visit: 999999."),
    ("visit", {"visit": 2**63 - 1}, "Unknown visit"),
    ("visit", {"visit": "x"}, "Expected `int"),
    ("datetime", {"datetime": "yesterday"}, "Send a time as"),
    ("datetime", {"datetime": ""}, "Send a time as"),
    ("datetime", {"datetime": "0001-01-01T00:00:00+10:00"}, "out of range"),
    ("webhook", {"webhook": "ftp://example.com/"}, "valid URL"),
    ("webhook", {"webhook": "javascript:alert(1)"}, "valid URL"),
    ("webhook", {"webhook": "example.com/hook"}, "valid URL"),
    ("webhook", {"webhook": "http://"}, "valid URL"),
    ("webhook", {"webhook": "http://exa mple.com"}, "valid URL"),
    ("webhook", {"webhook": "http://a/\r\nX: y"}, "valid URL"),
    ("webhook", {"webhook": "http://[::1"}, "valid URL"),
    ("webhook", {"webhook": "http://[::]:8e@"}, "valid URL"),
    ("webhook", {"webhook": "http://a:99999/"}, "valid URL"),
    ("webhook", {"webhook": "http://a/" + "x" * 3000}, "valid URL"),
    ("webhook", {"webhook": 5}, "Expected `str"),
    ("panorama_stack_height", {"panorama_stack_height": -1}, ">= 1"),
    ("panorama_stack_width", {"panorama_stack_width": "wide"}, "Expected `int"),
    ("counry_code", {"counry_code": "Germany"}, "ISO 3166"),
    ("country_code", {"country_code": "D1"}, "ISO 3166"),
    ("retail_chain", {"retail_chain": "x" * 300}, "length <= 255"),
    ("metadata", {"metadata": [1]}, "Expected `object"),
    ("metadata", {"metadata": {"agent_id": [1]}}, "agent_id must be a string."),
    ("metadata", {"metadata": {"agent_name": True}}, "agent_name must be a string."),
]


@pytest.mark.parametrize(("field", "body", "reason"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_field_is_named_and_nothing_is_written(
    gondola: Gondola, field: str, body: dict[str, Any], reason: str
):
    """400 with the field and a reason; no scene, report, work or nudge."""
    asked = {"images": [gondola.image()]} | body
    before = everything(gondola)
    reply = gondola.post(RECOGNIZE, json=asked)

    assert 400 == reply.status_code, reply.text
    assert [field] == list(reply.json())
    assert reason in reply.json()[field][0]
    assert before == everything(gondola)
    assert [] == gondola.nudges


def test_missing_images_are_named(gondola: Gondola):
    """With the text of Django REST Framework."""
    reply = gondola.post(RECOGNIZE, json={"display": 1})

    assert (400, {"images": ["This field is required."]}) == (reply.status_code, reply.json())


def test_a_field_of_nobodys_changes_nothing(gondola: Gondola):
    """Status and times are ours, whoever sends them."""
    scene = stored(gondola, gondola.recognize(status="DONE", id=1, created_at="2000-01-01"))

    assert "ACCEPTED" == scene.status
    assert gondola.clock.now == scene.created_at


def test_the_same_request_again_makes_nothing(gondola: Gondola):
    """With its key: the same answer byte for byte, no second scene, no second start."""
    body, key = {"images": [gondola.image()]}, {"Idempotency-Key": "a-1"}

    first, again = (gondola.post(f"{API}/recognize/", json=body, headers=key) for _ in range(2))
    other = gondola.post(f"{API}/recognize/", json=body, headers={"Idempotency-Key": "a-2"})

    assert [201] * 3 == [answer.status_code for answer in (first, again, other)]
    assert first.content == again.content
    assert first.json()["id"] != other.json()["id"]
    assert 2 == len(gondola.nudges)


def test_a_key_is_for_one_request(gondola: Gondola):
    """422 with another body; another client may use the same key."""
    photos, key = [gondola.image(), gondola.image()], {"Idempotency-Key": "b"}
    first = gondola.post(f"{API}/recognize/", json={"images": photos[:1]}, headers=key)

    other = gondola.post(f"{API}/recognize/", json={"images": photos}, headers=key)
    key |= {"Authorization": f"Token {gondola.new_token()}"}
    foreign = gondola.post(f"{API}/recognize/", json={"images": photos}, headers=key)

    assert 422 == other.status_code
    assert "Idempotency-Key" in other.json()["detail"]
    assert 201 == foreign.status_code
    assert first.json()["id"] != foreign.json()["id"]


def test_a_refused_request_does_not_use_its_key_up(gondola: Gondola):
    """What was wrong is mended and sent again."""
    key = {"Idempotency-Key": "c"}
    wrong = gondola.post(f"{API}/recognize/", json={"images": [10**9]}, headers=key)
    right = gondola.post(f"{API}/recognize/", json={"images": [gondola.image()]}, headers=key)

    assert (400, 201) == (wrong.status_code, right.status_code)


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(gondola: Gondola, key: str):
    """400 otherwise, and nothing is made."""
    body, headers = {"images": [gondola.image()]}, {"Idempotency-Key": key}

    assert 400 == gondola.post(f"{API}/recognize/", json=body, headers=headers).status_code
    assert [] == gondola.nudges
