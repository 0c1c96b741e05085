"""A TCP proxy that breaks what passes, in one of several ways that can be changed at any time."""

import socket
import struct
import time
from contextlib import suppress
from threading import Thread
from typing import Self

PASS, REFUSE, HANG, RESET, TRUNCATE, FLIP, DRIP = (
    "pass", "refuse", "hang", "reset", "truncate", "flip", "drip",
)  # fmt: skip
_HEAD_END = b"\r\n\r\n"
_RST = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class Proxy:
    """Passes bytes between clients and one server; `mode` says how the answers break."""

    def __init__(self, target: str) -> None:
        host, port = target.split(":")
        self._target = host, int(port)
        self.mode = PASS
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._over = False

    def __enter__(self) -> Self:
        """Take connections."""
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more."""
        self._over = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._over:
            with suppress(OSError):
                client, _ = self._listener.accept()
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self.mode == REFUSE:
            _reset(client)
            return
        with suppress(OSError), client, socket.create_connection(self._target) as server:
            Thread(target=self._upstream, args=(client, server), daemon=True).start()
            while data := server.recv(65536):
                if not self._answer(client, data):
                    return

    def _upstream(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                while self.mode == HANG and not self._over:
                    time.sleep(0.05)
                if self.mode == REFUSE:
                    _reset(client)
                    return
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, data: bytes) -> bool:
        """Pass a piece of an answer on, broken; False ends the connection."""
        head = data.find(_HEAD_END) + len(_HEAD_END) if _HEAD_END in data else 0
        if self.mode == FLIP and len(data) > head:
            data = data[:-1] + bytes([data[-1] ^ 1])
        elif self.mode in (RESET, TRUNCATE) and len(data) > head:
            client.sendall(data[: head + (len(data) - head) // 2])
            if self.mode == RESET:
                _reset(client)
            return False
        elif self.mode == DRIP:
            for byte in range(len(data)):
                client.sendall(data[byte : byte + 1])
                time.sleep(0.001)
            return True
        client.sendall(data)
        return True


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
    client.close()
