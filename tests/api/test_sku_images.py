"""Pictures of a SKU: references by which it is recognised."""

import io
from typing import Any

import pytest
from PIL import Image

from storage import galleries, images, references

from .conftest import API, Gondola, jpeg
from .recognised import add_sku, facing, write_facts

VECTOR = b"\x00\x00\x80?" * 4


@pytest.fixture
def sku(gondola: Gondola) -> int:
    """A SKU without pictures."""
    return add_sku(gondola, "Tea")


def images_of(sku_id: int) -> str:
    """Where its pictures are."""
    return f"{API}/sku/{sku_id}/images/"


def listed(gondola: Gondola, sku_id: int) -> list[dict[str, Any]]:
    """The references of a SKU."""
    return gondola.get(images_of(sku_id)).json()["results"]


def files(*data: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Parts of a multipart body."""
    return [("datafile", ("tea.jpg", one, "image/jpeg")) for one in data]


def scene_with(gondola: Gondola, sku_id: int | None) -> tuple[str, int]:
    """A recognised scene of one facing; its name and its image."""
    made = gondola.recognize().json()
    image = made["images"][0]
    write_facts(gondola, made["id"], facings=[facing(image, 0, sku_id)])
    return made["scene"], image


@pytest.mark.parametrize("slash", ["", "/"])
def test_uploaded_pictures_become_references(gondola: Gondola, sku: int, slash: str):
    """201 with each, and where the forecast will be; a run makes it."""
    one, two = gondola.image(), gondola.image()
    reply = gondola.post(images_of(sku).rstrip("/") + slash, json={"images": [one, str(two)]})

    assert 201 == reply.status_code, reply.text
    assert [(one, None, "picture"), (two, None, "picture")] == [
        (added["image"], added["box"], added["source"]) for added in reply.json()["references"]
    ]
    url = f"{gondola.settings.api_url}{API}/sku/{sku}/forecast/"
    assert {"status": "NOT_READY", "url": url} == reply.json()["forecast"]
    assert [("forecast-sku", {"sku_id": sku})] == [nudge[:2] for nudge in gondola.nudges]


def test_a_box_of_a_picture_becomes_a_reference(gondola: Gondola, sku: int):
    """In whole pixels."""
    image = gondola.image()
    reply = gondola.post(images_of(sku), json={"image": image, "box": [1.2, "2", 30, 40.6]})

    assert [[1, 2, 30, 41]] == [added["box"] for added in reply.json()["references"]]


def test_a_facing_becomes_a_reference(gondola: Gondola, sku: int):
    """Its box in its photo."""
    scene, image = scene_with(gondola, None)
    reply = gondola.post(images_of(sku), json={"scene": scene, "facing": 0})

    (added,) = reply.json()["references"]
    assert (image, [4, 5, 20, 40], "facing") == (added["image"], added["box"], added["source"])


def test_files_become_references(gondola: Gondola, sku: int):
    """One or more in a request; they are uploads like any other."""
    reply = gondola.post(images_of(sku), files=files(jpeg(50, 40), jpeg(60, 40)))

    assert 201 == reply.status_code, reply.text
    ids = [added["image"] for added in reply.json()["references"]]
    assert [50, 60] == [gondola.get(f"{API}/uploads/{image}/").json()["width"] for image in ids]


def test_a_file_that_comes_again_heals_a_lost_photo(gondola: Gondola, sku: int):
    """Its row was there, its bytes were not."""
    (first,) = gondola.post(images_of(sku), files=files(jpeg(51, 41))).json()["references"]
    with gondola.records.reading() as tx:
        gondola.objects.delete(images.get(tx, first["image"]).key)
    gondola.post(images_of(sku), files=files(jpeg(51, 41)))

    assert 200 == gondola.http.get(first["url"]).status_code


@pytest.mark.parametrize("form", ["list", "one", "repeated", "multipart"])
def test_uploads_may_be_named_in_a_form(gondola: Gondola, sku: int, form: str):
    """As the original documentation shows every body."""
    one, two = gondola.image(), gondola.image()
    body: dict[str, Any] = {
        "list": {"data": {"images": f"[{one},{two}]"}},
        "one": {"data": {"images": str(one)}},
        "repeated": {"data": {"images": [str(one), str(two)]}},
        "multipart": {"files": {"images": (None, f"[{one},{two}]")}},
    }[form]
    reply = gondola.post(images_of(sku), **body)

    assert 201 == reply.status_code, reply.text
    wanted = [one] if form == "one" else [one, two]
    assert wanted == [added["image"] for added in reply.json()["references"]]


def test_a_body_without_anything_is_refused(gondola: Gondola, sku: int):
    """It says what may be sent."""
    empty = gondola.post(images_of(sku))
    form = gondola.post(images_of(sku), files={"other": ("a.txt", b"1", "text/plain")})

    assert (400, 400) == (empty.status_code, form.status_code)
    assert "Send 1 to 5 JPEG files" in form.text


def test_a_facing_of_older_facts_becomes_no_reference(gondola: Gondola, sku: int):
    """The scene was recognised again since: another facing may have its number."""
    scene, _ = scene_with(gondola, None)
    wanted = [{"scene": scene, "facing": 0, "facts_revision": seen} for seen in (2, 1)]
    replies = [gondola.post(images_of(sku), json=one) for one in wanted]

    assert [400, 201] == [reply.status_code for reply in replies]
    assert ["facts_revision"] == list(replies[0].json())
    assert "recognised again" in replies[0].text


def test_a_facts_revision_belongs_to_a_facing(gondola: Gondola, sku: int):
    """Beside pictures it means nothing, and is refused."""
    reply = gondola.post(images_of(sku), json={"images": [1], "facts_revision": 1})

    assert (400, ["images"]) == (reply.status_code, list(reply.json()))


def test_a_facing_that_becomes_a_reference_is_an_answer(gondola: Gondola, sku: int):
    """As on the page of the scene: it is truth, and its former reference is taken back."""
    scene, _ = scene_with(gondola, None)
    other = add_sku(gondola, "Another")
    for sku_id in (other, sku, sku):
        gondola.post(images_of(sku_id), json={"scene": scene, "facing": 0})
    said = gondola.get(f"/scenes/{scene}/facings/0/", headers={"Accept": "application/json"})

    assert (sku, True) == (said.json()["answer"]["sku"], said.json()["answer"]["reference"])
    counts = [gondola.get(images_of(one)).json()["count"] for one in (other, sku)]
    assert [0, 1] == counts


@pytest.mark.parametrize("kind", ["images", "box", "facing", "files"])
def test_the_same_request_twice_changes_nothing(gondola: Gondola, sku: int, kind: str):
    """The second time the same references are told."""
    scene, image = scene_with(gondola, None)
    body: dict[str, Any] = {
        "images": {"json": {"images": [image]}},
        "box": {"json": {"image": image, "box": [1, 2, 3, 4]}},
        "facing": {"json": {"scene": scene, "facing": 0}},
        "files": {"files": files(jpeg(70, 40), jpeg(80, 40))},
    }[kind]
    first, second = (gondola.post(images_of(sku), **body) for _ in range(2))

    assert first.json()["references"] == second.json()["references"] == listed(gondola, sku)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("images", {}),
        ("images", {"images": []}),
        ("images", {"images": [999_999]}),
        ("images", {"images": ["x"]}),
        ("images", {"images": [1], "image": 1}),
        ("images", {"image": 1}),
        ("image", {"image": 999_999, "box": [0, 0, 9, 9]}),
        ("box", {"image": 1, "box": [0, 0, 9]}),
        ("box", {"image": 1, "box": [9, 0, 0, 9]}),
        ("box", {"image": 1, "box": [0, 0, 900, 9]}),
        ("box", {"image": 1, "box": [0, 0, "nan", 9]}),
        ("box", {"image": 1, "box": [0, 0, "inf", 9]}),
        ("scene", {"scene": "x", "facing": 0}),
        ("scene", {"scene": "0" * 32, "facing": 0}),
        ("facing", {"scene": "0" * 32, "facing": -1}),
    ],
)
def test_a_wrong_field_is_named(gondola: Gondola, sku: int, field: str, body: dict[str, Any]):
    """400 with the field, and nothing is added."""
    gondola.image()
    reply = gondola.post(images_of(sku), json=body)

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text
    assert [] == listed(gondola, sku)


def test_a_facing_that_is_not_there_is_named(gondola: Gondola, sku: int):
    """The scene is there, the facing is not; nor is any before recognition."""
    scene, _ = scene_with(gondola, None)
    wrong = gondola.post(images_of(sku), json={"scene": scene, "facing": 7})
    early = gondola.recognize().json()["scene"]
    unseen = gondola.post(images_of(sku), json={"scene": early, "facing": 0})

    assert (400, ["facing"]) == (wrong.status_code, list(wrong.json()))
    assert (400, ["scene"]) == (unseen.status_code, list(unseen.json()))


def test_a_bad_file_is_refused_with_the_good_ones(gondola: Gondola, sku: int):
    """No reference is added; neither is one without any file, or of too many."""
    png = io.BytesIO()
    Image.new("RGB", (9, 9)).save(png, "PNG")
    many = files(*[jpeg(20 + n, 20) for n in range(6)])

    for parts in (files(jpeg(), png.getvalue()), [("other", many[0][1])], many):
        reply = gondola.post(images_of(sku), files=parts)
        assert (400, ["datafile"]) == (reply.status_code, list(reply.json())), reply.text
    assert [] == listed(gondola, sku)


def test_an_unknown_sku_is_404(gondola: Gondola):
    """For each verb."""
    body = {"images": [gondola.image()]}

    assert [404] * 4 == [
        gondola.post(images_of(999_999), json=body).status_code,
        gondola.post(images_of(999_999), files=files(jpeg())).status_code,
        gondola.get(images_of(999_999)).status_code,
        gondola.call("DELETE", images_of(999_999) + "1/").status_code,
    ]


def test_pictures_are_listed_with_their_state(gondola: Gondola, sku: int):
    """What the embedder in use made of each, the oldest first, in pages."""
    gondola.post(images_of(sku), json={"images": [gondola.image() for _ in range(3)]})
    with gondola.records.transaction() as tx:
        galleries.use(tx, "e-1", now=gondola.clock.now)
        one, two, _ = references.of_sku(tx, sku)
        galleries.save_vector(tx, one.id, "e-1", VECTOR, None)
        galleries.save_vector(tx, two.id, "e-1", None, "No JPEG.")

    assert [("READY", None), ("ERROR", "No JPEG."), ("NOT_READY", None)] == [
        (reference["status"], reference["problem"]) for reference in listed(gondola, sku)
    ]
    page = gondola.get(f"{images_of(sku)}?limit=1&offset=1").json()
    assert (3, two.id) == (page["count"], page["results"][0]["id"])


def test_a_removed_picture_is_gone(gondola: Gondola, sku: int):
    """Its upload stays; the second time it is not found."""
    image = gondola.image()
    added = gondola.post(images_of(sku), json={"images": [image]}).json()["references"][0]["id"]
    first, second = (gondola.call("DELETE", f"{images_of(sku)}{added}/") for _ in range(2))

    assert (200, 404) == (first.status_code, second.status_code)
    assert "READY" == first.json()["forecast"]["status"]  # there is nothing to work out
    assert [] == listed(gondola, sku)
    assert 200 == gondola.get(f"{API}/uploads/{image}").status_code


def test_a_sku_may_come_with_its_pictures(gondola: Gondola):
    """POST with packshot and more; PUT and PATCH add to them."""
    packshot, one, two, three = (gondola.image() for _ in range(4))
    body = {"cid": "1", "name": "Tea", "image": packshot}
    made = gondola.post(f"{API}/sku/", json=body | {"images": [one, one]})
    sku = made.json()["id"]
    gondola.call("PUT", f"{API}/sku/{sku}/", json=body | {"images": [two]})
    changed = gondola.call("PATCH", f"{API}/sku/{sku}/", json={"images": [three]})

    assert (201, "NOT_READY") == (made.status_code, made.json()["forecast"]["status"])
    assert (200, packshot) == (changed.status_code, changed.json()["image"])
    assert "images" not in changed.json()
    assert [(packshot, "packshot"), *((image, "picture") for image in (one, two, three))] == [
        (reference["image"], reference["source"]) for reference in listed(gondola, sku)
    ]


def test_pictures_need_a_token(gondola: Gondola, sku: int):
    """Reading and writing."""
    assert 401 == gondola.http.get(images_of(sku)).status_code
    assert 401 == gondola.http.post(images_of(sku), json={"images": [1]}).status_code
