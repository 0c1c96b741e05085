"""A client says that a SKU was recognised wrongly."""

import uuid
from typing import Any

import pytest

from storage import feedback

from .conftest import API, Gondola

PATH = f"{API}/recognition_error"


def open_error(gondola: Gondola, error_id: int) -> feedback.RecognitionError:
    """Read an open error back."""
    with gondola.records.reading() as tx:
        _, errors = feedback.open_errors(tx, limit=1000, offset=0)
    return next(error for error in errors if error.id == error_id)


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_error_is_kept(gondola: Gondola, slash: str):
    """201 with its id; scene, SKU, message and proof photos are stored."""
    scene, proof = gondola.recognize().json()["scene"], gondola.image()
    body = {"sku_gid": 703, "scene": scene, "message": "It is the lime one", "images": [proof]}
    reply = gondola.post(PATH + slash, json=body)

    assert (201, ["recognition_error_id"]) == (reply.status_code, list(reply.json()))
    error = open_error(gondola, reply.json()["recognition_error_id"])
    assert (703, scene, "It is the lime one", [proof]) == (
        error.sku_gid, error.scene, error.message, error.images,
    )  # fmt: skip


def test_sku_and_scene_are_enough(gondola: Gondola):
    """Message and photos are optional; the SKU may be none of the catalogue."""
    scene = gondola.recognize().json()["scene"]
    reply = gondola.post(PATH, json={"sku_gid": 999_999_999_999, "scene": scene})
    error = open_error(gondola, reply.json()["recognition_error_id"])

    assert (None, []) == (error.message, error.images)


@pytest.mark.parametrize("body", ["json", "data"])
def test_numbers_may_be_strings_and_the_body_a_form(gondola: Gondola, body: Any):
    """As the documentation of the original shows it."""
    scene, proof = gondola.recognize().json()["scene"], gondola.image()
    fields = {"sku_gid": "703", "scene": scene, "images": f"[{proof}]"}
    if body == "json":
        fields["images"] = [str(proof)]
    reply = gondola.post(PATH, **{body: fields})

    assert 201 == reply.status_code, reply.text
    assert [proof] == open_error(gondola, reply.json()["recognition_error_id"]).images


def test_the_scene_may_have_dashes(gondola: Gondola):
    """A UUID is the same however it is written."""
    scene = gondola.recognize().json()["scene"]
    dashed = str(uuid.UUID(scene)).upper()
    reply = gondola.post(PATH, json={"sku_gid": 1, "scene": dashed})

    assert scene == open_error(gondola, reply.json()["recognition_error_id"]).scene


def test_the_same_report_again_keeps_its_id(gondola: Gondola):
    """A retried request is one error; another message is another."""
    body = {"sku_gid": 5, "scene": gondola.recognize().json()["scene"], "message": "no"}
    first, again = (gondola.post(PATH, json=body).json() for _ in range(2))
    other = gondola.post(PATH, json=body | {"message": "really not"}).json()

    assert first == again
    assert first != other


def test_an_error_is_open_until_it_is_closed(gondola: Gondola):
    """Said once more afterwards, it is a new one."""
    body = {"sku_gid": 6, "scene": gondola.recognize().json()["scene"]}
    first = gondola.post(PATH, json=body).json()["recognition_error_id"]
    for _ in range(2):
        with gondola.records.transaction() as tx:
            closed = feedback.close_error(tx, first, now=gondola.clock.now)

    assert gondola.clock.now == closed.closed_at
    assert first != gondola.post(PATH, json=body).json()["recognition_error_id"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("sku_gid", {"sku_gid": None}),
        ("sku_gid", {"sku_gid": "x"}),
        ("sku_gid", {"sku_gid": 2**63}),
        ("scene", {"scene": "0" * 32}),
        ("scene", {"scene": ""}),
        ("scene", {"scene": 7}),
        ("message", {"message": "x" * 4001}),
        ("images", {"images": [999_999]}),
        ("images", {"images": ["x"]}),
        ("images", {"images": [1] * 501}),
    ],
)
def test_a_wrong_field_is_named(gondola: Gondola, field: str, wrong: dict[str, Any]):
    """400 with the field and what is wrong with it."""
    scene = gondola.recognize().json()["scene"]
    reply = gondola.post(PATH, json={"sku_gid": 1, "scene": scene} | wrong)

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text


@pytest.mark.parametrize("missing", ["sku_gid", "scene"])
def test_a_missing_field_is_named(gondola: Gondola, missing: str):
    """Both are required."""
    body = {"sku_gid": 1, "scene": "0" * 32}
    del body[missing]

    assert {missing: ["This field is required."]} == gondola.post(PATH, json=body).json()


def test_it_needs_a_token(gondola: Gondola):
    """401 without."""
    assert 401 == gondola.http.post(PATH, json={}).status_code
