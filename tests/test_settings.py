"""What operators may choose, and where they may write it."""

from pathlib import Path

import pytest

import up
from settings import Settings, SettingsError, load


def test_a_secret_may_stand_in_a_file(tmp_path: Path):
    """GONDOLA_X_FILE names the file that holds X; the line's end is no part of it."""
    (tmp_path / "records").write_text("postgresql+psycopg://gondola@db/gondola\n")

    settings = load({"GONDOLA_RECORDS_FILE": str(tmp_path / "records")})

    assert "postgresql+psycopg://gondola@db/gondola" == settings.records_url


def test_a_number_may_stand_in_a_file(tmp_path: Path):
    """What stands in a file is checked as what stands in the variable."""
    (tmp_path / "port").write_text("many")

    with pytest.raises(SettingsError, match=r"GONDOLA_PORT: Expected `int`"):
        load({"GONDOLA_PORT_FILE": str(tmp_path / "port")})


def test_a_missing_file_stops_the_start(tmp_path: Path):
    """Whoever names a file that is not there is told so, with the variable and the path."""
    with pytest.raises(SettingsError, match=r"GONDOLA_MASTER_KEY_FILE: .*nowhere"):
        load({"GONDOLA_MASTER_KEY_FILE": str(tmp_path / "nowhere")})


def test_a_setting_with_two_values_stops_the_start(tmp_path: Path):
    """A value and a file with another one: nobody guesses which was meant."""
    given = {"GONDOLA_MASTER_KEY": "a", "GONDOLA_MASTER_KEY_FILE": str(tmp_path)}

    with pytest.raises(SettingsError, match="GONDOLA_MASTER_KEY is set twice"):
        load(given)


def test_a_file_of_no_setting_is_unknown(tmp_path: Path):
    """A misspelt variable is found also with _FILE behind it."""
    (tmp_path / "x").write_text("x")

    with pytest.raises(SettingsError, match="Unknown setting GONDOLA_MASTERKEY"):
        load({"GONDOLA_MASTERKEY_FILE": str(tmp_path / "x")})


def test_a_proxy_that_is_no_network_stops_the_start():
    """Trusted proxies are networks in CIDR notation."""
    with pytest.raises(SettingsError, match="GONDOLA_TRUSTED_PROXIES"):
        load({"GONDOLA_TRUSTED_PROXIES": "proxy.local"})


def test_children_get_the_values_not_the_files(monkeypatch: pytest.MonkeyPatch):
    """`gondola up` hands its settings on; a file named beside a value would stop its children."""
    monkeypatch.setenv("GONDOLA_MASTER_KEY_FILE", "/run/secrets/master_key")

    given = up.environment(Settings(master_key="secret"))

    assert "secret" == given["GONDOLA_MASTER_KEY"]
    assert "GONDOLA_MASTER_KEY_FILE" not in given
