"""Settings: one frozen struct, read from GONDOLA_* environment variables.

A wrong value or an unknown GONDOLA_ variable stops the start and names the field. What no process
list should show may stand in a file: `GONDOLA_X_FILE` names it, as secrets of containers have it.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from outbound.addresses import Network, networks

PREFIX = "GONDOLA_"
IN_FILE = "_file"  # `GONDOLA_RECORDS_FILE=/run/secrets/records`: the file holds the value


class SettingsError(Exception):
    """A GONDOLA_ variable is unknown or has a wrong value."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may choose. Field `x_y` is the variable `GONDOLA_X_Y`."""

    data: str = "data"  # folder of everything the embedded form stores
    records: str = ""  # SQLAlchemy URL; empty = SQLite in the data folder
    objects: str = ""  # file:///folder or s3://KEY:SECRET@host:port/bucket; empty = data folder
    host: str = "127.0.0.1"  # the API listens here
    port: int = 8000
    public_url: str = ""  # how clients reach the API; empty = http://host:port
    prefect_host: str = "127.0.0.1"  # where `gondola up` starts the Prefect server
    prefect_port: int = 4200
    prefect_url: str = ""  # API of a Prefect server that already runs; empty = the one above
    prefect_database: str = ""  # SQLAlchemy URL of our Prefect server; empty = SQLite in data
    master_key: str = ""  # issues tokens; empty = made and shown once at the first start
    detector: str = "shelf-detector-0.3.0"  # a name under inference/models, or a folder
    text_finder: str = "text-finder-6.0.0"  # finds the text on price tags; empty = tags not read
    text_reader: str = "text-reader-6.1.0"
    embedder: str = "sku-embedder-0.2.0"
    worker_scenes: int = 2  # scenes one worker handles at a time
    worker_threads: int = 0  # inference threads of one worker; 0 = one per core
    max_upload_mb: int = 20
    max_upload_mp: int = 50
    min_free_mb: int = 500  # free disk below which no photo is taken; 0 = down to the last byte
    max_open_scenes: int = 500  # scenes that wait or run; more are refused; 0 = any number
    share_of_space_of: Literal["facings", "photos"] = "facings"  # what its shares are shares of
    price_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5  # less is not surely read
    reports_dir: str = ""  # folder of report types of your own; empty = none
    report_names: Literal["plain", "suffixed"] = "plain"  # suffixed: FACING_COUNT_1_5 and so on
    webhook_body: Literal["by_type", "by_id"] = "by_type"  # the key of its reports
    lease_seconds: int = 60  # a scene whose worker is silent this long goes to another
    webhook_timeout_seconds: int = 15
    photo_keep_days: int = 0  # photos that nothing needs; facts and reports stay; 0 = for ever
    webhook_keep_days: int = 30  # messages that are over, with their attempts; 0 = for ever
    rate_limit: int = 100  # of each of the three limited posts, per token and minute; 0 = none
    traces: str = ""  # OpenTelemetry collector, as http://collector:4318; empty = no traces
    outbound_allow: str = ""  # networks besides the public internet, as 192.168.7.0/24,10.0.0.5/32
    trusted_proxies: str = ""  # networks whose X-Forwarded-For is believed; empty = nobody's

    @property
    def data_dir(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data).resolve()

    @property
    def own_reports(self) -> Path | None:
        """The folder of report types of your own, absolute; None = there is none."""
        return Path(self.reports_dir).resolve() if self.reports_dir else None

    @property
    def own_folders(self) -> dict[str, Path]:
        """Folders of models and report types that are none of ours, by their variable."""
        fields = ("detector", "embedder", "text_finder", "text_reader", "reports_dir")
        named = {name: Path(value) for name in fields if (value := getattr(self, name))}
        own = {name: path.resolve() for name, path in named.items() if path.is_dir()}
        return {f"{PREFIX}{name.upper()}": path for name, path in own.items()}

    @property
    def suffixed(self) -> bool:
        """Whether report types are told with the suffix of older installations."""
        return self.report_names == "suffixed"

    @property
    def records_url(self) -> str:
        """SQLAlchemy URL of the records."""
        return self.records or f"sqlite:///{self.data_dir / 'records.db'}"

    @property
    def objects_url(self) -> str:
        """URL of the object store."""
        return self.objects or (self.data_dir / "objects").as_uri()

    @property
    def api_url(self) -> str:
        """Base URL clients use, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def prefect_api_url(self) -> str:
        """API URL of the Prefect server."""
        return self.prefect_url or f"http://{self.prefect_host}:{self.prefect_port}/api"

    @property
    def outbound_networks(self) -> tuple[Network, ...]:
        """What outgoing connections may reach besides the public internet."""
        return networks(self.outbound_allow)

    @property
    def proxies(self) -> list[str]:
        """Networks of the proxies that may say who asks, in CIDR notation."""
        return [str(network) for network in networks(self.trusted_proxies)]

    @property
    def prefect_ui_url(self) -> str:
        """Where operators look at runs."""
        return self.prefect_api_url.removesuffix("/api")


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: names the variable that is unknown or has a wrong value.
    """
    given = _given(environ)
    unknown = sorted(set(given) - set(Settings.__struct_fields__))
    if unknown:
        raise SettingsError(f"Unknown setting {PREFIX}{unknown[0].upper()}.")
    try:
        settings = msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_name_variable(str(error))) from None
    for name in ("outbound_allow", "trusted_proxies"):
        try:
            networks(getattr(settings, name))
        except ValueError as error:
            raise SettingsError(f"{PREFIX}{name.upper()}: {error}.") from None
    return settings


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    """Collect our variables by field, those that stand in files read."""
    given = {k.removeprefix(PREFIX).lower(): v for k, v in environ.items() if k.startswith(PREFIX)}
    for name in [name for name in given if name.removesuffix(IN_FILE) != name]:
        path, field = given.pop(name), name.removesuffix(IN_FILE)
        if field in given:
            raise SettingsError(f"{PREFIX}{field.upper()} is set twice, by itself and by a file.")
        try:
            given[field] = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{PREFIX}{name.upper()}: {error}.") from None
    return given


def _name_variable(message: str) -> str:
    """Turn msgspec's `... - at `$.port`` into a sentence that names the variable."""
    reason, _, path = message.partition(" - at `$.")
    return f"{PREFIX}{path.rstrip('`').upper()}: {reason}."
