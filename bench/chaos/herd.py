"""The parts of `gondola up`, or more of them, which are killed, stopped and started again."""

import os
import random
import signal
import time

import msgspec

import up
from bench.platform import console
from settings import Settings

TARGETS = ["api", "worker", "prefect", "everything"]


class Herd:
    """Processes of one platform.

    Attributes:
        urls: of the API processes.
        ended: last words of parts that failed though nobody killed them.
    """

    def __init__(self, settings: Settings, apis: int = 1, workers: int = 1) -> None:
        (settings.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.urls = [settings.api_url]
        self.parts = up.Platform(settings, console.print).parts
        self.ended: list[str] = []
        for number in range(2, max(apis, workers) + 1):
            other = msgspec.structs.replace(settings, port=up.free_port())
            more = {part.name: part for part in up.Platform(other, console.print).parts}
            if number <= apis:
                self.urls.append(other.api_url)
            wanted = [name for name, most in (("api", apis), ("worker", workers)) if number <= most]
            for part in map(more.__getitem__, wanted):
                part.log = part.log.with_stem(f"{part.log.stem}-{number}")
                self.parts.append(part)

    def named(self, name: str) -> list[up.Part]:
        """The parts of this name."""
        return [part for part in self.parts if part.name == name]

    def start(self) -> None:
        """Start every part and wait until all answer."""
        for part in self.parts:
            part.start()
        self.wait(self.parts, up.START_SECONDS)

    def kill(self, target: str, roll: random.Random) -> None:
        """Kill one part of TARGETS or all, and start them again."""
        hit = self.parts if target == "everything" else [roll.choice(self.named(target))]
        for part in hit:
            kill(part)
        for part in hit:
            part.start()

    def watch(self) -> None:
        """Start again what ended, as `gondola up` does."""
        for part in self.parts:
            self.revive(part)

    def wait(self, parts: list[up.Part], seconds: float) -> None:
        """Wait until these parts answer; one that ended is started again, as `gondola up` does."""
        deadline = time.monotonic() + seconds
        for part in parts:
            while not part.ready() and time.monotonic() < deadline:
                self.revive(part)
                time.sleep(0.2)

    def revive(self, part: up.Part) -> None:
        """Start a part again if it ended by itself."""
        if part.process is not None and part.died():
            if part.process.returncode:
                self.ended.append(f"{part.name}: {part.last_words()}")
            part.start()

    def stop(self) -> None:
        """Stop every part politely, the Prefect server after those that talk to it."""
        ours = [part for part in self.parts if part.name != up.PREFECT]
        for parts in (ours, self.named(up.PREFECT)):
            for part in parts:
                part.ask_to_end()
            for part in parts:
                part.wait_for_end()


def kill(part: up.Part) -> None:
    """SIGKILL to the part and its children."""
    if part.process is not None and not part.died():
        os.killpg(part.process.pid, signal.SIGKILL)
        part.process.wait()
