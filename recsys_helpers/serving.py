"""A recommender as a web service, by the interface that Python's web servers share (WSGI)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from recsys_helpers.recommenders.base import Recommender

LARGEST = 2**20
"""Bytes of a request that are read; a longer one is refused."""

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Ask = Callable[[Any], tuple[int, Any]]


def service(recommender: Recommender) -> App:
    """Return a web application that answers histories with lists.

    A request holds JSON, ``{"items": [...], "k": 10}``: the ids of a history, oldest first, and
    how long a list is wanted. The answer is ``{"items": [...], "unknown": [...]}``: the list, best
    first, and the ids of the history that the recommender does not know. What makes no sense
    is answered with status 400 and ``{"error": ...}``.

    Any server of Python web applications runs it, such as ``gunicorn "shop:app"`` where shop.py
    says ``app = service(load_recommender("model"))``.

    Parameters
    ----------
    recommender
        A fitted one.

    Returns
    -------
    callable
        A WSGI application (PEP 3333).

    Examples
    --------
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"]})
    >>> app = service(Popularity().fit(Interactions.from_frame(frame, timestamp=None)))
    >>> with running(app) as ask:
    ...     print(ask({"items": ["a", "z"]}), ask({"items": "a"})[0])
    (200, {'items': ['b'], 'unknown': ['z']}) 400
    """
    known = set(recommender.catalogue.ids.tolist())

    def answer_to(request: dict[str, Any]) -> dict[str, Any]:
        items, k = request["items"], request.get("k", 10)
        if not isinstance(items, list):
            raise TypeError("items must be a list of ids")
        unknown = [item for item in items if not (isinstance(item, int | str) and item in known)]
        history = recommender.histories([[item for item in items if item not in unknown]])
        shown = recommender.recommend(history, min(k, len(known)))
        return {"items": shown["item"].to_list(), "unknown": unknown}

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            if size > LARGEST:
                raise ValueError(f"a request may have {LARGEST:,} bytes, not {size:,}")
            status, answer = "200 OK", answer_to(json.loads(environ["wsgi.input"].read(size)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            advice = f"ask with {{'items': [id, …], 'k': 10}}: {type(error).__name__}: {error}"
            status, answer = "400 Bad Request", {"error": advice}
        body = json.dumps(answer).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    return app


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the server would write each request to standard error."""


@contextmanager
def running(app: App) -> Iterator[Ask]:
    """Run an application on a free port of this machine for as long as a block takes.

    Parameters
    ----------
    app
        What `service` returned, or any other WSGI application.

    Yields
    ------
    callable
        ``ask(thing)`` posts a thing as JSON and returns the status and the answer.
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
