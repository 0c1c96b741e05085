"""What an API process has on disk when it says 201, read from strace.

Every 201 of an upload must come after a sync of the photo's bytes, of the folder that names it and
of the database's log; every 201 of a scene after a sync of the log. No kill shows a missing sync,
since the page cache survives it; power loss would.
"""

import re
from collections.abc import Iterable
from pathlib import Path

TRACED = "fsync,fdatasync,sendto,sendmsg,write,writev"
_SYNC = re.compile(r"f(?:data)?sync\(\d+<(?P<path>[^>]*)>")
_CREATED = re.compile(r'"HTTP/1\.1 201')

BLOB, FOLDER, DATABASE = "blob", "folder", "database"
UPLOAD, SCENE = {BLOB, FOLDER, DATABASE}, {DATABASE}


def strace(pid: int, out: Path) -> list[str]:
    """The command that follows a process and all its threads; `-y` names what is synced."""
    options = ["-f", "-y", "-s", "24", "-e", f"trace={TRACED}", "-e", "signal=none"]
    return ["strace", *options, "-o", str(out), "-p", str(pid)]


def synced_before_201(lines: Iterable[str], data: Path) -> list[set[str]]:
    """For each 201 of a trace of requests that came one by one: what was synced since the last.

    Args:
        lines: of strace.
        data: the data folder, with `objects` and `records.db`.
    """
    answers: list[set[str]] = []
    seen: set[str] = set()
    for line in lines:
        if found := _SYNC.search(line):
            seen.add(_kind(Path(found["path"]), data))
        elif _CREATED.search(line):
            answers.append(seen - {""})
            seen = set()
    return answers


def _kind(path: Path, data: Path) -> str:
    if path.name.startswith("records.db"):
        return DATABASE
    if data / "objects" not in path.parents:
        return ""
    return BLOB if path.name.startswith(".put-") or path.suffix else FOLDER
