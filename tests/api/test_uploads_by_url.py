"""Photos that the API fetches by their address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import Gondola, jpeg, start
from tests.outbound.receiver import Server, running


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API that may fetch from this machine."""
    folder: Path = tmp_path_factory.mktemp("opened")
    with start(folder, outbound_allow="127.0.0.0/8") as gondola:
        yield gondola


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on this machine."""
    with running() as server:
        server.body = jpeg(64, 48)
        yield server


@pytest.mark.parametrize(
    "path", ["uploads/uploads_by_url/", "uploads_by_url", "uploads/upload_by_url/"]
)
def test_a_photo_is_fetched_under_each_of_the_three_names(
    opened: Gondola, server: Server, path: str
):
    """200 as documented, the upload without `duplicate`; the photo is stored like any other."""
    answer = opened.post(f"/api/v1.5/{path}", json={"url": f"{server.url}/200"})
    sent = answer.json()

    assert 200 == answer.status_code
    assert {"id", "url", "width", "height", "created_date"} == set(sent)
    assert (64, 48) == (sent["width"], sent["height"])
    assert sent["id"] == opened.get(f"/api/v1.5/uploads/{sent['id']}").json()["id"]


def test_whatever_goes_wrong_on_the_way_is_one_answer(opened: Gondola, server: Server):
    """A private address, a closed port, an unknown name, a redirect, an error: the same words."""
    urls = [
        "http://10.0.0.1/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "http://no-such-host.invalid/",
        f"{server.url}/302",
        f"{server.url}/500",
    ]

    answers = [opened.post("/api/v1.5/uploads_by_url", json={"url": url}) for url in urls]

    assert [400] * len(urls) == [answer.status_code for answer in answers]
    assert 1 == len({answer.content for answer in answers})
    assert ["url"] == list(answers[0].json())


@pytest.mark.parametrize(
    "url", ["", "x", "ftp://h/x.jpg", "http://", "http://user:pw@h/x.jpg", "http://h/\r\nX: y"]
)
def test_what_is_no_web_address_is_told(opened: Gondola, url: str):
    """Before anything is fetched."""
    answer = opened.post("/api/v1.5/uploads_by_url", json={"url": url})

    assert 400 == answer.status_code
    assert "valid URL" in answer.json()["url"][0]


def test_what_is_fetched_passes_the_same_gate(opened: Gondola, server: Server):
    """A page is no photo, whatever its address ends with."""
    server.body = b"<html>"

    answer = opened.post("/api/v1.5/uploads_by_url", json={"url": f"{server.url}/200"})

    assert 400 == answer.status_code
    assert "url" not in answer.json()


def test_nothing_is_fetched_from_networks_that_are_not_open(gondola: Gondola, server: Server):
    """As long as no operator says so."""
    answer = gondola.post("/api/v1.5/uploads_by_url", json={"url": f"{server.url}/200"})

    assert 400 == answer.status_code
    assert [] == server.heard
