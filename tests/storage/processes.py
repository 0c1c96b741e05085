"""Several real processes that do the same thing at the same moment."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_WAIT = "\nimport sys; print('ready', flush=True); sys.stdin.readline()\n"


def run_together(imports: str, code: str, *args: str, count: int) -> list[str]:
    """Run code in processes that first import, then all begin at once; returns what each prints.

    Warnings are errors there too.
    """
    command = [sys.executable, "-W", "error", "-c", imports + _WAIT + code, *args]
    processes = [_start(command) for _ in range(count)]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.communicate()[0].strip() for process in processes]
    assert [0] * count == [process.returncode for process in processes]
    return outputs


def _start(command: list[str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=_ROOT)
