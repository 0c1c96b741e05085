"""A POST that comes again with its Idempotency-Key is not done again, whatever it makes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from api import idempotency, recognition_error
from storage import replies, tables

from .conftest import API, Gondola, jpeg

Make = Callable[[Gondola], dict[str, Any]]


def named(gondola: Gondola) -> dict[str, Any]:
    """A body with a name."""
    return {"json": {"name": "Oats"}}


def wrongly(gondola: Gondola) -> dict[str, Any]:
    """A recognition error."""
    return {"json": {"scene": gondola.recognize().json()["scene"], "sku_gid": 1}}


def forced(gondola: Gondola) -> dict[str, Any]:
    """An update of a report."""
    return {"json": {"reports": list(gondola.recognize().json()["reports"].values())[:1]}}


def photo(gondola: Gondola) -> dict[str, Any]:
    """A photo; its boundary is another one at every try."""
    return {"files": {"datafile": ("shelf.jpg", jpeg(), "image/jpeg")}}


POSTS: dict[str, tuple[Make, str]] = {  # path -> what to send, the table of what it makes
    "uploads": (photo, "images"),
    "recognize": (lambda g: {"json": {"images": [g.image()]}}, "scenes"),
    "recognition_error": (wrongly, "recognition_errors"),
    "reports/force_update": (forced, "report_revisions"),
    "sku": (lambda _: {"json": {"name": "Oats", "cid": "47"}}, "skus"),
    "brands": (named, "brands"),
    "displays": (named, "displays"),
    "visits": (lambda _: {"json": {}}, "visits"),
}
posts = pytest.mark.parametrize("path", POSTS)


def ask(gondola: Gondola, path: str, sent: dict[str, Any], key: str) -> Any:
    """POST with a key."""
    return gondola.post(f"{API}/{path}/", headers={"Idempotency-Key": key}, **sent)


def count(gondola: Gondola, table: str) -> int:
    """How many rows there are."""
    with gondola.records.reading() as tx:
        return tx.execute(select(func.count()).select_from(getattr(tables, table))).scalar_one()


@posts
def test_the_same_again_makes_nothing(gondola: Gondola, path: str):
    """The same bytes are answered, one row is made, nothing is started a second time."""
    make, table = POSTS[path]
    sent = make(gondola)
    before = count(gondola, table)
    first = ask(gondola, path, sent, f"again-{path}")
    started = len(gondola.nudges)
    second = ask(gondola, path, sent, f"again-{path}")

    assert first.is_success, first.text
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert before + 1 == count(gondola, table)
    assert started == len(gondola.nudges)


@posts
def test_another_payload_is_refused(gondola: Gondola, path: str):
    """422; the key stands for what was sent first."""
    make, table = POSTS[path]
    sent = make(gondola)
    ask(gondola, path, sent, f"other-{path}")
    before = count(gondola, table)
    other = make(gondola) if path in {"recognize", "recognition_error"} else _altered(gondola, sent)
    made_by_itself = count(gondola, table) - before
    reply = ask(gondola, path, other, f"other-{path}")

    assert 422 == reply.status_code, reply.text
    assert "Idempotency-Key" in reply.json()["detail"]
    assert before + made_by_itself == count(gondola, table)


def _altered(gondola: Gondola, sent: dict[str, Any]) -> dict[str, Any]:
    if "files" in sent:
        return {"files": {"datafile": ("shelf.jpg", jpeg(65), "image/jpeg")}}
    return {"json": sent["json"] | {"name": "Else", "webhook": "http://a.example/", "task": 1}}


@posts
def test_while_it_is_worked_on_it_is_409(gondola: Gondola, path: str, monkeypatch: Any):
    """With a Retry-After; nothing is made for the second."""
    make, table = POSTS[path]
    sent = make(gondola)
    claimed = replies.claim

    def claim_for_another(tx: Any, request: str, payload: str, **more: Any) -> bytes | None:
        claimed(tx, request, payload, **(more | {"owner": "0" * 32}))
        return claimed(tx, request, payload, **more)

    before = count(gondola, table)
    with monkeypatch.context() as patched:
        patched.setattr(idempotency.replies, "claim", claim_for_another)
        reply = ask(gondola, path, sent, f"running-{path}")

    assert (409, "1") == (reply.status_code, reply.headers["retry-after"]), reply.text
    assert before == count(gondola, table)


def test_a_key_of_a_refused_request_is_free(gondola: Gondola):
    """A wrong body may be mended under the same key."""
    refused = ask(gondola, "recognize", {"json": {"images": [10**9]}}, "mended")
    mended = ask(gondola, "recognize", {"json": {"images": [gondola.image()]}}, "mended")

    assert (400, 201) == (refused.status_code, mended.status_code)


def test_an_upload_that_could_not_be_fetched_may_be_tried_again(gondola: Gondola):
    """The address may answer later: the key is free."""
    sent = {"json": {"url": "http://127.0.0.1:1/shelf.jpg"}}
    codes = [ask(gondola, "uploads/uploads_by_url", sent, "by-url").status_code for _ in "ab"]

    assert [400, 400] == codes


def test_who_lost_the_claim_writes_nothing(gondola: Gondola, monkeypatch: Any):
    """Taken over while it worked, as it took too long: 409, and its work is undone."""
    sent = wrongly(gondola)
    before = count(gondola, "recognition_errors")
    add = recognition_error.feedback.add_error

    def add_late(tx: Any, *args: Any, **more: Any) -> int:
        tx.execute(tables.replies.update().values(owner="1" * 32))
        return add(tx, *args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(recognition_error.feedback, "add_error", add_late)
        reply = ask(gondola, "recognition_error", sent, "late")

    assert 409 == reply.status_code
    assert before == count(gondola, "recognition_errors")


def test_of_many_at_once_one_is_done(gondola: Gondola):
    """The others get its answer or 409, and the answer when they ask again."""
    sent = {"json": {"images": [gondola.image()]}}
    before = count(gondola, "scenes")
    with ThreadPoolExecutor(8) as pool:
        replied = list(pool.map(lambda _: ask(gondola, "recognize", sent, "many"), range(24)))
    again = ask(gondola, "recognize", sent, "many")

    assert {201, 409} >= {reply.status_code for reply in replied}
    assert {again.content} == {reply.content for reply in replied if reply.status_code == 201}
    assert before + 1 == count(gondola, "scenes")


def test_a_token_has_its_own_keys(gondola: Gondola):
    """Two clients that count alike do not meet."""
    sent = {"json": {"name": "Mine"}}
    first = ask(gondola, "brands", sent, "1")
    headers = {"Authorization": f"Token {gondola.new_token()}", "Idempotency-Key": "1"}
    other = gondola.http.post(f"{API}/brands/", headers=headers, **sent)

    assert first.json()["id"] != other.json()["id"]
