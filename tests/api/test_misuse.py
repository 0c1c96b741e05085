"""What nobody should be able to do from outside, whatever he sends."""

import random
from importlib.metadata import version
from typing import Any

import pytest
from packaging.version import Version

from storage import tables

from .conftest import API, Gondola, jpeg, start

# Versions below have holes that matter here: the reason stands beside each.
FLOORS = {
    "pillow": "13.0.0",  # CVE-2026-112403, heap overflow in the JPEG decoder
    "multipart": "1.3.1",  # CVE-2026-28356, a header that takes exponential time
    "granian": "2.7.4",  # CVE-2026-42545 and 42544, headers that end the process
    "litestar": "2.20",  # CVE-2026-25478 and 25479, expressions of hosts and origins
    "prefect": "3.7.1",  # CVE-2026-5366, arguments that git takes for options
    "aiohttp": "3.14.4",  # PYSEC-2026-4392, cookies without end
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
ORIGINS = [
    f"{scheme}://{host}"
    for scheme in ("http", "https")
    for host in (
        "evil.example",
        "localhost",
        "localhost:8000",
        "127.0.0.1",
        "testserver.local.evil.example",
        "testserver.local@evil.example",
        "[::1]",
        "xn--gondola.example",
        "eviltestserver.local",
    )
] + ["null", "file://"]
ALSO_SENT = {
    "id": 999_999,
    "status": "READY",
    "created_at": "2001-01-01T00:00:00Z",
    "created_date": "2001-01-01T00:00:00Z",
    "duplicate": True,
    "scene": "0" * 32,
    "reports": {"FACING_COUNT": 1},
    "tenant_id": 7,
    "sha256": "0" * 64,
    "facts_revision": 9,
    "flow_run_id": "x",
    "problem": "x",
    "agent_id": 5,
}
UP = ("..", "%2e%2e", "..%2f..", "..%5c..", "%252e%252e", "....", ".%00.", "..;", "%c0%ae%c0%ae")
AIMS = ("etc/passwd", "records.db", "settings.py", "objects", "%2fetc%2fpasswd", "api.log")
PLACES = ("/media/", "/static/", f"{API}/uploads/", "/scenes/")


@pytest.mark.parametrize("library", FLOORS)
def test_no_library_has_a_known_hole(library: str):
    """What is installed is at least the version that closed it."""
    assert Version(version(library)) >= Version(FLOORS[library])


def test_headers_are_safe_on_every_kind_of_answer(
    gondola: Gondola, monkeypatch: pytest.MonkeyPatch
):
    """200, 400, 401, 404, 405, 413, 415 and 500; no answer says what server it is."""
    text = {"Content-Type": "text/csv"}
    answers = [
        gondola.get(f"{API}/reports/"),
        gondola.post(f"{API}/recognize", json={}),
        gondola.http.get(f"{API}/reports/"),
        gondola.get(f"{API}/nothing"),
        gondola.call("TRACE", f"{API}/reports"),
        gondola.post(f"{API}/recognize", content=b" " * 2_000_000),
        gondola.post(f"{API}/recognize", content=b"a", headers=text),
    ]
    monkeypatch.setattr("api.reports.reports.page", None)
    gondola.http.raise_server_exceptions = False  # pyright: ignore[reportAttributeAccessIssue]
    answers.append(gondola.get(f"{API}/reports/"))

    assert [200, 400, 401, 404, 405, 413, 415, 500] == [one.status_code for one in answers]
    for one in answers:
        assert HEADERS.items() <= dict(one.headers).items()
        assert not {"server", "x-powered-by"} & set(one.headers)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "PROPFIND", "PATCH", "DELETE"])
def test_other_methods_are_told_what_is_allowed(gondola: Gondola, method: str):
    """405 with `Allow`; nothing is echoed."""
    reply = gondola.call(method, f"{API}/recognize", headers={"X-Echo": "canary"})

    assert 405 == reply.status_code
    assert "POST" in reply.headers["allow"]
    assert "canary" not in reply.text


@pytest.mark.parametrize("origin", ORIGINS)
def test_no_other_site_may_read_or_ask(gondola: Gondola, origin: str):
    """No answer allows another origin, neither to a request nor before one."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answers = [
        gondola.get(f"{API}/reports/", headers=asked),
        gondola.call("OPTIONS", f"{API}/recognize", headers=asked),
    ]

    for reply in answers:
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_fields_nobody_asked_for_change_nothing(gondola: Gondola):
    """Ids, states and times are the server's."""
    made = gondola.recognize(**ALSO_SENT, report_types=["FACING_COUNT"]).json()
    image = gondola.post(
        f"{API}/uploads/",
        files={"datafile": jpeg(colour=(7, 1, 9))},
        data={name: str(value) for name, value in ALSO_SENT.items()},
    ).json()
    report = gondola.get(f"{API}/reports/{made['reports']['FACING_COUNT']}/").json()
    with gondola.records.reading() as tx:
        scene = tx.execute(tables.scenes.select().filter_by(id=made["id"])).mappings().one()

    for one in (made, image, report):
        assert 999_999 != one["id"]
        assert "2001" not in str(one)
    assert ("NOT_READY", False) == (report["status"], image["duplicate"])
    assert ("ACCEPTED", None, None, None) == (
        scene["status"],
        scene["facts_revision"],
        scene["flow_run_id"],
        scene["problem"],
    )


def test_no_path_leads_out_of_the_stores(gondola: Gondola):
    """Two hundred that try: none is answered with anything."""
    paths = [f"{place}{up}/{aim}" for place in PLACES for up in UP for aim in AIMS]
    paths += ["/static/" + "x" * 5000, "/static/gondola.css/..", "/static/a/gondola.css"]
    codes = {gondola.get(path).status_code for path in paths}

    assert len(paths) >= 200
    assert 200 == gondola.get("/static/gondola.css").status_code
    assert codes <= {400, 403, 404}


def test_no_file_name_leads_out_of_the_store(gondola: Gondola):
    """Stored names are made here, of the bytes alone."""
    for name in ("../../x.jpg", "/etc/x.jpg", "a\\..\\b.jpg", "x" * 3000, "%2e%2e/x", "CON.jpg"):
        files = {"datafile": (name, jpeg(colour=(3, 3, 3)), "image/jpeg")}
        assert 201 == gondola.post(f"{API}/uploads/", files=files).status_code

    outside = [key for key in gondola.objects.list("") if not key.startswith("images/")]
    assert [] == outside


def test_who_waits_as_told_is_let_through(tmp_path: Any):
    """Fifty times of fifty, whenever he asks."""
    moments = random.Random(1)  # noqa: S311  the same moments every time
    with start(tmp_path, rate_limit=3) as gondola:
        for _ in range(50):
            while (reply := gondola.post(f"{API}/recognize/", json={})).status_code != 429:
                gondola.clock.forward(seconds=moments.random() * 15)
            assert int(reply.headers["retry-after"]) >= 1
            gondola.clock.forward(seconds=int(reply.headers["retry-after"]))
            assert 400 == gondola.post(f"{API}/recognize/", json={}).status_code
