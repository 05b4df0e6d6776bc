"""Small random logs for property tests."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

INT_IDS = st.integers(-(2**40), 2**40)
GAPS = {"null", "nan", "none", "na", "n/a", "nat", "nil", "\\n", "<na>", "#n/a"}
TEXT_IDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=6
).filter(lambda text: text.strip().lower() not in GAPS)


@st.composite
def logs(
    draw: st.DrawFn, ids: st.SearchStrategy | None = None, min_users: int = 1, min_rows: int = 1
) -> pl.DataFrame:
    """Return a frame user, item, timestamp, rating without rows equal in the first three."""
    kind = ids if ids is not None else draw(st.sampled_from([INT_IDS, TEXT_IDS]))
    users = draw(st.lists(kind, min_size=min_users, max_size=5, unique=True))
    items = draw(st.lists(kind, min_size=1, max_size=6, unique=True))
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(users), st.sampled_from(items), st.integers(0, 4)),
            min_size=min_rows,
            max_size=40,
            unique=True,
        )
    )
    stars = draw(st.lists(st.integers(1, 10), min_size=len(rows), max_size=len(rows)))
    return pl.DataFrame(
        [(u, i, t, s / 2) for (u, i, t), s in zip(rows, stars, strict=True)],
        schema=["user", "item", "timestamp", "rating"],
        orient="row",
    )
