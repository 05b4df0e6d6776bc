"""A web application on this machine: Python's own server runs it while a block asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from recsys_helpers.serving import App

Ask = Callable[[Any], tuple[int, Any]]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the server would write each request to standard error."""


@contextmanager
def running(app: App) -> Iterator[Ask]:
    """Run an application on a free port of this machine for as long as a block takes.

    Parameters
    ----------
    app
        What `serving.service` returned, or any other WSGI application.

    Yields
    ------
    callable
        ``ask(thing)`` posts a thing as JSON and returns the status and the answer.

    Examples
    --------
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return [b'"asked with ' + environ["REQUEST_METHOD"].encode() + b'"']
    >>> with running(app) as ask:
    ...     ask({"items": ["a"]})
    (200, 'asked with POST')
    """
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()

    def ask(thing: Any) -> tuple[int, Any]:
        line = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        try:
            line.request("POST", "/", json.dumps(thing))
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    try:
        yield ask
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
