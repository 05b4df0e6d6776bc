"""A recommender as a web service, through the interface of Python's web servers (WSGI)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import compress
from typing import Any

from recsys_helpers import _arguments
from recsys_helpers.recommenders.base import Recommender

LARGEST = 2**20
"""The most bytes that a request may have; a longer one is refused."""

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def service(recommender: Recommender) -> App:
    """Return a web application that answers a history with a ranked list.

    A request is JSON, ``{"items": [...], "k": 10}``: the ids of a history, oldest first, and the
    length of the list (10 if it is left out, at most the number of items). ``"ratings": [...]`` may
    add a rating for each item. The answer is ``{"items": [...], "unknown": [...]}``: the list, best
    first, and the ids of the history that the recommender does not know, which are left out of the
    history. A request that makes no sense gets status 400 and ``{"error": ...}``.

    Any WSGI server can run it, for instance ``gunicorn "shop:app"`` if shop.py says
    ``app = service(load_recommender("model"))``.

    Parameters
    ----------
    recommender
        A fitted recommender.

    Returns
    -------
    callable
        A WSGI application (PEP 3333).

    Raises
    ------
    ValueError, TypeError
        If it is no recommender, is not fitted, or needs times, which requests do not have.

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
    if not isinstance(recommender, Recommender):
        raise TypeError(f"service wants a fitted recommender, not a {type(recommender).__name__}")
    recommender._check_fitted()
    if missing := recommender.needs - {"ratings"}:
        raise ValueError(
            f"a request carries items and ratings, but {type(recommender).__name__} also needs "
            f"{' and '.join(sorted(missing))}"
        )
    known = set(recommender.catalogue.ids.tolist())

    def answer_to(request: Any) -> dict[str, Any]:
        if not isinstance(request, dict):
            raise TypeError(f"a request must be an object, not {type(request).__name__}")
        items, k, ratings = request.get("items"), request.get("k", 10), request.get("ratings")
        if not isinstance(items, list):
            raise TypeError("items must be a list of ids")
        _arguments.whole("k", k, 1)
        # True equals 1 and can stand in a set, but is no id; a list cannot even stand in a set.
        is_known = [type(item) in (int, str) and item in known for item in items]
        if ratings is not None:
            ratings = [list(compress(_numbers(ratings, items), is_known))]
        history = recommender.histories([list(compress(items, is_known))], ratings=ratings)
        shown = recommender.recommend(history, min(k, len(known)))
        unknown = [item for item, is_id in zip(items, is_known, strict=True) if not is_id]
        return {"items": shown["item"].to_list(), "unknown": unknown}

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        try:
            answer = answer_to(json.loads(_body(environ)))
            status, text = "200 OK", json.dumps(answer, allow_nan=False)
        # RecursionError: lists in lists in lists …; OverflowError: a number too large for a float.
        except (TypeError, ValueError, RecursionError, OverflowError) as error:
            reason = f"{type(error).__name__}: {error}"[:500]
            advice = f"ask with {{'items': [id, …], 'k': 10}}: {reason}"
            status, text = "400 Bad Request", json.dumps({"error": advice})
        body = text.encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    return app


def _body(environ: dict[str, Any]) -> bytes:
    """Return the body of a request, of the length that its header states; raise if too long."""
    size = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 <= size <= LARGEST:
        raise ValueError(f"a request may have 0 to {LARGEST:,} bytes, not {size:,}")
    return bytes(environ["wsgi.input"].read(size))


def _numbers(ratings: object, items: list[Any]) -> list[float]:
    """Return the ratings, one for each item."""
    if not isinstance(ratings, list) or len(ratings) != len(items):
        raise ValueError("ratings must be a list of one number for each item")
    for rating in ratings:
        _arguments.number("each of ratings", rating)
    return [float(rating) for rating in ratings]
