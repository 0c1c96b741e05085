"""What a client saw of its requests: accepted, refused or indeterminate, on disk before it goes on.

Source: Jepsen's histories of ok, fail and info operations.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ASKED, ACCEPTED, REFUSED = "asked", "accepted", "refused"


@dataclass
class History:
    """Requests for scenes by what became of them; who asked and got no answer is indeterminate."""

    asked: int = 0
    refused: int = 0
    accepted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def indeterminate(self) -> int:
        """Requests whose scenes may exist or not."""
        return self.asked - self.refused - len(self.accepted)


class ClientsLog:
    """One line per event, appended; several threads and processes may write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, event: str, reply: dict[str, Any] | None = None) -> None:
        """Note one of ASKED, ACCEPTED (with the body of the 201) and REFUSED."""
        with self.path.open("a") as file:
            file.write(json.dumps({"event": event, "reply": reply}) + "\n")

    def history(self) -> History:
        """Read what was noted."""
        seen = History()
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        for line in map(json.loads, lines):
            if line["event"] == ACCEPTED:
                seen.accepted.append(line["reply"])
            else:
                setattr(seen, line["event"], getattr(seen, line["event"]) + 1)
        return seen
