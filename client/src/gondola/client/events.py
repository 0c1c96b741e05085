"""Server-sent events, line by line.

Source: HTML standard, section 9.2.6, "Interpreting an event stream".
"""

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Something that happened to a scene.

    `kind` is accepted, started, photo, together, report or done. A photo and a report say the how
    many-th of how many they are in `data["count"]` and `data["of"]`.
    """

    number: int
    kind: str
    data: dict[str, Any]

    def __str__(self) -> str:
        """In words, for progress lines."""
        if "of" in self.data:
            return f"{self.kind} {self.data['count']} of {self.data['of']}"
        return self.kind


class EventLines:
    """Puts lines together to events."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def take(self, line: str) -> Event | None:
        """Take one line without its end; an empty one ends an event."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        if "event" not in fields:
            return None
        data = msgspec.json.decode(fields.get("data", "{}"), type=dict[str, Any])
        return Event(int(fields.get("id", -1)), fields["event"], data)
