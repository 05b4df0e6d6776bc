"""The audit of two logs finds what was planted, and its page stands alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from support import audited_logs

from recsys_book.audit import Audit, audit, drawings, trials
from recsys_book.audit.__main__ import main
from recsys_book.audit.advice import misleading, recommendation
from recsys_helpers import Interactions, synthetic

ORDERS = {"user": "customer", "item": "product", "timestamp": "day"}
NEWS = {"user": "reader", "item": "article", "timestamp": "time"}


@pytest.fixture(scope="module")
def shop() -> Audit:
    log = Interactions.from_frame(audited_logs.orders(), **ORDERS, duplicates="keep")
    return audit(log, "orders <of> a shop")


@pytest.fixture(scope="module")
def site() -> Audit:
    return audit(Interactions.from_frame(audited_logs.news(), **NEWS, duplicates="keep"), "clicks")


def levels(found: Audit) -> dict[str, str]:
    return {one.title: one.level for one in found.notices}


def found_by(audited: Audit, title: str) -> str:
    (notice,) = [one for one in audited.notices if one.title == title]
    return notice.found


def test_what_is_wrong_with_the_orders_is_found(shop: Audit) -> None:
    assert levels(shop) == {
        "Duplicate rows": "look",
        "Order of the file": "look",
        "Rows at the same moment": "look",
        "Users who may be machines": "wrong",
        "Bursts": "look",
        "Items alive for a day": "fine",
        "Items met again": "look",
        "Popularity": "fine",
        "Users with few rows": "fine",
        "Knowledge of the future": "wrong",
        "Answers seen before": "look",
    }
    assert found_by(shop, "Duplicate rows").startswith("40 of ")
    assert "crawler (120 rows)" in found_by(shop, "Users who may be machines")


def test_what_is_wrong_with_the_clicks_is_found(site: Audit) -> None:
    found = levels(site)
    assert found["Items alive for a day"] == "wrong"
    assert found["Bursts"] == "look"
    assert "2020-10-03" in found_by(site, "Bursts")
    assert found["Order of the file"] == "fine"
    assert found["Duplicate rows"] == "fine"
    assert found["Users who may be machines"] == "fine"


def test_items_that_are_new_in_the_latest_period_are_told(site: Audit) -> None:
    latest = site.trials[1].report
    assert latest is not None
    assert latest.untrained.mean() > 0.5
    assert any("100% of the answers are items without" in one for one in site.misleading)
    assert site.recommendation.startswith("Begin with a model that knows items by more than their")


def test_order_is_recommended_where_order_was_planted(shop: Audit) -> None:
    for trial in shop.trials:
        assert trial.winners[0] == "MarkovChain"
    assert shop.recommendation.startswith(
        "Begin with MarkovChain: by the latest period its NDCG@10"
    )
    assert "Order tells most here" in shop.recommendation
    assert any("lists may hold items that were seen" in one for one in shop.misleading)


def test_of_equals_the_cheapest_is_recommended() -> None:
    log = synthetic(60, 40, 8, order=0.0, popularity=1.0, seed=0).interactions
    trial = trials.trial("Each user's last rows", log, trials.BASELINES, print)
    assert trial.report is not None
    best = max(trial.report.ranks, key=trial.report.mean)
    assert best in trial.winners
    order = list(trials.BASELINES)
    assert trial.winners == sorted(trial.winners, key=order.index)
    pairs = trial.report.compare_all()
    for name in set(order) - {best}:
        assert (name in trial.winners) == (not pairs[(best, name)].distinguishable)


def test_a_log_that_cannot_be_split_is_told() -> None:
    frame = pl.DataFrame({"user": [1, 2, 3], "item": [1, 1, 2], "timestamp": [1, 2, 3]})
    found = audit(Interactions.from_frame(frame))
    assert found.trials[0].failed["split"].startswith("no user has 3 rows")
    assert "could not be split like this: no user has 3 rows" in found.html()
    assert recommendation(found.trials[:1]).startswith("The log could not be split")
    assert misleading([], found.trials[:1]) == []


def test_a_model_that_cannot_learn_is_left_out() -> None:
    def too_large() -> trials.Recommender:
        raise MemoryError("EASE needs 9 TB")

    log = synthetic(40, 30, 8, seed=0).interactions
    models = {"Random": trials.Random, "EASE": too_large}
    trial = trials.trial("The latest period", log, models, print)
    assert trial.failed == {"EASE": "EASE needs 9 TB"}
    assert trial.winners == ["Random"]
    assert "EASE was left out: EASE needs 9 TB" in Audit("a", log, [], [trial]).html()


def test_many_queries_are_drawn_the_same_at_every_call() -> None:
    log = synthetic(60, 30, 8, seed=0).interactions
    queries = trials.last_rows(log).test
    drawn = trials.some(queries, 20)
    assert len(drawn) == 20
    assert drawn.users.tolist() == trials.some(queries, 20).users.tolist()
    assert trials.some(queries, len(queries)) is queries


class Seen(HTMLParser):
    """What a page holds: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(shop: Audit) -> Seen:
    return Seen(shop.html())


def test_the_page_asks_for_nothing(page: Seen, shop: Audit) -> None:
    assert not page.all("script")
    for _, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "data"):
            assert attributes.get(name, "data:") == "data:,"[: len(attributes.get(name, "data:"))]
    assert "url(" not in shop.html()
    assert "http://" not in shop.html()
    assert "https://" not in shop.html()
    (policy,) = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_has_headings_headers_and_words_for_pictures(page: Seen) -> None:
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == 1
    assert tags.count("table") == tags.count("caption") == 6
    assert all(header["scope"] in ("col", "row") for header in page.all("th"))
    assert len(page.all("svg")) == 3
    assert all(
        svg["role"] == "img" and len(svg["aria-label"] or "") > 40 for svg in page.all("svg")
    )
    assert page.all("html") == [{"lang": "en"}]
    labels = [region["aria-label"] for region in page.all("div")]
    assert len(set(labels)) == len(labels)


def test_text_from_the_log_is_no_markup(page: Seen) -> None:
    assert "An audit of orders <of> a shop" in page.words
    assert not page.all("of")


def test_drawings_show_what_they_are_given() -> None:
    drawn = Seen(drawings.bars([1, 4, 0], ("a", "<b>"), "three bars"))
    assert [float(bar["height"] or 0) for bar in drawn.all("rect")] == [30, 120, 0]
    assert "<b>" in drawn.words
    rows = [("one", 0.2, 0.1, 0.4), ("two", 0.0, 0.0, 0.0)]
    drawn = Seen(drawings.intervals(rows, "two dots"))
    first, second = (float(dot["cx"] or 0) for dot in drawn.all("circle"))
    axis, line, point = drawn.all("line")
    assert float(axis["x1"] or 0) == second == float(point["x1"] or 0)
    start, end = float(line["x1"] or 0), float(line["x2"] or 0)
    assert (first - second) / (end - second) == pytest.approx(0.5, abs=0.01)
    assert (start - second) / (end - second) == pytest.approx(0.25, abs=0.01)


ARGUMENTS = ["--user", "customer", "--item", "product", "--time", "day"]


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = audited_logs.written(audited_logs.orders(), tmp_path, "orders.csv")
    assert main([str(path), *ARGUMENTS]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "Looking at the log" in shown.out
    assert "The latest period: fitting EASE" in shown.out
    assert "An audit of orders.csv" in (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audit.html", "orders.csv"]


def test_the_command_is_quiet_if_asked_and_reads_parquet(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "clicks.parquet"
    audited_logs.news().head(600).write_parquet(path)
    out = tmp_path / "page.html"
    columns = ["--user", "reader", "--item", "article", "--time", "time"]
    assert main([str(path), *columns, "--out", str(out), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert out.is_file()


def test_rows_in_order_without_times(tmp_path: Path) -> None:
    table = audited_logs.news().head(600).drop("time")
    path = audited_logs.written(table, tmp_path, "clicks.csv")
    columns = ["--user", "reader", "--item", "article", "--time", "row order", "--quiet"]
    assert main([str(path), *columns]) == 0
    assert "in the order of the file" in (tmp_path / "audit.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer,sku,day\n1,2,3\n", "error: .*product"),
        ("customer,product,day\n1,2,yesterday\n", "error: .*yesterday"),
        ("customer,product,day\n1,2,3\n", "error: an audit needs two users or more"),
        ("customer,product,day\n", "error: "),
    ],
)
def test_a_log_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture, text: str, message: str
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(text, encoding="utf-8")
    assert main([str(path), *ARGUMENTS, "--quiet"]) == 1
    shown = capsys.readouterr()
    assert re.match(message, shown.err)
    assert "Traceback" not in shown.err
    assert not (tmp_path / "audit.html").exists()


def test_no_file_and_wrong_arguments(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main([str(tmp_path / "absent.csv"), "--quiet"]) == 1
    assert "absent.csv" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["log.csv", "--colour", "red"])


def test_a_log_without_times() -> None:
    frame = pl.DataFrame({"user": [1, 2], "item": [1, 1]})
    with pytest.raises(ValueError, match="an audit needs to know the order of the rows: name the"):
        audit(Interactions.from_frame(frame, timestamp=None))
