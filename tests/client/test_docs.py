"""The examples of docs/api.md run as they stand, against a real server."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import MASTER_KEY, jpeg
from tests.client.conftest import Server, start

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text()
GO = os.environ.get("GO", "") or shutil.which("go")


def examples(language: str) -> list[str]:
    """The blocks of a language, in order; what only installs is left out."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [block for block in found if not block.startswith("pip install")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples are tried: two photos lie there."""
    for name, width in (("left.jpg", 64), ("right.jpg", 80)):
        (tmp_path / name).write_bytes(jpeg(width, 48))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def photos(folder: Path) -> Iterator[str]:
    """A web server that has the photos."""
    serve = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/left.jpg"
        listening.shutdown()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on empty stores, with a worker beside it that recognises whatever comes."""
    with start(tmp_path_factory.mktemp("docs")) as server, server.working():
        yield server


def fill_in(text: str, server: Server, photo: str = "") -> str:
    """Put this server in place of the one on the page."""
    here = text.replace("http://127.0.0.1:8000", server.url)
    here = here.replace('token="TOKEN"', f'token="{server.token}"')
    return here.replace("https://photos.example.com/shelf.jpg", photo)


def test_the_examples_for_the_shell_run(fresh: Server, folder: Path, photos: str):
    """One after the other, each answered without an error."""
    script = "set -euo pipefail\n" + "\n".join(
        fill_in(one, fresh, photos) for one in examples("sh")
    )
    ours = {"TOKEN": fresh.token, "MASTER_KEY": MASTER_KEY}
    done = subprocess.run(
        ["bash", "-c", script],
        check=False,
        env=os.environ | ours,
        cwd=folder,
        capture_output=True,
        text=True,
    )

    assert 0 == done.returncode, done.stdout[-2000:] + done.stderr
    assert "event: done" in done.stdout
    assert "304" in done.stdout.split()


@pytest.mark.usefixtures("folder")
def test_the_examples_in_python_run(fresh: Server, capsys: pytest.CaptureFixture[str]):
    """In one program, as a reader types them."""
    names: dict[str, Any] = {}
    for example in examples("python"):
        exec(compile(fill_in(example, fresh), "docs/api.md", "exec"), names)  # noqa: S102
    names["gondola"].close()
    said = capsys.readouterr().out

    assert "photo 1 of 2" in said
    assert "7 3" in said
    assert "There is no list" in said


@pytest.mark.skipif(not GO, reason="no Go on this machine; GO=path/to/go names one")
def test_the_example_in_go_runs(fresh: Server, folder: Path):
    """Standard library alone."""
    (folder / "main.go").write_text(fill_in(examples("go")[0], fresh))
    ours = {"TOKEN": fresh.token, "GOCACHE": str(folder / "cache"), "GO111MODULE": "off"}
    done = subprocess.run(
        [GO or "", "run", "main.go"],
        env=os.environ | ours,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "READY  [{7 3}]" == done.stdout.strip(), done.stderr
