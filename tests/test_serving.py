"""The service over real HTTP: the same lists as the recommender, and an answer to nonsense."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from wsgiref.validate import validator

import polars as pl
import pytest

from recsys_book.demonstrations.web_server import running
from recsys_helpers import EASE, Interactions, leave_last_out, serving, synthetic

SPLIT = leave_last_out(synthetic(n_users=40, n_items=30, seed=0).interactions, 1, 1)
MODEL = EASE().fit(SPLIT.train)
APP = serving.service(MODEL)
HISTORIES = SPLIT.test.histories.to_lists()


def test_lists_are_those_of_the_recommender() -> None:
    with running(validator(APP)) as ask:
        for history in [*HISTORIES, []]:
            expected = MODEL.recommend(MODEL.histories([history]), 5)["item"].to_list()
            assert ask({"items": history, "k": 5}) == (200, {"items": expected, "unknown": []})


def test_many_ask_at_once() -> None:
    expected = [MODEL.recommend(MODEL.histories([h]))["item"].to_list() for h in HISTORIES]
    with running(APP) as ask, ThreadPoolExecutor(8) as people:
        found = people.map(lambda history: ask({"items": history}), HISTORIES)
        assert [answer["items"] for _, answer in found] == expected


def test_unknown_items_are_left_out_and_told() -> None:
    history = HISTORIES[0]
    with running(APP) as ask:
        status, answer = ask({"items": [*history, 999, "x", None, 1.5, [3]]})
        assert (status, answer["unknown"]) == (200, [999, "x", None, 1.5, [3]])
        assert answer["items"] == ask({"items": history})[1]["items"]


def test_text_ids_and_short_catalogues() -> None:
    frame = pl.DataFrame({"user": [1, 1, 2, 2], "item": ["a", "b", "b", "c"]})
    model = EASE().fit(Interactions.from_frame(frame, timestamp=None))
    with running(serving.service(model)) as ask:
        assert ask({"items": ["a"], "k": 10})[1]["items"] == ["b", "c"]
        assert ask({"items": [1]})[1]["unknown"] == [1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "KeyError: 'items'"),
        ([], "TypeError"),
        (7, "TypeError"),
        (None, "TypeError"),
        ({"items": "ab"}, "items must be a list of ids"),
        ({"items": [], "k": 0}, "k"),
        ({"items": [], "k": "ten"}, "TypeError"),
    ],
)
def test_nonsense_is_answered(asked: object, message: str) -> None:
    with running(APP) as ask:
        status, answer = ask(asked)
        assert status == 400
        assert "ask with {'items': [id, …], 'k': 10}" in answer["error"]
        assert message in answer["error"]
        assert ask({"items": []})[0] == 200  # it goes on


def called(body: bytes, **more: str) -> tuple[str, dict]:
    """Call the application without a server."""
    said: list[str] = []
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **more}
    (answer,) = APP(environ, lambda status, headers: said.append(status))
    return said[0], json.loads(answer)


def test_requests_that_are_no_json_or_too_long() -> None:
    assert called(b"{")[0] == called(b"\xff")[0] == called(b"")[0] == "400 Bad Request"
    assert called(b"", CONTENT_LENGTH="many")[0] == "400 Bad Request"
    status, answer = called(b"", CONTENT_LENGTH=str(2**20 + 1))
    assert status == "400 Bad Request"
    assert "a request may have 1,048,576 bytes, not 1,048,577" in answer["error"]


def test_nothing_is_written_and_the_port_is_free_again(capfd: pytest.CaptureFixture) -> None:
    with running(APP) as ask:
        ask({"items": []})
    with pytest.raises(ConnectionRefusedError):
        ask({"items": []})
    assert capfd.readouterr() == ("", "")
