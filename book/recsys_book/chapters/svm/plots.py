"""Pictures of margins: the street between two kinds of films, who holds it, what a kernel costs.

Each function returns a `Picture`, whose words come from the table of `sentences`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recsys_book.figures import (
    AMBER,
    GREY,
    INK,
    PALE_AMBER,
    PALE_TEAL,
    PLUM,
    TEAL,
    Picture,
    canvas,
    described,
    shortened,
    styled_lines,
)
from recsys_book.plots import results as results

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from recsys_book.demonstrations.boundary import Boundary
    from recsys_helpers.evaluation.comparisons import Comparison
    from recsys_helpers.log.interactions import Interactions


def streets(
    points: ArrayLike,
    liked: ArrayLike,
    found: Mapping[str, tuple[ArrayLike, float, ArrayLike]],
    axes: tuple[str, str] = ("adventure", "romance"),
    names: str = "",
) -> Picture:
    """Draw points of two kinds and the street that a machine puts between them, a panel a machine.

    Parameters
    ----------
    points
        Two numbers for each film, shape (n, 2).
    liked
        Which of them were liked, shape (n,).
    found
        Title → w of shape (2,), b, and which films are support vectors, shape (n,).
    axes
        What the two numbers mean.
    names
        A letter for each film, written beside its point; none if empty.

    Returns
    -------
    Picture
        The fence as a line, the margin as a band around it, support vectors in rings.
    """
    x, yes = np.asarray(points, float), np.asarray(liked, bool)
    panels = len(found)
    figure, all_axes = canvas(5.2 if panels == 1 else 9, 4.2 if panels == 1 else 3.6, panels)
    low, high = x.min(axis=0), x.max(axis=0)
    room = 0.14 * (high - low)
    low, high = low - room, high + room
    across, up = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    told = []
    for ax, (title, (w, b, held)) in zip(all_axes, found.items(), strict=True):
        weights, rings = np.asarray(w, float), np.asarray(held, bool)
        score = weights[0] * across + weights[1] * up + b
        ax.contourf(across, up, score, [-1, 1], colors=[PALE_TEAL])
        lines = ax.contour(across, up, score, [-1, 0, 1], colors=[GREY, INK, GREY])
        lines.set(linewidth=[1.2, 2.2, 1.2], linestyle=["--", "-", "--"])
        for kind, colour, mark in ((yes, TEAL, "o"), (~yes, AMBER, "s")):
            ax.plot(*x[kind].T, mark, color=colour, markersize=8, markeredgecolor="white")
        ax.plot(*x[rings].T, "o", markersize=15, markerfacecolor="none", markeredgecolor=INK)
        for letter, point in zip(names, x, strict=True) if names else ():
            ax.annotate(
                letter, point, xytext=(10, 6), textcoords="offset points", color=INK, fontsize=11
            )
        width = 2 / float(np.linalg.norm(weights))
        ax.set_title(f"{title}\nmargin {width:.2f}, {rings.sum()} rings", fontsize=10, color=INK)
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.set_xlabel(axes[0], color=INK)
        ax.grid(visible=False)
        told.append(f"{title}: margin {width:.2f}, {rings.sum()} support vectors")
    all_axes[0].set_ylabel(axes[1], color=INK)
    if panels == 1:
        all_axes[0].set_aspect("equal")
    return described(
        figure,
        alt=("Two kinds among {n} films in the plane with a fence and a margin between: {told}."),
        caption=(
            "Teal dots were liked, amber squares not. The line is the fence, the band the margin, "
            "and rings mark the support vectors, which hold it: {told}."
        ),
        n=len(x),
        told="; ".join(told),
    )


def margin_losses() -> Picture:
    """Draw what four losses charge for a score, on the right side of the fence and on the wrong.

    Returns
    -------
    Picture
        Hinge, squared hinge, logistic and squared loss against y f.
    """
    z = np.linspace(-2, 3, 501)
    hinge = np.maximum(0, 1 - z)
    figure, (ax,) = canvas(8, 3.6)
    ax.axvspan(-2, 0, color=PALE_AMBER, zorder=0)
    for name, y, colour, style in (
        ("squared, (1 − yf)²", (1 - z) ** 2, PLUM, ":"),
        ("squared hinge", hinge**2, TEAL, "-"),
        ("hinge", hinge, AMBER, "-"),
        ("logistic, in bits", np.log1p(np.exp(-z)) / np.log(2), INK, "--"),
    ):
        ax.plot(z, y, style, color=colour, linewidth=2.4, label=name)
    ax.axvline(1, color=GREY, linewidth=1.2)
    ax.annotate("the margin", (1, 2.3), xytext=(5, 0), textcoords="offset points", color=INK)
    ax.text(-1.94, 0.1, "wrong side", color=INK, fontsize=9)
    ax.set(xlim=(-2, 3), ylim=(0, 4))
    ax.set_xlabel("y f: how far on the right side of the fence", color=INK)
    ax.set_ylabel("loss", color=INK)
    ax.legend(frameon=False, fontsize=9, loc="upper center")
    return described(
        figure,
        alt=(
            "Four losses against y f, from −2 to 3: hinge and squared hinge are zero from 1 on, "
            "the logistic loss never is, and the squared loss rises again."
        ),
        caption=(
            "What a film is charged for its score. The two hinges charge nothing beyond the "
            "margin, so films there have no say. The logistic loss always charges something, so "
            "every film has. The squared loss charges a film for being too far on the right side."
        ),
    )


def descent(gaps: Mapping[str, ArrayLike], every: int) -> Picture:
    """Draw how far above the least value an objective still is, while steps are taken.

    Parameters
    ----------
    gaps
        Way → objective divided by its least value, less one, after each `every` steps, shape (n,).
    every
        Steps between two of them.

    Returns
    -------
    Picture
        Both axes logarithmic.
    """
    figure, (ax,) = canvas(8, 3.2)
    for (name, values), style in styled_lines(gaps.items()):
        y = np.maximum(np.asarray(values, float), 1e-9)
        ax.loglog(every * np.arange(1, len(y) + 1), y, linewidth=2, label=name, **style)
    ax.set_xlabel("steps, one film each", color=INK)
    ax.set_ylabel("above the least value", color=INK)
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.minorticks_off()
    if len(gaps) > 1:
        ax.legend(frameon=False, fontsize=9)
    ends = ", ".join(f"{name} {np.asarray(values)[-1]:.2%}" for name, values in gaps.items())
    return described(
        figure,
        alt=(
            "Two falling curves on logarithmic axes; at the end they stand above the least by: "
            "{ends}."
        ),
        caption=(
            "How far the objective stands above liblinear's, while one film a step pulls at the "
            "weights. At the end: {ends}."
        ),
        ends=ends,
    )


def fence(boundary: Boundary, n: int = 7) -> Picture:
    """Draw the films that hold one person's fence, by title, and the scores that they have.

    Parameters
    ----------
    boundary
        What `recsys_book.demonstrations.boundary` returned.
    n
        How many films of each kind, those that pull hardest.

    Returns
    -------
    Picture
        One line a film, in the order of the scores; the fence stands at 0.
    """
    order = np.argsort(-boundary.pulls, kind="stable")
    shown = np.concatenate([order[boundary.liked[order] == kind][:n] for kind in (True, False)])
    shown = shown[np.argsort(boundary.scores[shown], kind="stable")]
    titles = boundary.catalogue.titles(boundary.items[shown])
    scores, yes = boundary.scores[shown], boundary.liked[shown]
    figure, (ax,) = canvas(8.4, 1 + 0.27 * len(shown))
    ax.axvspan(-1, 1, color=PALE_TEAL, zorder=0)
    ax.axvline(0, color=INK, linewidth=2)
    lines = np.arange(len(shown))
    ends = np.where(yes, 1, -1)
    for kind, colour, mark, name in ((yes, TEAL, "o", "liked"), (~yes, AMBER, "s", "not liked")):
        ax.hlines(lines[kind], scores[kind], ends[kind], color=colour, linewidth=1.4, alpha=0.55)
        ax.plot(scores[kind], lines[kind], mark, color=colour, markersize=7, label=name)
    ax.set_yticks(lines, [shortened(title) for title in titles])
    ax.set_xlim(min(-1.1, scores.min() - 0.1), max(1.1, scores.max() + 0.1))
    ax.set_xlabel("score; the fence is at 0, the margin reaches from −1 to 1", color=INK)
    figure.legend(frameon=False, fontsize=9, loc="outside upper center", ncols=2)
    hardest = boundary.catalogue.titles(boundary.items[order[:1]])
    return described(
        figure,
        alt=(
            "{shown} films by title on a scale of scores, liked ones mostly right of the fence and "
            "others left; {hardest} pulls hardest."
        ),
        caption=(
            "The films that pull hardest at one person's fence, in the order of their scores. A "
            "line runs from each film to where it should stand at least, 1 if it was liked and −1 "
            "if not: the longer the line, the harder the pull. {held} of {n} films pull at all; "
            "{hardest} pulls hardest."
        ),
        held=int((boundary.pulls > 0).sum()),
        n=len(boundary.items),
        shown=len(shown),
        hardest=", ".join(hardest),
    )


def leak(
    shares: Mapping[str, float], found: Mapping[str, tuple[float, float, float]], metric: str
) -> Picture:
    """Draw how well machines do on the pairs that they learn from, and on people's next films.

    Parameters
    ----------
    shares
        Machine → share of its training pairs that it puts in order.
    found
        Machine → the metric on held-out queries with its interval.
    metric
        Which metric.

    Returns
    -------
    Picture
        Two panels, the training and the truth, the machines in the same order.
    """
    figure, (left, right) = canvas(8.6, 2.3, columns=2)
    lines = np.arange(len(shares))
    for line, (name, style) in enumerate(styled_lines(shares)):
        left.barh(line, shares[name], 0.5, color=style["color"])
        left.text(shares[name] - 0.005, line, f"{shares[name]:.2%} ", va="center", ha="right",
                  color="white", fontsize=9)  # fmt: skip
        middle, low, high = found[name]
        right.plot([low, high], [line, line], linewidth=2.6, **style)
        right.plot(middle, line, "o", color=style["color"], markersize=8)
        right.annotate(
            f"{middle:.3f}", (middle, line), xytext=(0, 8), textcoords="offset points",
            ha="center", color=INK, fontsize=9,
        )  # fmt: skip
    left.set_xlim(0.5, 1)
    left.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    left.set_xlabel("training pairs in order (half is chance)", color=INK)
    left.set_yticks(lines, list(shares))
    right.set_yticks(lines, [""] * len(lines))
    right.set_xlabel(f"{metric}, with 95% intervals", color=INK)
    figure.set_layout_engine("constrained", wspace=0.08)
    for ax in (left, right):
        ax.set_ylim(len(lines) - 0.45, -0.65)
    told = "; ".join(f"{name} {shares[name]:.2%} and {found[name][0]:.3f}" for name in shares)
    return described(
        figure,
        alt="Training pairs in order and {metric} of two machines: {told}.",
        caption=(
            "Left what training sees, right what people met next: {told}. One machine was trained "
            "on pairs whose own row stands in the counts that describe them."
        ),
        metric=metric,
        told=told,
    )


def dropped(without: Mapping[str, Comparison], metric: str = "NDCG@10") -> Picture:
    """Draw what is lost where a machine learns without some of its features.

    Parameters
    ----------
    without
        What is left out → the whole machine compared with the one that lacks it.
    metric
        Which metric.

    Returns
    -------
    Picture
        Differences with 95% intervals, the greatest loss on top.
    """
    names = sorted(without, key=lambda name: -without[name].difference)
    figure, (ax,) = canvas(8, 0.9 + 0.36 * len(names))
    for line, name in enumerate(names):
        one = without[name]
        colour = TEAL if one.distinguishable else GREY
        ax.plot([one.low, one.high], [line, line], color=colour, linewidth=2.6)
        ax.plot(one.difference, line, "o", color=colour, markersize=7.5)
    ax.axvline(0, color=INK, linewidth=1.3)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlabel(f"{metric} lost without it", color=INK)
    told = ", ".join(f"{name} {without[name].difference:.4f}" for name in names)
    return described(
        figure,
        alt="What {metric} loses without each group of features: {told}.",
        caption=(
            "What a machine loses in {metric} that is trained again without some features, on "
            "validation queries, with 95% intervals over people; grey where the interval holds 0."
        ),
        metric=metric,
        told=told,
    )


def kernels(
    components: Sequence[int],
    errors: Mapping[str, ArrayLike],
    rows: Sequence[int],
    seconds: Mapping[str, ArrayLike],
) -> Picture:
    """Draw how close approximations come to a kernel, and how the cost grows with the rows.

    Parameters
    ----------
    components
        Lengths of the vectors, shape (m,).
    errors
        Approximation → error of the kernel's values, shape (m,).
    rows
        Numbers of examples, shape (n,).
    seconds
        Way → seconds of training, shape (n,).

    Returns
    -------
    Picture
        Two panels, all axes logarithmic.
    """
    figure, (left, right) = canvas(9, 3.4, columns=2)
    for ax, at, lines in ((left, components, errors), (right, rows, seconds)):
        x = np.asarray(at, float)
        for (name, values), style in styled_lines(lines.items()):
            ax.loglog(x, np.asarray(values, float), marker="o", linewidth=2, label=name, **style)
        ax.set_xticks(x, [f"{n:,}" for n in at])
        ax.tick_params(axis="x", labelsize=8)
        ax.minorticks_off()
        least, most = ax.get_ylim()
        marks = [m * 10.0**e for e in range(-6, 5) for m in (1, 3) if least < m * 10.0**e < most]
        ax.set_yticks(marks, [f"{mark:g}" for mark in marks])
        ax.legend(frameon=False, fontsize=9)
    left.set_xlabel("components", color=INK)
    left.set_ylabel("error of the kernel", color=INK)
    right.set_xlabel("ratings to learn from", color=INK)
    right.set_ylabel("time to train, s", color=INK)
    told = "; ".join(f"{name} {np.asarray(v)[-1]:.2g}" for name, v in errors.items())
    times = "; ".join(f"{name} {np.asarray(v)[-1]:.2g} s" for name, v in seconds.items())
    return described(
        figure,
        alt=(
            "Two logarithmic charts. Error of the kernel at {most} components: {told}. Time to "
            "train at {rows:,} ratings: {times}."
        ),
        caption=(
            "Left how far approximated kernel values are off, by the length of the vectors; right "
            "the time to train, by the number of ratings: {times}. On these axes a slope of one is "
            "proportional, two is quadratic."
        ),
        told=told,
        times=times,
        most=components[-1],
        rows=rows[-1],
    )


def tube(log: Interactions, item: int, epsilon: float = 0.75) -> Picture:
    """Draw ratings of one film, what support vector regression makes of them, and its tube.

    The only feature is what each person gave to all other films on average. The machine has a
    Gaussian kernel.

    Parameters
    ----------
    log
        A log with ratings.
    item
        Code of the film; at least two people rated it, and rated others.
    epsilon
        Half the height of the tube, in stars.

    Returns
    -------
    Picture
        Ratings that cost nothing grey, those that hold the tube amber; moved a little, since stars
        repeat.

    Raises
    ------
    ValueError
        If the log has no ratings.
    """
    from sklearn.svm import SVR  # noqa: PLC0415  (only this picture needs it)

    if log.ratings is None:
        raise ValueError("tube draws ratings, and this log has none")
    sums, counts = np.bincount(log.users, log.ratings), np.bincount(log.users)
    mine = (log.items == item) & (counts[log.users] > 1)
    who, stars = log.users[mine], log.ratings[mine].astype(float)
    people = (sums[who] - stars) / (counts[who] - 1)
    machine = SVR(C=1.0, gamma=1.0, epsilon=epsilon).fit(people[:, None], stars)
    held = np.isin(np.arange(len(stars)), machine.support_)
    x = np.linspace(people.min(), people.max(), 200)
    y = machine.predict(x[:, None])
    figure, (ax,) = canvas(8, 3.9)
    moved = stars + np.random.default_rng(0).uniform(-0.09, 0.09, len(stars))
    ax.fill_between(x, y - epsilon, y + epsilon, color=PALE_TEAL, label=f"tube, ± {epsilon:g}")
    ax.plot(people[~held], moved[~held], "o", color=GREY, markersize=5, label="cost nothing")
    ax.plot(people[held], moved[held], "o", color=AMBER, markersize=5, label="hold the tube")
    ax.plot(x, y, color=INK, linewidth=2.2, label="prediction")
    ax.set_ylim(0.2, 5.5)
    ax.set_xlabel("mean of the person's other ratings, stars", color=INK)
    ax.set_ylabel("stars for this film", color=INK)
    film = str(log.catalogue.titles([item])[0])
    ax.set_title(film, fontsize=10, color=INK)
    figure.legend(frameon=False, fontsize=9, loc="outside lower center", ncols=4)
    return described(
        figure,
        alt=(
            "{n} ratings of {film} against how generous people are elsewhere, with a rising curve "
            "and a tube of {epsilon:g} stars around it; {held} ratings lie at its edge or outside."
        ),
        caption=(
            "Each dot is one person's rating of {film}, moved a little where stars repeat. Errors "
            "up to {epsilon:g} stars cost nothing; the {held} amber ratings hold the tube in place."
        ),
        film=film,
        n=len(stars),
        held=int(held.sum()),
        epsilon=epsilon,
    )
