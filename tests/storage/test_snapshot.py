"""How the records are saved: what a server and its programs are told."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, make_url

from storage import snapshot
from tests.storage.postgres_server import PostgresServer


@pytest.mark.servers
def test_a_server_may_be_named_by_options(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Host, port, TLS: whatever the address says is told to `pg_dump` too."""
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")
    at = make_url(postgres_server.create(f"options_{uuid4().hex}"))
    options = {"host": str(at.host), "port": str(at.port), "sslmode": "disable"}
    by_options = URL.create(at.drivername, at.username, database=at.database, query=options)

    snapshot.save(by_options.render_as_string(), tmp_path / "records")

    assert b"PGDMP" == (tmp_path / "records").read_bytes()[:5]


def test_the_password_is_in_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Which every user of the machine may read; the program finds it in its environment."""
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$PGPASSWORD $*" > "$TOLD"\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))

    snapshot.save("postgresql+psycopg://me:p%40ss@host:5433/shelf", tmp_path / "records")

    password, *arguments = (tmp_path / "told").read_text().split()
    assert ("p@ss", "--dbname=postgresql://me@host:5433/shelf") == (password, arguments[0])
