"""The words of chapter 3.2.3, Support vector machines."""

TEMPLATES = {
    "svm_steps": (
        "liblinear's least value of the objective is {least:.2f}. After {steps:,} steps of one film each, "
        "plain subgradient descent stands **{above:.1%}** above it."
    ),
    "svm_cost_chosen": (
        "Share of wrong answers on the **validation** films: {listed}. Chosen: C = {chosen:g}."
    ),
    "svm_held": (
        "**{person}**'s fence is held by **{held} of {n} films**, and the margin is {margin:.2f} wide."
    ),
    "svm_like_habit": (
        "On {n:,} test ratings of {people:,} people the machine is wrong about **{machine:.1%}**, and the "
        "habit about {habit:.1%}: the difference is {difference:+.1p} percentage points (95% interval "
        "{low:+.1p} to {high:+.1p}). The machine is **{verdict}** the habit."
    ),
    "svm_like_crowd": (
        "Of {n:,} pairs of one person's films, one liked and one not, the machine turns **{machine:.1%}** the "
        "wrong way round, where chance would turn half; the crowd turns {crowd:.1%}. The difference is "
        "{difference:+.1p} percentage points (95% interval {low:+.1p} to {high:+.1p}): the machine is **{verdict}** the crowd."
    ),
    "svm_leak_bench": (
        "There, over {seeds} seeds, the leak put **{RankSVM_own_counts_pairs:.1%}** of the training pairs in "
        "order instead of {RankSVM_pairs:.1%}, and NDCG@10 on test was **{RankSVM_own_counts:.3f}** instead of "
        "**{RankSVM:.3f}**."
    ),
    "svm_kernel_growth": (
        "From {first:,} to {last:,} ratings the exact machine takes **{exact:.0f} times** as long, the "
        "approximation {landmarks:.0f} times. At the slope of the last doubling the exact one would need about "
        "**{minutes:.1f} minutes** for all {all:,} ratings, and its matrix, written down, would fill {memory}. The "
        "approximation's vectors take {vectors}."
    ),
    "svm_tables": (
        "RankSVM keeps four tables of films by films. Of three it keeps only what is not zero where that is "
        "little; EASE's is kept whole and takes **{here}** for {items:,} films. For a hundred thousand items "
        "that one alone would take {there}."
    ),
    "remember_svm_margin": (
        "A margin is the widest street between two kinds, and only the films at its kerb or on the wrong "
        "side hold it. With words for features nearly every film does: {held} of {n} for one person."
    ),
    "remember_svm_like": (
        "One person's words turn {machine:.0%} of pairs of a liked and a disliked film the wrong way round, the "
        "crowd's opinion {crowd:.0%}. What you like is in large part what everybody likes."
    ),
    "remember_svm_rank": (
        "Ranking is classifying differences. A linear machine over {features} features, all counted, "
        "reaches an NDCG@10 of **{svm:.3f}** after {seconds:.0f} s of training; SASRec has {sasrec:.3f} after "
        "{other:.0f} s. RankSVM is {verdict} SASRec on this log."
    ),
    "remember_svm_leak": (
        "A pair that finds itself in its features is put in order {leaky:.2%} of the time, and the machine "
        "trained so is {verdict} the honest one when it counts. Count without the row you ask about."
    ),
    "remember_svm_kernel": (
        "A kernel costs the square of the rows; a hundred landmarks cost no more than a hundred features. For "
        "stars, the machine with the kernel is {verdict} the biases (RMSE {svr:.3f} against {biases:.3f})."
    ),
}
