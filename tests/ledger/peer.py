"""Another school's witness on the loopback interface, with a key and a memory of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ledger import merkle, notes, witness


class Peer:
    """A witness that keeps one log; `mood` makes it misbehave."""

    def __init__(self, name: str, *, size: int = 0, root: bytes = merkle.EMPTY_ROOT, mood: str = "") -> None:
        self.key = notes.SigningKey(name, name.encode().ljust(32, b"."), notes.COSIGNATURE)
        self.size, self.root, self.mood = size, root, mood
        self.requests: list[bytes] = []
        self.url = ""

    @property
    def line(self) -> str:
        """Its line in a policy."""
        return f"witness {self.key.name} {self.key.verifier} {self.url}"

    def answer(self, path: str, body: bytes) -> tuple[int, str, str]:
        self.requests.append(body)
        assert path == "/witness/add-checkpoint"
        asked = witness.parse_request(body)
        if self.mood == "broken":
            return 500, "text/plain", "out of order"
        if self.mood == "liar":
            return 409, "text/x.tlog.size", "a few\n"
        if self.mood == "fickle":
            return 409, "text/x.tlog.size", "0\n"
        if self.mood == "stranger":
            other = notes.SigningKey(self.key.name, bytes(32), notes.COSIGNATURE)
            return 200, "text/plain", f"{notes.cosign_note(asked.note, key=other, at=1)}\n"
        if asked.old_size != self.size:
            return 409, "text/x.tlog.size", f"{self.size}\n"
        new = asked.checkpoint
        is_grown = not self.size or merkle.verify_consistency(
            old_size=self.size, new_size=new.size, old_root=self.root, new_root=new.root, proof=asked.proof
        )
        if not is_grown:
            return 422, "text/plain", "no"
        self.size, self.root = new.size, new.root
        noise = notes.cosign_note(
            asked.note, key=notes.SigningKey("noise", b"n" * 32, notes.COSIGNATURE), at=5
        )
        return (
            200,
            "text/plain",
            f"{noise}\n{notes.cosign_note(asked.note, key=self.key, at=1_700_000_000)}\n",
        )


@contextmanager
def serving(peer: Peer) -> Iterator[Peer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, text = peer.answer(self.path, body)
            if peer.mood == "elsewhere":
                self.send_response(307)
                self.send_header("Location", peer.url)
                self.end_headers()
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        peer.url = f"http://127.0.0.1:{server.server_address[1]}/witness/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()
