"""Looks for bytes that break a parser, led by the code they reach: libFuzzer, through atheris.

Atheris is no dependency of ours: `make fuzz-parsers` installs it and tries each parser for a
minute, `python -m bench.door.fuzzing planogram 60` one of them where atheris is on PYTHONPATH.

Source: libFuzzer's documentation, "Options" and "Output".
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ATHERIS = ROOT / ".tools/atheris"
PARSERS = ("address", "photo", "authorization", "webhook", "planogram")  # of `bench.door.parsers`
SEED = 1
_LED_BY = ["api", "master_files", "outbound", "storage.blocks", "flows.signing", "yarl"]


class Broken(Exception):
    """Bytes make a parser fail; libFuzzer says where."""


def fuzz(parser: str, seconds: int) -> int:
    """Try a parser for so long in a process of its own; how many inputs it took or refused.

    Raises:
        Broken: one of them made it fail.
    """
    if not ATHERIS.exists():
        sys.exit("Fuzzing needs atheris, which `make fuzz-parsers` installs.")
    with tempfile.TemporaryDirectory(prefix="gondola-fuzz-") as folder:
        path = os.pathsep.join([str(ATHERIS), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(  # noqa: S603  our own command line
            [sys.executable, "-m", "bench.door.fuzzing", parser, str(seconds)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "TMPDIR": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        bytes_that_do = [one.read_bytes() for one in Path(folder).glob("*-*") if one.is_file()]
    tried = re.search(r"Done (\d+) runs", done.stderr)
    if done.returncode or not tried:
        raise Broken(f"{parser}: {bytes_that_do} {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return int(tried[1])


def main(parser: str, seconds: str) -> None:
    """Fuzz until the time is over or a fault is found; does not return."""
    import atheris  # noqa: PLC0415  only this process needs it

    with atheris.instrument_imports(include=_LED_BY):
        from bench.door import parsers  # noqa: PLC0415  read while it is watched

    one, folder = parsers.PARSERS[parser], Path(tempfile.mkdtemp())
    for number, data in enumerate(one.seeds()):
        (folder / str(number)).write_bytes(data)
    lasts = [f"-max_total_time={seconds}", f"-seed={SEED}", "-max_len=65536", "-timeout=10"]
    left = f"-artifact_prefix={tempfile.gettempdir()}/"
    atheris.Setup([sys.argv[0], *lasts, left, str(folder)], one.try_it)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:3])
