"""The composition: first start, master key, shutdown."""

import logging
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from api.app import create_app, from_environment
from settings import Settings

from .conftest import NudgeList


def get_token(app: Litestar, key: str) -> int:
    """The status of asking for a token with this master key."""
    with TestClient(app) as http:
        headers = {"Authorization": f"Token {key}"}
        return http.post("/api/auth/v1.0/get_token/", headers=headers).status_code


def test_the_first_start_prints_a_master_key_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """It works, and the second start prints nothing."""
    settings = Settings(data=str(tmp_path / "data"))
    first = create_app(settings, nudge=NudgeList())
    printed = capsys.readouterr().out
    key = printed.split()[-1]

    assert printed.startswith("Master key, shown only now: ")
    assert 201 == get_token(first, key)
    assert 201 == get_token(create_app(settings, nudge=NudgeList()), key)
    assert "" == capsys.readouterr().out
    assert all(key.encode() not in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


def test_a_chosen_master_key_is_taken_and_may_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The former one stops working; none is printed."""
    create_app(Settings(data=str(tmp_path), master_key="old"), nudge=NudgeList())
    app = create_app(Settings(data=str(tmp_path), master_key="new"), nudge=NudgeList())

    assert "" == capsys.readouterr().out
    assert (401, 201) == (get_token(app, "old"), get_token(app, "new"))


def test_the_server_makes_the_application_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As granian does with `api.app:from_environment`."""
    logger = logging.getLogger("gondola")
    for name in ("handlers", "propagate", "level"):  # put back afterwards
        monkeypatch.setattr(logger, name, getattr(logger, name))
    monkeypatch.setenv("GONDOLA_DATA", str(tmp_path))
    monkeypatch.setenv("GONDOLA_MASTER_KEY", "from-env")

    assert 201 == get_token(from_environment(), "from-env")


def test_what_handlers_are_given_is_provided_in_turn(tmp_path: Path):
    """Litestar would start a task for each of several that need nothing of each other."""
    app = create_app(Settings(data=str(tmp_path), master_key="key"), nudge=NudgeList())
    routes = (route for route in app.routes if isinstance(route, HTTPRoute))
    models = [model for route in routes for _, model in route.route_handler_map.values()]

    assert max(len(model.dependency_batches) for model in models) > 1
    assert {1} == {len(batch) for model in models for batch in model.dependency_batches}
