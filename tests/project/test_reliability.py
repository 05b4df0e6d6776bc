"""The page on bad input counts what the tests try."""

from __future__ import annotations

import pytest
from support import bad_input


def test_the_table_is_that_of_the_tests() -> None:
    assert bad_input.TABLE.read_text(encoding="utf-8") == bad_input.table(), (
        "write it anew: PYTHONPATH=tests .venv/bin/python -m support.bad_input"
    )


def test_many_kinds_are_tried_beside_arguments() -> None:
    counts = bad_input.kinds()
    assert counts.total() - counts["arguments of the wrong kind"] >= 200


@pytest.mark.parametrize(
    ("by", "n"), [(None, 6), ((), 1), (("a",), 3), (("b",), 2), (("a", "b"), 6), (("c",), 2)]
)
def test_kinds_are_counted_by_the_named_parameters(by: tuple[str, ...] | None, n: int) -> None:
    @pytest.mark.parametrize("a", [1, 2, 3])
    @pytest.mark.parametrize(("b", "c"), [(1, 2), (3, 4)])
    def test() -> None: ...

    assert bad_input._n_kinds(test.pytestmark, by) == n
