"""Tokens and the master key."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from storage import secrets, tables, tokens
from storage.errors import NotFound
from storage.records import Records, Transaction
from tests.storage.processes import run_together
from tests.storage.rows import NOW

DAY = timedelta(days=1)


def is_valid(tx: Transaction, token: str, now: datetime) -> bool:
    """Whether the token is good for anything."""
    return tokens.scopes_of(tx, token, now=now) is not None


def test_a_token_is_valid_until_it_expires(records: Records) -> None:
    """A token works from its issue to the moment before its end."""
    with records.transaction() as tx:
        token = tokens.issue(tx, now=NOW, life=DAY).token
        answers = [is_valid(tx, token, NOW + life) for life in (DAY * 0, DAY / 2, DAY)]

    assert [True, True, False] == answers


def test_a_new_token_leaves_the_old_one_valid(records: Records) -> None:
    """Issuing a token does not revoke another."""
    with records.transaction() as tx:
        old, new = (tokens.issue(tx, now=NOW, life=DAY).token for _ in range(2))

        assert [True, True] == [is_valid(tx, token, NOW) for token in (old, new)]


def test_a_token_nobody_issued_is_not_valid(records: Records) -> None:
    """Any text at all may be asked about, and is refused."""
    strange = ["", "x" * 10_000, "\x00", "é", "\udcff", "' OR 1=1 --"]
    with records.reading() as tx:
        assert [False] * len(strange) == [is_valid(tx, text, NOW) for text in strange]


def test_the_records_do_not_hold_the_token(records: Records) -> None:
    """Who steals the database has hashes only."""
    with records.transaction() as tx:
        token = tokens.issue(tx, now=NOW, life=DAY).token
        stored = tx.execute(select(tables.tokens)).all()

    assert token not in str(stored)


def test_a_token_has_256_random_bits(records: Records) -> None:
    """Forty-three characters of base64 are 256 bits."""
    with records.transaction() as tx:
        lengths = {len(tokens.issue(tx, now=NOW, life=DAY).token) for _ in range(9)}

    assert {43} == lengths


def test_a_revoked_token_is_not_valid_and_stays_in_the_list(records: Records) -> None:
    """Its neighbour goes on working."""
    with records.transaction() as tx:
        gone, other = (
            tokens.issue(tx, now=NOW, life=DAY, name=name).token for name in ("gone", "other")
        )
        names = {token.name: token.id for token in tokens.issued(tx)}
        revoked = [tokens.revoke(tx, names["gone"], now=NOW + DAY * n / 4) for n in (1, 2)]

        assert [NOW + DAY / 4] * 2 == [token.revoked_at for token in revoked]
        assert [False, True] == [is_valid(tx, token, NOW) for token in (gone, other)]
        assert {"gone", "other"} == {token.name for token in tokens.issued(tx)}


@pytest.mark.parametrize("token_id", ["", "%", "0" * 12])
def test_a_token_nobody_issued_is_not_revoked(records: Records, token_id: str) -> None:
    """And no other one instead."""
    with records.transaction() as tx:
        token = tokens.issue(tx, now=NOW, life=DAY).token
        with pytest.raises(NotFound):
            tokens.revoke(tx, token_id, now=NOW)

        assert is_valid(tx, token, NOW)


def test_a_token_does_what_its_scopes_say(records: Records) -> None:
    """In the order of SCOPES, whatever the order they are given in."""
    with records.transaction() as tx:
        token = tokens.issue(tx, now=NOW, life=DAY, scopes=["recognise", "read"]).token

        assert ("read", "recognise") == tokens.scopes_of(tx, token, now=NOW)


def test_processes_that_start_at_once_make_one_master_key(
    records_url: str, records: Records
) -> None:
    """Of four that find none, one makes it; the others print none that does not work."""
    imports = "from storage import tokens; from storage.records import Records; import os, time"
    code = (
        "records, key = Records(sys.argv[1]), f'key of {os.getpid()}'\n"
        "with records.transaction() as tx:\n"
        "    print(key if tokens.make_master_key(tx, key) else '')\n"
        "    time.sleep(0.2)\n"
        "records.close()\n"
    )
    (key,) = filter(None, run_together(imports, code, records_url, count=4))

    with records.reading() as tx:
        assert tokens.is_master_key(tx, key)


def test_the_last_master_key_is_the_one(records: Records) -> None:
    """Setting a master key replaces the former."""
    with records.transaction() as tx:
        before = tokens.has_master_key(tx)
        tokens.set_master_key(tx, "old")
        tokens.set_master_key(tx, "new")
        answers = [tokens.is_master_key(tx, key) for key in ("old", "new", "")]

    assert (False, [False, True, False]) == (before, answers)


def test_a_secret_stays_the_same(records: Records) -> None:
    """The first process that asks makes the secret; all others read the same 32 bytes."""
    with records.transaction() as tx:
        first = secrets.get_or_create(tx, "media")
    with records.transaction() as tx:
        again, other = (secrets.get_or_create(tx, name) for name in ("media", "other"))

    assert (32, True, False) == (len(first), first == again, first == other)
