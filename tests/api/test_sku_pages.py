"""The pages of SKUs."""

import base64
from typing import Any

import pytest

from storage import forecasts, galleries, references, small_pictures
from storage.forecasts import Confusion, Outlook

from .conftest import API, Gondola, jpeg
from .recognised import add_sku

TINY = jpeg(20, 30)


@pytest.fixture
def sku(gondola: Gondola) -> int:
    """A SKU with a picture that was embedded."""
    sku_id = add_sku(gondola, "Green <Tea>")
    gondola.post(f"{API}/sku/{sku_id}/images/", json={"images": [gondola.image()]})
    with gondola.records.transaction() as tx:
        galleries.use(tx, "e-1", now=gondola.clock.now)
        (one,) = references.of_sku(tx, sku_id)
        galleries.save_vector(tx, one.id, "e-1", b"1234", None)
    small_pictures.write(gondola.objects, one.id, TINY)
    gondola.nudges.clear()
    return sku_id


def browse(gondola: Gondola, path: str, method: str = "GET", **more: Any) -> Any:
    """Ask as a browser does."""
    login = base64.b64encode(f"me:{gondola.token}".encode()).decode()
    headers = {"Accept": "text/html", "Authorization": f"Basic {login}"} | more.pop("headers", {})
    return gondola.http.request(method, path, headers=headers, follow_redirects=False, **more)


def save(gondola: Gondola, sku_id: int, outlook: Outlook) -> None:
    """Store a forecast of the gallery as it is."""
    with gondola.records.transaction() as tx:
        version, now = galleries.version(tx, "e-1"), gondola.clock.now
        forecasts.save(tx, sku_id, "e-1", outlook, gallery=version, now=now)


def test_skus_are_listed_with_their_forecast(gondola: Gondola, sku: int):
    """Names are escaped; a search finds by name."""
    save(gondola, sku, Outlook(1, 0, 0.25, [Confusion(sku, 0.9)], None))
    page = browse(gondola, "/skus/?q=green").text

    assert "Green &lt;Tea&gt;" in page
    assert "25 %" in page
    assert "may be taken for 1 other" in page
    assert "Green" not in browse(gondola, "/skus/?q=coffee").text
    assert "No SKU has this" in browse(gondola, "/skus/?q=coffee%20beans").text


def test_the_list_has_a_next_page(gondola: Gondola, sku: int):
    """Of the same search."""
    add_sku(gondola, "Green grapes")
    page = browse(gondola, "/skus/?q=green&limit=1").text

    assert '<a href="/skus/?limit=1&amp;offset=1&amp;q=green">More</a>' in page
    assert "Before" not in page


def test_a_sku_shows_its_pictures_and_its_forecast(gondola: Gondola, sku: int):
    """The small picture is there; a ready page asks for nothing and stays as it is."""
    other = add_sku(gondola, "Coffee")
    save(gondola, sku, Outlook(1, 0, None, [Confusion(other, 0.93)], "Add 2 more pictures."))
    page = browse(gondola, f"/skus/{sku}/").text
    (one,) = gondola.get(f"{API}/sku/{sku}/images/").json()["results"]
    small = f"/references/{one['id']}/small.jpg"

    assert all(text in page for text in (small, "Coffee", "0.93", "Add 2 more pictures."))
    assert TINY == browse(gondola, small).content
    assert 'http-equiv="refresh"' not in page
    assert [] == gondola.nudges


def test_a_page_without_forecast_asks_for_one(gondola: Gondola, sku: int):
    """And looks again by itself."""
    page = browse(gondola, f"/skus/{sku}/").text

    assert 'http-equiv="refresh"' in page
    assert [("forecast-sku", {"sku_id": sku})] == [nudge[:2] for nudge in gondola.nudges]


def test_pictures_are_added_and_removed_on_the_page(gondola: Gondola, sku: int):
    """Both lead back to it."""
    parts = [("datafile", ("tea.jpg", jpeg(33, 44), "image/jpeg"))]
    added = browse(gondola, f"/skus/{sku}/images/", "POST", files=parts)
    first, second = gondola.get(f"{API}/sku/{sku}/images/").json()["results"]
    removed = browse(gondola, f"/skus/{sku}/images/{first['id']}/remove/", "POST")
    left = gondola.get(f"{API}/sku/{sku}/images/").json()["results"]

    assert [(303, f"/skus/{sku}")] * 2 == [
        (reply.status_code, reply.headers["location"]) for reply in (added, removed)
    ]
    assert [second["id"]] == [one["id"] for one in left]


def test_a_refused_file_is_told_on_the_page(gondola: Gondola, sku: int):
    """With the reason."""
    parts = [("datafile", ("tea.txt", b"no picture", "text/plain"))]
    reply = browse(gondola, f"/skus/{sku}/images/", "POST", files=parts)

    assert 400 == reply.status_code
    assert "The file is no JPEG" in reply.text


def test_another_site_changes_nothing(gondola: Gondola, sku: int):
    """A foreign page cannot post with the browser's password."""
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    parts = [("datafile", ("tea.jpg", jpeg(), "image/jpeg"))]

    assert (
        403
        == browse(gondola, f"/skus/{sku}/images/", "POST", files=parts, headers=foreign).status_code
    )
    assert 1 == gondola.get(f"{API}/sku/{sku}/images/").json()["count"]


@pytest.mark.parametrize("path", ["/skus/999999/", "/references/999999/small.jpg"])
def test_what_is_not_there_is_404(gondola: Gondola, path: str):
    """As a page."""
    assert 404 == browse(gondola, path).status_code


@pytest.mark.parametrize("path", ["/skus/", "/skus/1/", "/references/1/small.jpg"])
def test_pages_need_a_login(gondola: Gondola, path: str):
    """The browser asks for a password."""
    reply = gondola.http.get(path)

    assert (401, "Basic") == (reply.status_code, reply.headers["www-authenticate"].split()[0])
