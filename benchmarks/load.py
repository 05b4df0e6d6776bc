"""The service under load, with people who ask nonsense in between: python benchmarks/load.py.

EASE on the book's log answers over HTTP in a process of its own, one thread a request, with
Python's own server. Some people ask for lists all the time, and beside them one sends the largest
requests that are read: unknown ids, lists in lists, or numbers that are none. Results stand in
results/load.json.
"""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from socketserver import ThreadingMixIn
from time import perf_counter
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import numpy as np
from recorded import circumstances, write

from recsys_helpers import EASE, load_movielens, serving

RESULTS = Path(__file__).parent / "results" / "load.json"
SECONDS = 10
NONSENSE = {
    "nobody": b"",
    "unknown ids": json.dumps({"items": list(range(10**6, 10**6 + 110_000))}).encode(),
    "lists in lists": b'{"items": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    "no numbers": b'{"items": [' + b"-1e999," * 140_000 + b"NaN]}",
}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


def _serve(port: multiprocessing.Queue) -> None:
    app = serving.service(EASE().fit(load_movielens().k_core(5)))
    server = make_server("127.0.0.1", 0, app, server_class=_Threads, handler_class=_Quiet)
    port.put(server.server_port)
    server.serve_forever()


@contextmanager
def running() -> Iterator[int]:
    """Yield the port of a service in a process of its own."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_serve, args=(queue,), daemon=True)
    process.start()
    yield queue.get()
    process.terminate()


def asked(port: int, body: bytes) -> tuple[int, float]:
    """Send one request and return the status and the seconds it took."""
    start = perf_counter()
    line = HTTPConnection("127.0.0.1", port, timeout=120)
    line.request("POST", "/", body)
    answer = line.getresponse()
    json.loads(answer.read())
    line.close()
    return answer.status, perf_counter() - start


def person(port: int, bodies: list[bytes], until: float) -> list[tuple[int, float]]:
    """Ask one request after the other until the time is over."""
    answers = []
    while perf_counter() < until:
        answers.append(asked(port, random.choice(bodies)))
    return answers


def measured(port: int, bodies: list[bytes], n_people: int, nonsense: str) -> dict[str, object]:
    """Return how long people wait beside one who asks nonsense."""
    until = perf_counter() + SECONDS
    with ThreadPoolExecutor(n_people + 1) as pool:
        people = [pool.submit(person, port, bodies, until) for _ in range(n_people)]
        troll = (
            pool.submit(person, port, [NONSENSE[nonsense]], until) if NONSENSE[nonsense] else None
        )
        answers = [answer for one in people for answer in one.result()]
        trolled = troll.result() if troll else []
    waited = np.array([seconds for _, seconds in answers]) * 1000
    return {
        "people": n_people,
        "beside": nonsense,
        "answers_per_second": round(len(answers) / SECONDS),
        "lists": sum(status == 200 for status, _ in answers),
        "other": sum(status != 200 for status, _ in answers),
        "median_ms": round(float(np.median(waited)), 1),
        "p99_ms": round(float(np.quantile(waited, 0.99)), 1),
        "nonsense_status": sorted({status for status, _ in trolled}),
        "nonsense_slowest_ms": round(1000 * max((s for _, s in trolled), default=0)),
    }


def main() -> None:
    """Measure and record."""
    log = load_movielens().k_core(5)
    histories = log.histories().last(50).to_lists()
    bodies = [json.dumps({"items": items, "k": 10}).encode() for items in histories]
    rows = []
    with running() as port:
        for n_people, nonsense in [(1, "nobody"), (8, "nobody"), (32, "nobody")] + [
            (8, name) for name, body in NONSENSE.items() if body
        ]:
            rows.append(measured(port, bodies, n_people, nonsense))
            print(rows[-1], flush=True)
    write(RESULTS, {"seconds": SECONDS, "rows": rows, **circumstances("numpy", "scipy")})


if __name__ == "__main__":
    main()
