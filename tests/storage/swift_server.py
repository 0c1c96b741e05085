"""A real S3 server for tests: OpenStack Swift with s3api, all in one, on loopback ports.

It runs from its own virtual environment, `.venv-servers`, and needs no root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from storage.errors import ObjectStoreUnavailable
from storage.objects import open_objects
from tests.storage.ports import free_ports, listens, wait_until

VENV = Path(__file__).parents[2] / ".venv-servers"
ACCESS_KEY, SECRET_KEY = "test:tester", "testing"
_KINDS = ("account", "container", "object", "proxy")

_SWIFT_CONF = "[swift-hash]\nswift_hash_path_suffix = gondola\nswift_hash_path_prefix = gondola\n"
_COMMON = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {folder}
devices = {folder}/devices
user = {user}
workers = 0
mount_check = false
fallocate_reserve = 0
log_level = ERROR
"""
_BACKEND = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
conn_timeout = 10
node_timeout = 30
"""
_PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 10
node_timeout = 30
error_suppression_limit = 1000000
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
"""
_FILTERS = ("catch_errors", "gatekeeper", "listing_formats", "bulk", "copy", "slo")
# One interpreter makes the rings and imports Swift, then becomes four servers.
_RUN = """
import ctypes, os, signal, sys
from swift.account import server
from swift.container import server
from swift.obj import server
from swift.proxy import server
from swift.common.ring import RingBuilder
from swift.common.wsgi import run_wsgi

folder, ports = sys.argv[1], dict(pair.split("=") for pair in sys.argv[2:])
for kind in ("account", "container", "object"):
    ring = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    here = {"ip": "127.0.0.1", "port": int(ports[kind]), "device": "disk", "weight": 1}
    ring.add_dev({"region": 1, "zone": 1, **here})
    ring.rebalance()
    ring.get_ring().save(f"{folder}/{kind}.ring.gz")
children = []
signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in children])
end_with_parent = lambda: ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
end_with_parent()
for kind in ports:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with_parent()
        os._exit(run_wsgi(f"{folder}/{kind}-server.conf", f"{kind}-server"))
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""


class SwiftServer:
    """Swift in four processes; `start` returns when it answers, `stop` leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = _with_xattrs(folder)
        self._ports = dict(zip(_KINDS, free_ports(len(_KINDS)), strict=True))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """The host and port that speak S3."""
        return f"127.0.0.1:{self._ports['proxy']}"

    def url(self, bucket: str) -> str:
        """The address `open_objects` takes."""
        return f"s3://test%3Atester:{SECRET_KEY}@{self.endpoint}/{bucket}?secure=0"

    def start(self) -> None:
        """Write the configuration, start the servers, wait until they made a bucket together."""
        if not VENV.joinpath("bin", "swift-proxy-server").exists():
            raise RuntimeError("The S3 tests need OpenStack Swift; install it with `make servers`.")
        self._configure()
        pairs = [f"{kind}={port}" for kind, port in self._ports.items()]
        with self._folder.joinpath("log").open("wb") as log:
            command = [VENV / "bin" / "python", "-c", _RUN, self._folder, *pairs]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        ports = self._ports.values()
        log_file = self._folder / "log"
        wait_until(lambda: all(listens(port) for port in ports), log_file)
        wait_until(self._makes_a_bucket, log_file)

    def _makes_a_bucket(self) -> bool:
        """Whether all four work together: one that listens may still be loading."""
        try:
            open_objects(self.url("ready")).close()
        except ObjectStoreUnavailable:
            return False
        return True

    def stop(self) -> None:
        """End the servers and remove their files."""
        if self._process:
            self._process.terminate()
            self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _configure(self) -> None:
        self._folder.joinpath("devices", "disk").mkdir(parents=True)
        self._folder.joinpath("swift.conf").write_text(_SWIFT_CONF)
        user = pwd.getpwuid(os.geteuid()).pw_name  # as root, Swift would look for a user `swift`
        filters = "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in _FILTERS)
        for kind, port in self._ports.items():
            special = _PROXY + filters if kind == "proxy" else _BACKEND.format(kind=kind)
            text = _COMMON.format(port=port, folder=self._folder, user=user) + special
            self._folder.joinpath(f"{kind}-server.conf").write_text(text)


def _with_xattrs(folder: Path) -> Path:
    """Make a fresh folder, in /var/tmp where the given one has no extended attributes."""
    for place in (folder, Path("/var/tmp")):  # noqa: S108 (mkdtemp makes a folder of our own)
        fresh = Path(tempfile.mkdtemp(prefix="swift-", dir=place))
        try:
            os.setxattr(fresh, "user.swift", b"x")
        except OSError:
            fresh.rmdir()
        else:
            return fresh
    raise RuntimeError("Swift needs a file system with extended attributes; /var/tmp has none.")
