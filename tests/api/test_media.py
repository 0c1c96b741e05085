"""Photos by signed link."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from .conftest import Gondola, jpeg


def path_of(url: str, **changes: str) -> str:
    """Path and query of a link, some of its query changed."""
    parts = urlsplit(url)
    return f"{parts.path}?{urlencode(dict(parse_qsl(parts.query)) | changes)}"


def test_a_link_shows_the_photo_without_a_token(gondola: Gondola):
    """The bytes that passed the gate, as a JPEG and as nothing else."""
    photo = jpeg(colour=(5, 6, 7))
    reply = gondola.http.get(path_of(gondola.upload(photo).json()["url"]))

    assert (200, photo) == (reply.status_code, reply.content)
    assert "image/jpeg" == reply.headers["content-type"]
    assert "nosniff" == reply.headers["x-content-type-options"]
    assert "private, max-age=900, immutable" == reply.headers["cache-control"]
    assert reply.headers["content-disposition"].endswith('.jpg"')


def test_a_link_dies_after_a_quarter_of_an_hour(gondola: Gondola):
    """403 that says why."""
    path = path_of(gondola.upload().json()["url"])
    gondola.clock.forward(minutes=15, seconds=1)
    reply = gondola.http.get(path)
    gondola.clock.forward(minutes=-15, seconds=-1)

    assert 403 == reply.status_code
    assert "ask for a new one" in reply.json()["detail"]


def test_a_link_stays_the_same_for_minutes(gondola: Gondola):
    """So a browser finds the photo in its cache."""
    photo = jpeg(colour=(50, 60, 70))
    first = gondola.upload(photo).json()["url"]
    gondola.clock.forward(minutes=4)
    second = gondola.upload(photo).json()["url"]
    gondola.clock.forward(minutes=-4)

    assert first == second


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "ü"},
        {"expires": "99999999999"},
        {"expires": "0"},
        {"expires": "9" * 400},
    ],
)
def test_a_changed_link_is_403(gondola: Gondola, changes: dict[str, str]):
    """Nobody but this server makes links."""
    path = path_of(gondola.upload().json()["url"], **changes)

    assert gondola.http.get(path).status_code in (400, 403)


@pytest.mark.parametrize(
    "name",
    ["nothing.jpg", f"{'0' * 64}.png", "..%2f..%2frecords.db", "%2e%2e", f"{'A' * 64}.jpg"],
)
def test_other_names_are_404(gondola: Gondola, name: str):
    """A name is 64 hex digits; nothing else reaches the store."""
    assert 404 == gondola.http.get(f"/media/{name}").status_code


def test_a_lost_photo_is_404(gondola: Gondola):
    """A fresh link to bytes that are gone."""
    body = gondola.upload(jpeg(colour=(1, 1, 200))).json()
    name = urlsplit(body["url"]).path.rpartition("/")[2]
    gondola.objects.delete(f"images/{name[:2]}/{name}")

    assert 404 == gondola.http.get(path_of(body["url"])).status_code
