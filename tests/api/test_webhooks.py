"""Registered endpoints, what was sent to them, and sending it again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from storage import endpoints, messages, tokens, webhook_secrets, work
from storage.endpoints import EVENTS, REPORT_READY
from storage.messages import Attempt, Event
from storage.waiting import waiting
from storage.work import DELIVER_WEBHOOKS, DONE, FAILED, OPEN
from tests.storage.rows import accept

from .conftest import Gondola, start

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API that may post to this machine, and whose token may say where."""
    with start(tmp_path_factory.mktemp("api"), outbound_allow="127.0.0.0/8") as made:
        with made.records.transaction() as tx:
            life = timedelta(days=9)
            made.token = tokens.issue(tx, now=made.clock(), life=life, scopes=tokens.SCOPES).token
        yield made


def register(gondola: Gondola, **body: Any) -> Any:
    """Register an endpoint."""
    return gondola.post("/webhooks/", json={"url": URL} | body, headers=JSON)


def send(gondola: Gondola, endpoint_id: int = 0, *, state: str = OPEN, url: str = URL) -> str:
    """A message to the endpoint, or to the address, in this state; its webhook-id."""
    with gondola.records.transaction() as tx:
        scene = accept(tx, now=gondola.clock())
        event = Event(REPORT_READY, scene.scene_id, scene.scene, scene.report_ids["FACING_COUNT"])
        known = endpoints.get(tx, endpoint_id) if endpoint_id else None
        to = {"endpoint": known} if known else {"url": url}
        message_id = messages.add(tx, event, now=gondola.clock(), **to)
        assert message_id
        found = work.due(tx, now=gondola.clock(), limit=9, subjects=[message_id])
        for one in found:
            if state == DONE:
                work.finish(tx, one.id, now=gondola.clock())
            if state == FAILED:
                work.give_up(tx, one.id, problem="HTTP 500: no")
        return messages.get(tx, message_id).uid


def states(gondola: Gondola, endpoint_id: int = 0) -> dict[str, str]:
    """State of each of its messages."""
    body = gondola.get(f"/webhooks/{endpoint_id}/messages/", headers=JSON).json()
    return {one["id"]: one["status"] for one in body["results"]}


def test_an_endpoint_is_registered_for_every_event(gondola: Gondola):
    """Unless it says which; its secret is told this once and is one receivers can use."""
    made = register(gondola, description="ERP").json()
    one = register(gondola, events=["scene.done"]).json()
    seen = gondola.get(f"/webhooks/{made['id']}/", headers=JSON).json()

    assert (list(EVENTS), ["scene.done"]) == (made["events"], one["events"])
    assert (URL, "ERP", True, None) == (
        seen["url"],
        seen["description"],
        seen["enabled"],
        seen["failing_since_date"],
    )
    assert "secret" not in seen
    with gondola.records.reading() as tx:
        (secret,) = webhook_secrets.find(tx, made["id"], now=gondola.clock())
    assert Webhook(secret).sign("a", gondola.clock(), "b") == (
        Webhook(made["secret"]).sign("a", gondola.clock(), "b")
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://0xa000001/",
        "http://no-such-host.invalid/",
        "http://user:secret@127.0.0.1/",
        "ftp://127.0.0.1/",
        "",
    ],
)
def test_an_address_that_is_not_open_is_not_registered(gondola: Gondola, url: str):
    """Private, metadata, unknown, with a login, of another kind: a sentence says which."""
    made = register(gondola).json()["id"]
    for reply in (
        register(gondola, url=url),
        gondola.call("PATCH", f"/webhooks/{made}/", json={"url": url}, headers=JSON),
    ):
        assert 400 == reply.status_code
        assert "application/problem+json" in reply.headers["content-type"]
        assert reply.json()["errors"].keys() == {"url"}


@pytest.mark.parametrize("body", [{"events": []}, {"events": ["report.gone"]}, {"url": 1}])
def test_a_wrong_field_is_named(gondola: Gondola, body: dict[str, Any]):
    """As a problem of RFC 9457."""
    reply = register(gondola, **body)

    assert (400, body.keys()) == (reply.status_code, reply.json()["errors"].keys())


def test_an_endpoint_is_changed_disabled_and_removed(gondola: Gondola):
    """What is left out stays; a removed one is gone with its messages."""
    endpoint_id = register(gondola, description="ERP").json()["id"]
    path = f"/webhooks/{endpoint_id}/"
    send(gondola, endpoint_id)

    changed = gondola.call("PATCH", path, json={"events": ["scene.done"]}, headers=JSON).json()
    disabled = gondola.call("PATCH", path, json={"enabled": False}, headers=JSON).json()
    enabled = gondola.post(f"{path}enable/", headers=JSON).json()
    removed = gondola.call("DELETE", path, headers=JSON)

    assert (["scene.done"], "ERP", 1) == (
        changed["events"],
        changed["description"],
        changed["waiting"],
    )
    assert (False, 0, 1) == (disabled["enabled"], disabled["waiting"], disabled["dead"])
    assert (True, None) == (enabled["enabled"], enabled["disabled_because"])
    assert (200, 404) == (removed.status_code, gondola.get(path, headers=JSON).status_code)
    with gondola.records.reading() as tx:
        waits = next(one for one in waiting(tx) if one.flow == DELIVER_WEBHOOKS)
    assert (0, 0) == (waits.open, waits.failed)


def test_a_secret_is_rotated_with_an_overlap(gondola: Gondola):
    """For a while both sign; one that leaked ends at once."""
    made = register(gondola).json()
    path = f"/webhooks/{made['id']}/rotate/"
    rotated = gondola.post(path, headers=JSON).json()
    with gondola.records.reading() as tx:
        both = webhook_secrets.find(tx, made["id"], now=gondola.clock())
    leaked = gondola.post(f"{path}?hours=0", headers=JSON).json()
    with gondola.records.reading() as tx:
        after = webhook_secrets.find(tx, made["id"], now=gondola.clock())

    assert [rotated["secret"], made["secret"]] == [webhook_secrets.written(one) for one in both]
    assert [leaked["secret"]] == [webhook_secrets.written(one) for one in after]
    assert 404 == gondola.post("/webhooks/99/rotate/", headers=JSON).status_code


def test_messages_are_listed_with_their_state(gondola: Gondola):
    """Of an endpoint, and under 0 of the addresses that calls named, without their secrets."""
    endpoint_id = register(gondola).json()["id"]
    dead = send(gondola, endpoint_id, state=FAILED)
    delivered = send(gondola, endpoint_id, state=DONE)
    named = send(gondola, url="http://u:p4ss@127.0.0.1/x?key=s3cret")
    only = gondola.get(f"/webhooks/{endpoint_id}/messages/?status=FAILED", headers=JSON).json()
    of_calls = gondola.get("/webhooks/0/messages/", headers=JSON).text

    assert {dead: FAILED, delivered: DONE} == states(gondola, endpoint_id)
    assert [(dead, "HTTP 500: no")] == [(one["id"], one["problem"]) for one in only["results"]]
    assert named in of_calls
    assert "http://127.0.0.1/x?..." in of_calls
    assert "p4ss" not in of_calls
    assert "s3cret" not in of_calls


def test_every_attempt_is_shown(gondola: Gondola):
    """When, what came back, how long it took, and when the next one was due; newest first."""
    endpoint_id, now = register(gondola).json()["id"], gondola.clock()
    uid = send(gondola, endpoint_id)
    tries = [
        Attempt(0, 1, now, 500, "STATUS", "HTTP 500: no", "no", 3.25, now + timedelta(seconds=5)),
        Attempt(0, 1, now, 204, None, None, "", 1.0, None),
    ]
    with gondola.records.transaction() as tx:
        for one in tries:
            messages.log_attempt(tx, one)
    body = gondola.get(f"/webhooks/{endpoint_id}/attempts/", headers=JSON).json()

    assert [(uid, 204, None, None), (uid, 500, "STATUS", "no")] == [
        (one["message"], one["status_code"], one["failure"], one["reply"] or None)
        for one in body["results"]
    ]
    assert [None, "2026-11-22T10:00:05.123456Z"] == [one["next_date"] for one in body["results"]]


def test_a_message_is_sent_again(gondola: Gondola):
    """Whatever became of it; it waits from now on, and a run is asked for."""
    endpoint_id = register(gondola).json()["id"]
    uid, other = send(gondola, endpoint_id, state=DONE), send(gondola, endpoint_id, state=FAILED)
    path = f"/webhooks/{endpoint_id}/redeliver/"
    reply = gondola.post(f"{path}?message={uid}", headers=JSON)

    assert (202, {"messages": 1}) == (reply.status_code, reply.json())
    assert {uid: OPEN, other: FAILED} == states(gondola, endpoint_id)
    assert [DELIVER_WEBHOOKS] == [flow for flow, _, _ in gondola.nudges]
    assert 404 == gondola.post(f"{path}?message=msg_{'0' * 32}", headers=JSON).status_code
    assert 404 == gondola.post(f"/webhooks/0/redeliver/?message={uid}", headers=JSON).status_code


def test_dead_letters_of_a_time_are_sent_again(gondola: Gondola):
    """From `since` on and before `until`; those that were delivered only when asked for."""
    made = []
    for state in (FAILED, DONE, FAILED):
        made.append(send(gondola, state=state))
        gondola.clock.forward(hours=1)
    at = [f"2026-11-22T{hour:02}:30:00Z" for hour in (9, 10, 11)]

    def redeliver(query: str) -> int:
        return gondola.post(f"/webhooks/0/redeliver/?{query}", headers=JSON).json()["messages"]

    assert 0 == redeliver(f"since={at[1]}&until={at[2]}")
    assert 1 == redeliver(f"since={at[0]}&until={at[1]}")
    assert [OPEN, DONE, FAILED] == [states(gondola)[uid] for uid in made]
    assert 2 == redeliver("delivered=true")
    assert {OPEN} == set(states(gondola).values())


def test_a_disabled_endpoint_is_enabled_first(gondola: Gondola):
    """What came meanwhile is a dead letter; sending it again is a conflict until then."""
    endpoint_id = register(gondola).json()["id"]
    path = f"/webhooks/{endpoint_id}/"
    gondola.call("PATCH", path, json={"enabled": False}, headers=JSON)
    uid = send(gondola, endpoint_id)

    refused = gondola.post(f"{path}redeliver/", headers=JSON)
    gondola.post(f"{path}enable/", headers=JSON)
    taken = gondola.post(f"{path}redeliver/", headers=JSON)

    assert (409, 202) == (refused.status_code, taken.status_code)
    assert "enable it first" in refused.json()["detail"]
    assert {uid: OPEN} == states(gondola, endpoint_id)


def test_people_see_endpoints_and_dead_letters(gondola: Gondola):
    """On a page, with buttons; nothing of a receiver's answer is taken for HTML."""
    endpoint_id = register(gondola).json()["id"]
    uid = send(gondola, endpoint_id, state=FAILED)
    evil = Attempt(0, 1, gondola.clock(), 500, "STATUS", "<script>", "<script>", 1.0, None)
    with gondola.records.transaction() as tx:
        messages.log_attempt(tx, evil)
    everything = gondola.get("/webhooks/", headers=HTML).text
    one = gondola.get(f"/webhooks/{endpoint_id}/", headers=HTML).text
    of_calls = gondola.get("/webhooks/0/", headers=HTML)

    assert f'action="/webhooks/{endpoint_id}/redeliver/?message={uid}"' in everything
    assert uid in one
    assert "<script>" not in one
    assert (200, 404) == (
        of_calls.status_code,
        gondola.get("/webhooks/7/", headers=HTML).status_code,
    )


def test_buttons_lead_back_to_the_page(gondola: Gondola):
    """Sending again and enabling."""
    endpoint_id = register(gondola).json()["id"]
    send(gondola, endpoint_id, state=FAILED)
    for button in ("redeliver", "enable"):
        path = f"/webhooks/{endpoint_id}/{button}/"
        reply = gondola.post(path, headers=HTML, follow_redirects=False)

        assert (303, f"/webhooks/{endpoint_id}/") == (
            reply.status_code,
            reply.headers["location"],
        )
