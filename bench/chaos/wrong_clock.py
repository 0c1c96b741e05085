"""A wall clock for processes that is wrong by so many seconds, which may change while they run."""

import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


class WrongClock:
    """A library that processes preload, and the file that tells it how wrong to be.

    Needs a C compiler, `cc`.
    """

    def __init__(self, folder: Path) -> None:
        library, self._file = folder / "clock.so", folder / "clock"
        self.set(0)
        command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603  our own
        self.environment = {"LD_PRELOAD": str(library), "WRONG_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """Be wrong by so much from now on, in every process at once."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))
