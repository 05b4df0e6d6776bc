"""A recommender as a web service, by the interface that Python's web servers share (WSGI)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from recsys_helpers.recommenders.base import Recommender

LARGEST = 2**20
"""Bytes of a request that are read; a longer one is refused."""

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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
    >>> from io import BytesIO
    >>> import polars as pl
    >>> from recsys_helpers import Interactions, Popularity
    >>> frame = pl.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"]})
    >>> app = service(Popularity().fit(Interactions.from_frame(frame, timestamp=None)))
    >>> asked = b'{"items": ["a", "z"]}'
    >>> environ = {"CONTENT_LENGTH": len(asked), "wsgi.input": BytesIO(asked)}
    >>> app(environ, lambda status, headers: print(status))
    200 OK
    [b'{"items": ["b"], "unknown": ["z"]}']
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
