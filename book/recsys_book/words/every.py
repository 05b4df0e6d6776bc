"""Words that every chapter uses: what it cost."""

TEMPLATES = {
    "cost": (
        "Executed from top to bottom, this chapter took **{seconds:.0f} s** and **{memory}** of "
        "memory when it was last recorded ({measured}; {cores} cores, {processor}, "
        "Python {python})."
    ),
    "cost_unknown": (
        "The cost of this chapter has not been recorded here yet: `make results` measures it."
    ),
}
