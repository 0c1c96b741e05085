"""Photos in."""

import hashlib
import io
from typing import Any

import pytest
from PIL import ExifTags, Image

from storage import images

from . import recognised
from .conftest import API, Gondola, jpeg

UPLOADS = f"{API}/uploads"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("part", ["datafile", "file"])
def test_a_photo_is_taken(gondola: Gondola, slash: str, part: str):
    """201 with id, link, size and time, under both names clients use for the part."""
    files = {part: ("shelf.jpg", jpeg(71, 53), "image/jpeg")}
    reply = gondola.post(UPLOADS + slash, files=files)
    body = reply.json()

    assert 201 == reply.status_code
    assert {"id", "url", "width", "height", "created_date", "duplicate"} == set(body)
    assert (71, 53) == (body["width"], body["height"])
    assert "2026-11-22T10:00:00.123456Z" == body["created_date"]
    assert body["url"].startswith("http://127.0.0.1:8000/media/")


def test_a_turned_photo_has_its_upright_size(gondola: Gondola):
    """Width and height are those a person sees."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    body = gondola.upload(jpeg(70, 50, exif=exif)).json()

    assert (50, 70) == (body["width"], body["height"])


def test_the_same_bytes_again_are_a_duplicate(gondola: Gondola):
    """A new id, one object, and the second reply says so."""
    photo = jpeg(colour=(1, 2, 3))
    first, second = gondola.upload(photo).json(), gondola.upload(photo).json()

    assert [False, True] == [first["duplicate"], second["duplicate"]]
    assert first["id"] < second["id"]
    assert first["url"] == second["url"]


def test_the_stored_bytes_carry_their_own_name(gondola: Gondola):
    """The object is what passed the gate, under its SHA-256."""
    body = gondola.upload(jpeg(comment=b"private")).json()
    with gondola.records.reading() as tx:
        image = images.get(tx, body["id"])
    data = gondola.objects.get(image.key)

    assert image.sha256 == hashlib.sha256(data).hexdigest()
    assert b"private" not in data


def test_a_lost_object_comes_back_with_the_next_upload(gondola: Gondola):
    """Known bytes are stored again when they are missing."""
    photo = jpeg(colour=(9, 9, 9))
    sha256 = hashlib.sha256(photo).hexdigest()
    gondola.upload(photo)
    gondola.objects.delete(images.image_key(sha256))
    gondola.upload(photo)

    assert photo == gondola.objects.get(images.image_key(sha256))


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_upload_can_be_read_back(gondola: Gondola, slash: str):
    """The same object as at upload, and what it is worth."""
    body = gondola.upload().json() | {"quality": None}
    reply = gondola.get(f"{UPLOADS}/{body['id']}{slash}")

    assert (200, body) == (reply.status_code, reply.json())


@pytest.mark.parametrize("image_id", ["999999", "0", "-1", "x", "9" * 19, "9" * 400])
def test_an_unknown_upload_is_404(gondola: Gondola, image_id: str):
    """Whatever stands where an id belongs."""
    reply = gondola.get(f"{UPLOADS}/{image_id}/")

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


def count(gondola: Gondola) -> tuple[int, int]:
    """Rows and objects of photos."""
    with gondola.records.reading() as tx:
        known = images.known(tx, range(1, 500))
    return len(known), len(list(gondola.objects.list("images/")))


def png() -> bytes:
    """A real PNG."""
    file = io.BytesIO()
    Image.new("RGB", (40, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(), "The file is a PNG"),
        (b"", "The file is empty"),
        (jpeg()[:200], "The file ends before the JPEG does"),
        (b"\xff\xd8\xff\x00" * 50, "The JPEG is damaged"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(gondola: Gondola, data: bytes, reason: str):
    """400 that names the part and says why; nothing is stored."""
    before = count(gondola)
    reply = gondola.upload(data)

    assert 400 == reply.status_code
    assert reply.json()["datafile"][0].startswith(reason)
    assert before == count(gondola)


def test_a_form_without_a_photo_is_refused(gondola: Gondola):
    """The documented part is named."""
    reply = gondola.post(UPLOADS, files={"other": ("a.jpg", jpeg())})

    assert (400, {"datafile": ["No file was submitted."]}) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    "more", [{"json": {"a": 1}}, {"content": jpeg()}, {"data": {"datafile": "x"}}]
)
def test_another_kind_of_body_is_415(gondola: Gondola, more: dict[str, Any]):
    """Only multipart brings photos."""
    reply = gondola.post(UPLOADS, **more)

    assert 415 == reply.status_code
    assert reply.json()["detail"].startswith("Unsupported media type")


def test_a_body_over_the_limit_is_413(gondola: Gondola):
    """More than a photo may have is not even read to its end."""
    reply = gondola.upload(b"\xff\xd8\xff" + b"\0" * 20_100_000)

    assert 413 == reply.status_code


def test_a_photo_over_the_limit_is_refused(gondola: Gondola):
    """A file just over the limit still gets the sentence."""
    reply = gondola.upload(jpeg() + b"\0" * 20_000_000)

    assert "at most 20 are taken" in reply.json()["datafile"][0]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x"),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="\xff'),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a: b\r\n" * 100),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="datafile"\r\n'
            b"Content-Type: text/plain; charset=klingon\r\n\r\n\xff\xfe\r\n--x--\r\n",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 50 + b"--x--\r\n",
        ),
        ("multipart/form-data; boundary=\xff\xfe".encode("latin-1"), b"--x\r\n"),
    ],
)
def test_a_broken_multipart_is_400(gondola: Gondola, content_type: Any, body: bytes):
    """Never a server error, whatever the bytes."""
    reply = gondola.post(UPLOADS, content=body, headers={"Content-Type": content_type})

    assert 400 == reply.status_code, reply.text


def test_before_recognition_a_photo_has_no_quality(gondola: Gondola):
    """The field is there, null."""
    image_id = gondola.upload().json()["id"]

    assert gondola.get(f"{UPLOADS}/{image_id}/").json()["quality"] is None


def test_a_recognised_photo_tells_its_quality(gondola: Gondola):
    """Numbers, rounded, and what to do better; of the newest scene the photo is in."""
    image_id = gondola.upload().json()["id"]
    older, newer, waiting = (gondola.recognize(images=[image_id]).json()["id"] for _ in range(3))
    recognised.set_quality(gondola, newer, image_id, "DARK")
    recognised.set_quality(gondola, older, image_id, "SCREEN")

    assert waiting > newer
    assert {
        "sharpness": 1490.0,
        "brightness": 0.39,
        "washed_out": 0.0,
        "tilt_degrees": -0.2,
        "product_pixels": None,
        "product_share": None,
        "screen_score": 2.6,
        "reasons": [{"code": "DARK", "advice": "What to do about DARK."}],
    } == gondola.get(f"{UPLOADS}/{image_id}").json()["quality"]
