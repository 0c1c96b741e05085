"""The door of a real server, tried for seconds; `make bench-door` tries it for minutes.

Each defence has a switch: where it is off, the same attack gets through.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bench.door import limiting, malformed, photos, raw, server, slow, uploading
from bench.door.server import Server
from storage import tokens
from storage.records import Records


@pytest.fixture(scope="module")
def one() -> Iterator[Server]:
    """A process without limits."""
    with server.running(rate_limit=0, max_open_scenes=0) as started:
        yield started


@pytest.fixture(scope="module")
def two() -> Iterator[Server]:
    """Two processes of one platform, with the limits as shipped."""
    with server.running(2) as started:
        yield started


def test_no_bytes_make_a_server_error(one: Server):
    """Of eleven families of broken requests; every one gets an end, and the process goes on."""
    before = one.serving()
    outcome = raw.attack(one, 440)

    assert 440 == outcome.sent
    assert (0, 0) == (outcome.server_errors, outcome.statuses[-1]), outcome.wrong[:3]
    assert len(outcome.statuses) >= 6  # not all of them fail at the first check
    assert before == one.serving()


def test_a_body_that_breaks_off_is_no_fault_of_ours(one: Server):
    """The log has no traceback, and counts no server error."""
    raw.attack(one, 60, [malformed.bad_framing])

    assert '"level":"ERROR"' not in one.log()


def test_a_broken_photo_is_taken_or_refused(one: Server):
    """201 and 400, nothing else; both happen."""
    statuses = uploading.statuses(one, photos.mutants(60))

    assert {201, 400} == set(statuses)


def test_bombs_and_other_files_are_refused(one: Server):
    """Whatever they are called."""
    files = {**photos.bombs(), **photos.other_files()}

    assert {400: len(files)} == uploading.statuses(one, files.values())


def test_nothing_private_is_stored_or_served(one: Server):
    """Places, serial numbers and notes, wherever a camera wrote them."""
    assert (8, 0) == uploading.leaks(one, 8)


def test_a_secret_that_is_stored_would_be_found(one: Server, monkeypatch: pytest.MonkeyPatch):
    """The search finds what is there: the photos of this test say so themselves."""
    monkeypatch.setattr(photos, "private_photos", lambda *_: photos.sound_kinds()[:1])
    monkeypatch.setattr(uploading, "SECRET", "JFIF")

    taken, leaking = uploading.leaks(one, 1)

    assert leaking >= taken


def test_eight_turns_show_one_picture(one: Server):
    """Whichever way the camera was held."""
    assert 0 == uploading.turned_wrong(one)


def test_two_processes_let_one_hundred_through(two: Server):
    """Of three hundred, and none of those who claim to be somebody else afterwards."""
    assert 100 == limiting.accepted_of_many(two, 300)[0]
    assert (100, 0) == limiting.evaded(two, 100)


def test_without_the_limit_they_get_through(one: Server):
    """So the evasions are requests that are served."""
    tried, through = limiting.evaded(one, 100)

    assert through >= 0.5 * tried


def test_a_revoked_token_ends_in_every_process_at_once(two: Server):
    """Also where it was used a moment ago."""
    token = two.token()
    before = [limiting.status_of(port, token) for port in two.ports]
    records = Records(f"sqlite:///{two.folder / 'records.db'}")
    with records.transaction() as tx:
        tokens.revoke(tx, tokens.id_of(token), now=datetime.now(UTC))
    after = [limiting.status_of(port, token) for port in two.ports]
    records.close()

    assert ([200, 200], [401, 401]) == (before, after)


def test_a_flood_of_bad_tokens_is_not_remembered(two: Server):
    """Each is another one; of each address sixty are looked up, and the process does not grow."""
    found = limiting.flood(two, 1000)

    assert (600, 400) == (found.looked_up, found.refused)
    assert found.grown < 20_000_000


def test_connections_that_never_end_hold_nobody_up(one: Server):
    """A hundred of them: half say what they want byte by byte, half send their photo so."""
    held = slow.measure(one, 3, sockets=100)

    assert (0, 100) == (held.failed, held.held)
    assert held.asked > 10
