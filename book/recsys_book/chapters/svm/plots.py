"""Pictures of margins: between two kinds of films, between pairs, around stars; and of kernels."""

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
    from sklearn.svm import SVC

    from recsys_book.demonstrations.boundary import Boundary
    from recsys_helpers.evaluation.comparisons import Comparison
    from recsys_helpers.log.interactions import Interactions


def margins(
    points: ArrayLike,
    liked: ArrayLike,
    machines: Mapping[str, SVC],
    axes: tuple[str, str] = ("adventure", "romance"),
    names: str = "",
) -> Picture:
    """Draw films in a plane with the decision boundary and the margin of each machine.

    Parameters
    ----------
    points
        Two features of each film, shape (n, 2).
    liked
        Which films were liked, shape (n,).
    machines
        Title → a machine fitted to these films, one panel for each.
    axes
        What the two features mean.
    names
        A letter for each film, written beside its point; none if empty.

    Returns
    -------
    Picture
        The boundary as a line, the margin as a band, the support vectors in rings.
    """
    x, yes = np.asarray(points, float), np.asarray(liked, bool)
    panels = len(machines)
    figure, all_axes = canvas(5.2 if panels == 1 else 9, 4.2 if panels < 3 else 3.6, panels)
    low, high = x.min(axis=0), x.max(axis=0)
    room = 0.14 * (high - low)
    low, high = low - room, high + room
    across, up = np.meshgrid(np.linspace(low[0], high[0], 300), np.linspace(low[1], high[1], 300))
    grid = np.column_stack([across.ravel(), up.ravel()])
    told = []
    for ax, (title, machine) in zip(all_axes, machines.items(), strict=True):
        score = machine.decision_function(grid).reshape(across.shape)
        ax.contourf(across, up, score, [-1, 1], colors=[PALE_TEAL])
        lines = ax.contour(across, up, score, [-1, 0, 1], colors=[GREY, INK, GREY])
        lines.set(linewidth=[1.2, 2.2, 1.2], linestyle=["--", "-", "--"])
        for kind, colour, mark in ((yes, TEAL, "o"), (~yes, AMBER, "s")):
            ax.plot(*x[kind].T, mark, color=colour, markersize=8, markeredgecolor="white")
        ax.plot(
            *x[machine.support_].T, "o", markersize=15, markerfacecolor="none", markeredgecolor=INK
        )
        for letter, point in zip(names, x, strict=True) if names else ():
            ax.annotate(
                letter, point, xytext=(10, 6), textcoords="offset points", color=INK, fontsize=11
            )
        found = f"{len(machine.support_)} support vectors"
        if machine.kernel == "linear":
            found = f"margin {2 / float(np.linalg.norm(machine.coef_)):.2f}, {found}"
        ax.set_title(f"{title}\n{found}", fontsize=10, color=INK)
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.set_xlabel(axes[0], color=INK)
        ax.grid(visible=False)
        told.append(f"{title}: {found}")
    all_axes[0].set_ylabel(axes[1], color=INK)
    if panels == 1:
        all_axes[0].set_aspect("equal")
    return described(
        figure,
        alt="{n} films of two kinds in a plane, with decision boundary and margin. {told}.",
        caption=(
            "Teal dots were liked, amber squares were not. The line is the decision boundary, the "
            "band around it the margin; rings mark the support vectors. {told}."
        ),
        n=len(x),
        told="; ".join(told),
    )


def margin_losses() -> Picture:
    """Draw four losses against the score, on both sides of the decision boundary.

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
        ("squared loss, (1 − y f)²", (1 - z) ** 2, PLUM, ":"),
        ("squared hinge", hinge**2, TEAL, "-"),
        ("hinge", hinge, AMBER, "-"),
        ("logistic loss, base 2", np.log1p(np.exp(-z)) / np.log(2), INK, "--"),
    ):
        ax.plot(z, y, style, color=colour, linewidth=2.4, label=name)
    ax.axvline(1, color=GREY, linewidth=1.2)
    ax.annotate(
        "edge of the margin", (1, 3.7), xytext=(5, 0), textcoords="offset points", color=INK
    )
    ax.text(-1.94, 0.1, "wrong side of the boundary", color=INK, fontsize=9)
    ax.set(xlim=(-2, 3), ylim=(0, 4))
    ax.set_xlabel("y f: the score, with the sign of the right answer", color=INK)
    ax.set_ylabel("loss", color=INK)
    figure.legend(frameon=False, fontsize=9, loc="outside upper center", ncols=4)
    return described(
        figure,
        alt=(
            "Four losses against y f from −2 to 3: hinge and squared hinge are zero from 1 on, "
            "the logistic loss only approaches zero, and the squared loss rises again after 1."
        ),
        caption=(
            "Four losses. The two hinges are zero beyond the edge of the margin, so films there "
            "have no influence. The logistic loss is never zero, so every film has some. The "
            "squared loss rises again: it also penalises films far on the right side."
        ),
    )


def descent(excess: ArrayLike, every: int) -> Picture:
    """Draw how far an objective lies above its minimum during stochastic descent.

    Parameters
    ----------
    excess
        Objective divided by its minimum, less one, after each `every` steps, shape (n,).
    every
        Steps between two of them.

    Returns
    -------
    Picture
        Both axes logarithmic.
    """
    y = np.maximum(np.asarray(excess, float), 1e-9)
    figure, (ax,) = canvas(8, 3.2)
    ax.loglog(every * np.arange(1, len(y) + 1), y, linewidth=2, color=TEAL)
    ax.set_xlabel("steps, one film each", color=INK)
    ax.set_ylabel("objective above its minimum", color=INK)
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g}%")
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.minorticks_off()
    return described(
        figure,
        alt=(
            "One jagged, falling curve on logarithmic axes: the objective is {first:.1%} above "
            "its minimum after {every:,} steps and {last:.1%} after {steps:,}."
        ),
        caption=(
            "How far the objective lies above liblinear's minimum while stochastic descent takes "
            "one film a step: {first:.1%} after {every:,} steps, {last:.1%} after {steps:,}."
        ),
        first=y[0],
        last=y[-1],
        every=every,
        steps=every * len(y),
    )


def support_vectors(boundary: Boundary, n: int = 7) -> Picture:
    """Draw the scores of the support vectors with the largest dual coefficients, by title.

    Parameters
    ----------
    boundary
        What `recsys_book.demonstrations.boundary` returned.
    n
        How many films of each kind.

    Returns
    -------
    Picture
        One line for each film, sorted by score; the decision boundary is at 0.
    """
    order = np.argsort(-boundary.alphas, kind="stable")
    shown = np.concatenate([order[boundary.liked[order] == kind][:n] for kind in (True, False)])
    shown = shown[np.argsort(boundary.scores[shown], kind="stable")]
    titles = boundary.catalogue.titles(boundary.items[shown])
    scores, yes = boundary.scores[shown], boundary.liked[shown]
    figure, (ax,) = canvas(8.4, 1 + 0.27 * len(shown))
    ax.axvspan(-1, 1, color=PALE_TEAL, zorder=0)
    ax.axvline(0, color=INK, linewidth=2)
    lines = np.arange(len(shown))
    edges = np.where(yes, 1, -1)
    for kind, colour, mark, name in ((yes, TEAL, "o", "liked"), (~yes, AMBER, "s", "not liked")):
        ax.hlines(lines[kind], scores[kind], edges[kind], color=colour, linewidth=1.4, alpha=0.55)
        ax.plot(scores[kind], lines[kind], mark, color=colour, markersize=7, label=name)
    ax.set_yticks(lines, [shortened(title) for title in titles])
    ax.set_xlim(min(-1.1, scores.min() - 0.1), max(1.1, scores.max() + 0.1))
    ax.set_xlabel("score; the boundary is at 0, the margin reaches from −1 to 1", color=INK)
    figure.legend(frameon=False, fontsize=9, loc="outside upper center", ncols=2)
    largest = boundary.catalogue.titles(boundary.items[order[:1]])
    return described(
        figure,
        alt=(
            "{shown} films by title on an axis of scores from −1 to 1, each joined by a line to "
            "its edge of the margin; {largest} has the longest line."
        ),
        caption=(
            "The {shown} support vectors with the largest coefficients, sorted by score. A line "
            "joins each film to its edge of the margin, at 1 for liked films and −1 for the "
            "others; the coefficient α grows with its length. {largest} has the largest α."
        ),
        shown=len(shown),
        largest=", ".join(largest),
    )


def leak(
    shares: Mapping[str, float], found: Mapping[str, tuple[float, float, float]], metric: str
) -> Picture:
    """Draw how well machines order their own training pairs, and how well they rank test items.

    Parameters
    ----------
    shares
        Machine → share of its training pairs that it orders correctly.
    found
        Machine → mean, low and high end of a metric on held-out queries.
    metric
        Which metric.

    Returns
    -------
    Picture
        Two panels, training and test, with the machines in the same order.
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
    left.set_xlabel("training pairs ordered correctly (chance: 50%)", color=INK)
    left.set_yticks(lines, list(shares))
    right.set_yticks(lines, [""] * len(lines))
    right.set_xlabel(f"{metric} on test queries, 95% intervals", color=INK)
    figure.set_layout_engine("constrained", wspace=0.08)
    for ax in (left, right):
        ax.set_ylim(len(lines) - 0.45, -0.65)
    told = "; ".join(f"{name} {shares[name]:.2%} and {found[name][0]:.3f}" for name in shares)
    return described(
        figure,
        alt="Share of training pairs ordered correctly, and {metric} on test queries: {told}.",
        caption=(
            "Left the share of training pairs that each machine orders correctly, right {metric} "
            "on test queries: {told}. The axis of the left panel starts at chance."
        ),
        metric=metric,
        told=told,
    )


def dropped(without: Mapping[str, Comparison], metric: str = "NDCG@10") -> Picture:
    """Draw what a metric loses when groups of features are left out.

    Parameters
    ----------
    without
        What is left out → the whole machine compared with the one that lacks it, judged jointly.
    metric
        Which metric.

    Returns
    -------
    Picture
        Differences with 95% intervals, the largest loss on top.
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
    ax.set_xlabel(f"{metric} lost without these features", color=INK)
    told = ", ".join(f"{name} {without[name].difference:.4f}" for name in names)
    return described(
        figure,
        alt="Loss of {metric} without each group of features: {told}.",
        caption=(
            "Loss of {metric} on validation queries when the machine is trained again without a "
            "group of features. The 95% intervals hold for all comparisons at once; they are grey "
            "where they contain 0."
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
    """Draw the errors of kernel approximations, and how training times grow with the examples.

    Parameters
    ----------
    components
        Lengths of the vectors, shape (m,).
    errors
        Approximation → root mean squared error of kernel values, shape (m,).
    rows
        Numbers of examples, shape (n,).
    seconds
        Machine → seconds of training, shape (n,).

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
    left.set_xlabel("length of the vectors", color=INK)
    left.set_ylabel("RMS error of kernel values", color=INK)
    right.set_xlabel("training ratings", color=INK)
    right.set_ylabel("training time, s", color=INK)
    told = "; ".join(f"{name} {np.asarray(v)[-1]:.2g}" for name, v in errors.items())
    times = "; ".join(f"{name} {np.asarray(v)[-1]:.2g} s" for name, v in seconds.items())
    return described(
        figure,
        alt=(
            "Two panels with logarithmic axes. Error of kernel values with vectors of length "
            "{most}: {told}. Training time with {rows:,} ratings: {times}."
        ),
        caption=(
            "Left the error of approximated kernel values by the length of the vectors; right the "
            "training time by the number of ratings ({times} with {rows:,}). On logarithmic axes "
            "linear growth has slope one, quadratic growth slope two."
        ),
        told=told,
        times=times,
        most=components[-1],
        rows=rows[-1],
    )


def tube(log: Interactions, item: int, epsilon: float = 0.75) -> Picture:
    """Draw support vector regression of one film's ratings on how generous its raters are.

    The only feature is the mean of each person's other ratings. The kernel is Gaussian.

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
        Ratings inside the tube grey, support vectors amber; shifted a little, since stars repeat.

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
    ax.plot(people[~held], moved[~held], "o", color=GREY, markersize=5, label="inside the tube")
    ax.plot(people[held], moved[held], "o", color=AMBER, markersize=5, label="support vectors")
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
            "{n} ratings of {film} against the mean of the same person's other ratings, with a "
            "curve and a tube of ±{epsilon:g} stars; {held} ratings are support vectors."
        ),
        caption=(
            "Each dot is one person's rating of {film}, shifted a little where stars repeat. "
            "Errors up to {epsilon:g} stars cost nothing. The {held} amber ratings, on the edge of "
            "the tube or outside, are the support vectors."
        ),
        film=film,
        n=len(stars),
        held=int(held.sum()),
        epsilon=epsilon,
    )
