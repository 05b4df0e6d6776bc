"""The service over real HTTP: the same lists as the recommender, and an answer to nonsense."""

from __future__ import annotations

import io
import json
import math
from concurrent.futures import ThreadPoolExecutor
from wsgiref.validate import validator

import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from recsys_book.demonstrations.web_server import running
from recsys_helpers import EASE, Interactions, Popularity, leave_last_out, serving, synthetic

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


@pytest.mark.bad_input("requests to the service")
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "items must be a list of ids"),
        ([], "a request must be an object, not list"),
        (7, "a request must be an object, not int"),
        (None, "a request must be an object, not NoneType"),
        ({"items": "ab"}, "items must be a list of ids"),
        ({"items": [], "k": 0}, "k must be a whole number of at least 1, not 0"),
        ({"items": [], "k": "ten"}, "not 'ten'"),
        ({"items": [], "k": True}, "not True"),
        ({"items": [], "k": -math.inf}, "not -inf"),
        ({"items": [math.nan]}, "JSON"),
        ({"items": [1], "ratings": []}, "ratings must be a list of one number for each item"),
        ({"items": [1], "ratings": 4}, "ratings must be a list of one number for each item"),
        ({"items": [1], "ratings": ["4"]}, "each of ratings must be a number, not '4'"),
        ({"items": [1], "ratings": [10**400]}, "OverflowError"),
        ({"items": [1], "ratings": [1e300]}, "float32 cannot hold"),
        ({"items": [1], "ratings": [math.nan]}, "ratings must be finite numbers"),
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
    return said[0], json.loads(answer, parse_constant=pytest.fail)  # NaN is no JSON


@pytest.mark.bad_input("requests to the service")
def test_a_large_request_of_nested_or_unknown_ids_is_answered() -> None:
    assert (
        "RecursionError" in called(b'{"items": ' + b"[" * 99_999 + b"]" * 99_999 + b"}")[1]["error"]
    )
    strangers = list(range(10**6, 10**6 + 110_000))
    status, answer = called(json.dumps({"items": strangers}).encode())
    assert (status, answer["unknown"]) == ("200 OK", strangers)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from([10**400, "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
LIKELY = {
    "items": st.lists(VALUES, max_size=6) | VALUES,
    "k": st.integers(1, 60) | VALUES,
    "ratings": st.lists(st.floats() | VALUES, max_size=6) | VALUES,
}
REQUESTS = st.fixed_dictionaries({}, optional=LIKELY) | VALUES


def is_answered(status: str, answer: dict) -> None:
    wanted = {"200 OK": {"items", "unknown"}, "400 Bad Request": {"error"}}
    assert set(answer) == wanted[status]


@pytest.mark.bad_input("requests to the service")
@settings(max_examples=300)
@given(REQUESTS)
def test_whatever_is_asked_is_answered(request: object) -> None:
    is_answered(*called(json.dumps(request).encode()))


@pytest.mark.bad_input("requests to the service")
@given(st.binary(max_size=80) | REQUESTS.map(lambda asked: json.dumps(asked).encode()), st.data())
def test_whatever_bytes_are_sent_are_answered(body: bytes, data: st.DataObject) -> None:
    cut = body[data.draw(st.integers(0, len(body))) :] + data.draw(st.binary(max_size=3))
    length = data.draw(st.just(str(len(cut))) | st.integers().map(str) | st.text(max_size=4))
    is_answered(*called(cut, CONTENT_LENGTH=length))


def test_requests_carry_ratings() -> None:
    frame = pl.DataFrame(
        {"user": [1, 1, 1, 2, 2], "item": [1, 2, 3, 1, 2], "stars": [5, 1, 5, 4, 2]}
    )
    log = Interactions.from_frame(frame, timestamp=None, rating="stars")
    model = EASE(values="rating").fit(log)
    with running(serving.service(model)) as ask:
        asked = {"items": [1, 9, 2], "ratings": [4, 1, 0.5], "k": 2}
        history = model.histories([[1, 2]], ratings=[[4, 0.5]])
        expected = model.recommend(history, 2)["item"].to_list()
        assert ask(asked) == (200, {"items": expected, "unknown": [9]})
        assert "EASE needs the ratings" in ask({"items": [1]})[1]["error"]


class NeedsTimes(Popularity):
    needs = frozenset({"times", "ratings"})


@pytest.mark.bad_input("requests to the service")
@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (EASE(), ValueError, "EASE is not fitted"),
        ("model", TypeError, "service wants a fitted recommender, not a str"),
        (SPLIT, TypeError, "not a Split"),
        (NeedsTimes().fit(SPLIT.train), ValueError, "NeedsTimes also needs times"),
    ],
)
def test_what_cannot_be_served(model: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        serving.service(model)


@pytest.mark.bad_input("requests to the service")
def test_requests_that_are_no_json_or_too_long() -> None:
    assert called(b"{")[0] == called(b"\xff")[0] == called(b"")[0] == "400 Bad Request"
    assert called(b"", CONTENT_LENGTH="many")[0] == "400 Bad Request"
    assert "0 to 1,048,576 bytes, not -1" in called(b"[]", CONTENT_LENGTH="-1")[1]["error"]
    status, answer = called(b"", CONTENT_LENGTH=str(2**20 + 1))
    assert status == "400 Bad Request"
    assert "a request may have 0 to 1,048,576 bytes, not 1,048,577" in answer["error"]


def test_nothing_is_written_and_the_port_is_free_again(capfd: pytest.CaptureFixture) -> None:
    with running(APP) as ask:
        ask({"items": []})
    with pytest.raises(ConnectionRefusedError):
        ask({"items": []})
    assert capfd.readouterr() == ("", "")
