"""What the API document promises, asked for by requests made from it.

`FUZZ_EXAMPLES=30 pytest tests/api/test_document.py`, which is `make fuzz`, makes thousands.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import up
from demo.client import Client

from .conftest import MASTER_KEY

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "1")  # requests of each operation, and many more
HOOKS = Path(__file__).with_name("fuzz_hooks.py")  # has the check that stands in for this one
REPLACED = "positive_data_acceptance"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A running API process with empty stores and no rate limit."""
    port = up.free_port()
    ours = {
        "GONDOLA_DATA": str(tmp_path),
        "GONDOLA_PORT": str(port),
        "GONDOLA_MASTER_KEY": MASTER_KEY,
        "GONDOLA_RATE_LIMIT": "0",
        "GONDOLA_MAX_OPEN_SCENES": "0",
    }
    command = [sys.executable, "-c", "from cli import main; main()", "api"]
    with (tmp_path / "api.log").open("wb") as log:
        server = subprocess.Popen(command, env=os.environ | ours, stdout=log, stderr=log)
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        if up.taken("127.0.0.1", port):
            return
        time.sleep(0.1)
    raise TimeoutError(port)


@pytest.mark.timeout(1200)
def test_every_answer_is_as_the_document_says(url: str, tmp_path: Path):
    """No server error, no status, header or body the document does not name; chains included."""
    client = Client(url)
    client.login(MASTER_KEY)
    found = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            *("run", f"{url}/openapi.json", "--no-color", "--seed", "1", "-n", EXAMPLES),
            *("--phases", "coverage,fuzzing,stateful"),
            *("--checks", "all", "--exclude-checks", REPLACED, "--continue-on-failure"),
            *("-H", f"Authorization: Token {client.token}", "--include-path-regex", "^/api/"),
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(found.stdout[-5000:])  # `make fuzz` shows how many there were

    assert 0 == found.returncode, found.stdout[-5000:]
