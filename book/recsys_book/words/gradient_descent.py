"""The words of chapter 3.2.1, Gradient descent, and of the opening page of 3.2."""

TEMPLATES = {
    "descent_checked": (
        "By hand and by two-point slopes the gradient differs by **{right:.0e}** of its length. With "
        "the penalty forgotten, the same test finds **{wrong:.0%}**."
    ),
    "descent_closed": (
        "The condition number of the first bowl is **{kappa:.0f}**, that of the second {other:.1f}. After "
        "{steps:,} steps at a safe rate both walks end at the closed form, to within {gap:.0e}."
    ),
    "descent_limit": (
        "The limit is **{limit:.3f}**. After {steps:,} steps just below it ({below:.3f}), {left:.0e} of the "
        "loss is left. Just above it ({above:.3f}) the loss is **{grown:.0e} times** what it was at the "
        "start."
    ),
    "descent_dense": (
        "The loss runs over **{pairs:,} pairs** of person and film, {n:,} of which met. The gradient "
        "from all pairs took {dense:.0f} ms, the same gradient from the {n:,} and two small squares "
        "**{thin:.1f} ms**."
    ),
    "descent_raced": (
        "After {epochs} epochs plain descent is still **{plain:.0%}** above the lowest loss, momentum "
        "{momentum:.0%}; preconditioned descent is within a percent of it after **{precondition_epoch} epochs** "
        "and {precondition_seconds:.2f} s, exact solutions in turn after {exact_epoch} epochs and "
        "{exact_seconds:.2f} s."
    ),
    "descent_folded": (
        "After {few} epochs the folded-in scores of the {users:,} training users differ from the trained "
        "ones by **{early:.3f}** on average, after {many} epochs by **{late:.4f}**: at the bottom the two are "
        "one."
    ),
    "descent_chosen": (
        "On the **validation** queries {dim} numbers a film are best of those tried, with an NDCG@10 "
        "of {best:.3f}."
    ),
    "descent_starts": (
        "Two starts end at losses that differ by **{loss:.2%}**. Of the ten films on a list, **{shared:.1f}** "
        "are on the other start's list too."
    ),
    "descent_neighbours": (
        "Among the most popular films, one shares **{near:.0%}** of its genres with its five nearest "
        "and {any:.0%} with any other of these films. They came out **{gap:.0f} years** apart, any two films "
        "{gaps:.0f}. Neither genre nor year was ever shown to the model."
    ),
    "descent_published": (
        "On MovieLens 100K, five random folds, the recorded RMSE is **{ours:.3f}** for BiasedMF and "
        "**{peer:.3f}** for the SVD of Surprise {surprise}; settings were chosen inside the training folds. "
        "{verdict} It took {ours_seconds:.1f} s of processor time against {peer_seconds:.1f} s. Recorded "
        "{measured} on {cores} cores ({processor}) by `python benchmarks/classical.py rate`."
    ),
    "descent_stars": (
        "Asked for the next film, the model with the better stars reaches an NDCG@10 of **{BiasedMF:.3f}**; "
        "guessing reaches {Random:.3f}, popularity {Popularity:.3f}, the factorisation of who met what {met:.3f}."
    ),
    "remember_descent_gradient": (
        "A gradient is checked in a line, by slopes between two points. Right ones agree to {right:.0e}; a "
        "forgotten penalty stood out by {wrong:.0%}."
    ),
    "remember_descent_limit": (
        "The steepest direction sets the learning rate, the flattest one the time. Past 2 / largest "
        "eigenvalue everything explodes; below it, {kappa:,.0f} times more curvature in one "
        "direction than in another cost {plain:,} steps, and {momentum:,} with momentum."
    ),
    "remember_descent_precondition": (
        "Change the units and the bowl becomes round. Preconditioned descent came within a percent of "
        "the lowest loss in {precondition_epoch} epochs; plain descent was {plain:.0%} above it after {epochs}."
    ),
    "remember_descent_result": (
        "Matrix factorisation is {verdict} EASE on this log ({ours:.3f} against {ease:.3f} in NDCG@10), and "
        "folds a new history in by one small ridge regression."
    ),
    "remember_descent_stars": (
        "A better prediction of stars (RMSE {ours:.3f} against {biases:.3f}) is not a better list: NDCG@10 "
        "{stars:.3f}."
    ),
}
