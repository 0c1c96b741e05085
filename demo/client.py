"""The few calls the demo makes, on plain HTTP."""

from pathlib import Path
from typing import Any

import urllib3

API = "/api/v1.5"


class CallFailed(Exception):
    """The API answered with an error; the text says which call and what it said."""


class Client:
    """A client of one Gondola server.

    Args:
        base_url: `http://host:port`.
        token: from `get_token`; empty only for the call that gets one.
    """

    def __init__(self, base_url: str, token: str = "") -> None:
        self.base_url = base_url
        self.token = token
        self._http = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(30))

    def login(self, master_key: str) -> None:
        """Exchange the master key for a token."""
        self.token = master_key
        self.token = self.post("/api/auth/v1.0/get_token/")["token"]

    def upload(self, photo: Path) -> int:
        """Upload one JPEG; returns its image id."""
        fields = {"datafile": (photo.name, photo.read_bytes(), "image/jpeg")}
        return self.post(f"{API}/uploads/", fields=fields)["id"]

    def get(self, path: str, **more: Any) -> Any:
        """GET and parse the JSON."""
        return self._call("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        """POST and parse the JSON."""
        return self._call("POST", path, **more)

    def patch(self, path: str, **more: Any) -> Any:
        """PATCH and parse the JSON."""
        return self._call("PATCH", path, **more)

    def download(self, url: str, target: Path) -> None:
        """Write what a signed link shows."""
        target.write_bytes(self._http.request("GET", url).data)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Token {self.token}", **more.pop("headers", {})}
        if "json" in more:  # urllib3 sets this itself only when it makes all headers
            headers["Content-Type"] = "application/json"
        reply = self._http.request(method, self.base_url + path, headers=headers, **more)
        if reply.status >= 400:  # noqa: PLR2004  HTTP: 4xx and 5xx are errors
            raise CallFailed(f"{method} {path} answered {reply.status}: {reply.data[:500]!r}")
        return reply.json()
