"""Pictures of a log: who met what, and how unevenly.

Each function returns a `Picture`: a figure with an alternative text and a caption, whose numbers
come from the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys_book.figures import AMBER, GREY, INK, TEAL, Picture, canvas, described

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recsys_helpers.log.interactions import Interactions


def log_matrix(data: Interactions) -> Picture:
    """Draw the interaction matrix: a dot for each row of the log.

    Users are sorted by how many rows they have, items by how many they received.

    Parameters
    ----------
    data
        The log.

    Returns
    -------
    Picture
        The most active users on top, the most popular items on the left.

    Examples
    --------
    >>> from recsys_helpers import synthetic
    >>> log_matrix(synthetic(n_users=50, n_items=30, seed=0).interactions).alt[:36]
    'Scatter of 50 users against 30 items'
    """
    by_user = _places(np.bincount(data.users, minlength=data.n_users))
    by_item = _places(np.bincount(data.items, minlength=data.n_items))
    figure, (ax,) = canvas(8, 3.6)
    ax.grid(visible=False)
    ax.plot(by_item[data.items], by_user[data.users], ",", color=TEAL, alpha=0.7)
    ax.set(xlim=(0, data.n_items), ylim=(data.n_users, 0))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.set_xlabel("item, most popular first", color=INK)
    ax.set_ylabel("user, most active first", color=INK)
    filled = len(data) / (data.n_users * data.n_items)
    active = by_user[data.users] < data.n_users / 5
    popular = by_item[data.items] < data.n_items / 5
    return described(
        figure,
        alt=(
            "Scatter of {users:,} users against {items:,} items: {filled:.1%} of the cells are "
            "filled. The corner of active users and popular items, a twenty-fifth of the picture, "
            "holds {corner:.0%} of the dots."
        ),
        caption=(
            "Every dot is one of {rows:,} interactions: users from the most active (top) to the "
            "least, items from the most popular (left) to the least. {filled:.1%} of the cells "
            "are filled. The upper left corner, where the most active fifth of the users meets the "
            "most popular fifth of the items, is a twenty-fifth of the picture and holds "
            "{corner:.0%} of the dots."
        ),
        users=data.n_users,
        items=data.n_items,
        rows=len(data),
        filled=filled,
        corner=(active & popular).mean(),
    )


def long_tail(data: Interactions) -> Picture:
    """Draw how unevenly interactions fall on items: counts by rank, and their running share.

    Parameters
    ----------
    data
        The log. Items without any interaction are not drawn, but counted in the caption.

    Returns
    -------
    Picture
        Left the number of rows of each item by rank (both axes logarithmic), right the share of all
        rows that the most popular items have together.
    """
    counts = np.sort(np.bincount(data.items, minlength=data.n_items))[::-1]
    met = counts[counts > 0]
    share = np.cumsum(met) / met.sum()
    half = int(np.searchsorted(share, 0.5)) + 1
    figure, (left, right) = canvas(8, 3.3, columns=2)
    left.loglog(np.arange(1, len(met) + 1), met, color=TEAL, linewidth=2)
    left.set_xlabel("rank of the item", color=INK)
    left.set_ylabel("interactions", color=INK)
    right.plot(np.arange(1, len(met) + 1) / len(met), share, color=TEAL, linewidth=2)
    right.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
    right.plot([half / len(met)] * 2, [0, 0.5], color=AMBER, linewidth=1.5)
    right.plot(half / len(met), 0.5, "o", color=AMBER)
    right.annotate(
        f"{half:,} items\nhave half of all",
        (half / len(met), 0.5),
        xytext=(12, -10),
        textcoords="offset points",
        color=INK,
        fontsize=9,
    )
    right.set_xlabel("share of the items, most popular first", color=INK)
    right.set_ylabel("share of the interactions", color=INK)
    right.set(xlim=(0, 1), ylim=(0, 1.02))
    return described(
        figure,
        alt=(
            "Two curves over {met:,} items sorted by popularity: the counts fall from {most:,} to "
            "{least:,}, and the running share reaches one half after {half:,} items."
        ),
        caption=(
            "Left: how many interactions each item has, by rank. Right: the share of all "
            "interactions that the most popular items hold together; if all items were equally "
            "popular it would follow the dotted line. {half:,} of {met:,} items hold half of all "
            "interactions; {untouched:,} more have none."
        ),
        half=half,
        met=len(met),
        most=met[0],
        least=met[-1],
        untouched=data.n_items - len(met),
    )


def _places(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.argsort(np.argsort(-counts, kind="stable"))
