"""A Wiz of a few lines on loopback, for a command line in another process: tokens, and the issues a test gives it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class StubWiz(ThreadingHTTPServer):
    """Serves `/oauth/token` and `/graphql`. What it answers can be changed while it runs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issues: list[dict[str, Any]] = []
        self.token_status = 200
        self.fail_graphql = False
        self.fail_all = False
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: StubWiz

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth/token":
            claims = base64.urlsafe_b64encode(json.dumps({"dc": "us17"}).encode()).decode().rstrip("=")
            token = {"access_token": f"eyJhbGciOiJub25lIn0.{claims}.c2lnbmF0dXJl", "expires_in": 3600}
            refusal = {"error": "access_denied", "error_description": "Unauthorized"}
            return self._answer(self.server.token_status, token if self.server.token_status == 200 else refusal)
        query = json.loads(body)["query"]
        self.server.asked.append(query)
        if self.server.fail_all or (self.server.fail_graphql and "issuesV2" in query):
            return self._answer(500, {"message": "down"})
        nodes = self.server.issues if "issuesV2" in query else []
        page = {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}, "totalCount": len(nodes)}
        return self._answer(200, {"data": {"page": page}})

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Nothing: test output stays readable."""


def issue(number: int, **fields: object) -> dict[str, Any]:
    """One open issue as Wiz tells it."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "sourceRules": [{"__typename": "Control", "id": "rule-1", "name": "Bucket is public", "severity": "HIGH"}],
        "createdAt": "2026-03-25T05:46:26.681576Z",
        "updatedAt": "2026-03-26T05:46:26Z",
        "statusChangedAt": "2026-03-25T05:46:26Z",
        "dueAt": None,
        "resolvedAt": None,
        "resolutionReason": None,
        "status": "OPEN",
        "severity": "HIGH",
        "type": "TOXIC_COMBINATION",
        "projects": [{"id": "project-1", "name": "Checkout", "slug": "checkout", "isFolder": False}],
        "entitySnapshot": {
            "id": f"entity-{number}",
            "type": "BUCKET",
            "name": f"bucket-{number}",
            "cloudPlatform": "AWS",
            "region": "eu-west-1",
            "providerId": f"arn:aws:s3:::bucket-{number}",
        },
        **fields,
    }


@contextmanager
def running() -> Iterator[StubWiz]:
    """The stand-in, for as long as the block lasts."""
    server = StubWiz()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
