"""Panoramas by their link."""

from urllib.parse import urlsplit

import pytest

from storage import panoramas

from .conftest import Gondola

JPEG = b"\xff\xd8 a shelf \xff\xd9"


@pytest.fixture
def link(gondola: Gondola) -> str:
    """The link of a stored panorama."""
    key = panoramas.store(gondola.objects, JPEG)
    with gondola.records.transaction() as tx:
        return panoramas.path(panoramas.secret(tx), key)


def test_the_link_shows_the_panorama_without_a_token(gondola: Gondola, link: str):
    """Whoever has the report may see its picture, also months later."""
    gondola.clock.forward(days=90)
    reply = gondola.http.get(link)
    gondola.clock.forward(days=-90)

    assert (200, JPEG) == (reply.status_code, reply.content)
    assert "image/jpeg" == reply.headers["content-type"]


def test_a_link_is_always_the_same(gondola: Gondola, link: str):
    """So a report that is computed again is the same bytes."""
    with gondola.records.transaction() as tx:
        key = panoramas.store(gondola.objects, JPEG)
        assert link == panoramas.path(panoramas.secret(tx), key)


@pytest.mark.parametrize("query", ["", "?signature=", "?signature=" + "0" * 64])
def test_nobody_sees_a_panorama_without_its_signature(gondola: Gondola, link: str, query: str):
    """404, as if there were none."""
    assert 404 == gondola.http.get(urlsplit(link).path + query).status_code


def test_a_panorama_that_was_removed_is_not_found(gondola: Gondola, link: str):
    """The link alone shows nothing."""
    name = urlsplit(link).path.rpartition("/")[2]
    gondola.objects.delete(f"panoramas/{name[:2]}/{name}")

    assert 404 == gondola.http.get(link).status_code
