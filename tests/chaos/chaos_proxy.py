"""A TCP proxy in front of Postgres whose connections can be cut: at a chosen moment, or around a COMMIT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Self

from sqlalchemy import make_url

_COMMIT = b"COMMIT"  # psycopg sends it as a statement of its own


class Cut(Enum):
    """What becomes of a COMMIT that passes."""

    NONE = "it passes"
    BEFORE = "the connection breaks before it arrives: nothing is kept"
    AFTER = "it arrives, the connection breaks before the answer: all is kept, and the client does not know"


class CuttingProxy:
    """Listens on loopback as long as its `with` block lasts. `judge` is asked about each COMMIT."""

    def __init__(self, database_url: str, judge: Callable[[], Cut]) -> None:
        address = make_url(database_url)
        self._server = (address.host or "127.0.0.1", address.port or 5432)
        self._judge = judge
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.database_url = address.set(host="127.0.0.1", port=self._listener.getsockname()[1]).render_as_string(hide_password=False)
        self.cuts = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def cut_all(self) -> None:
        """Break every connection."""
        with self._lock:
            while self._open:
                _close(self._open.pop())

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._server)
                except OSError:  # Postgres is being killed
                    client.close()
                    continue
                with self._lock:
                    self._open |= {client, server}
                silenced = threading.Event()
                for carry, ends in ((self._carry_up, (client, server)), (self._carry_down, (server, client))):
                    threading.Thread(target=carry, args=(*ends, silenced), daemon=True).start()

    def _carry_up(self, client: socket.socket, server: socket.socket, silenced: threading.Event) -> None:
        """Hand on what the client says until one side ends, or a cut is due."""
        with suppress(OSError):
            while data := client.recv(65_536):
                cut = self._judge() if _COMMIT in data else Cut.NONE
                self.cuts += cut is not Cut.NONE
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    silenced.set()
                server.sendall(data)
        self._end(client, server)

    def _carry_down(self, server: socket.socket, client: socket.socket, silenced: threading.Event) -> None:
        """Hand on what the server says; where it is silenced, its next word is the end."""
        with suppress(OSError):
            while (data := server.recv(65_536)) and not silenced.is_set():
                client.sendall(data)
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        with self._lock:
            self._open -= set(ends)
        for end in ends:
            _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
