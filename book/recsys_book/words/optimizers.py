"""The words of chapter 5.3, Adam, Adagrad and their kin."""

TEMPLATES = {
    "optimizer_counts": (
        "The most popular film has **{most:,}** training rows, the median film {median:.0f}. In a batch "
        "of {batch:,} pairs, each a film that was met and one drawn by popularity, a film with fewer than "
        "five rows turns up with a chance of **{few:.0%}**, one with fifty rows or more with "
        "**{many:.0%}**."
    ),
    "optimizer_turned": (
        "After its steps Adagrad stands at a height of **{bowl:.1e}** on the bowl and of **{turned:.1e}** "
        "on the same bowl, turned. SGD stands at {sgd:.1e} on both."
    ),
    "optimizer_bias": (
        "Without the correction the first step is **{first:.1f} learning rates** long, and step {at} the "
        "longest, **{longest:.1f}**. With it each is as long as the learning rate says."
    ),
    "optimizer_disguise": (
        "SGD at a rate of {sgd:.1f}, Keras' Adagrad at {adagrad:.0f} and Keras' RMSprop at {rmsprop:.2f} "
        "end with the same film vectors: from SGD's, Adagrad's are off by **{first:.0e}** of their "
        "length, RMSprop's by **{second:.1%}**."
    ),
    "optimizer_width": (
        "From the lowest to the highest rate whose loss is within {share:.0%} of the rule's best: a "
        "factor of **{SGD:.0f}** for SGD, {momentum:.0f} for momentum, **{Adam:.0f}** for Adam."
    ),
    "optimizer_reach": (
        "In {factorisation_all} epochs of the factorisation, momentum is as low as SGD's last after "
        "{factorisation_momentum}, Adam after **{factorisation_Adam}**. In {BPR_all} epochs of BPR, "
        "momentum after {BPR_momentum}, Adam after **{BPR_Adam}**."
    ),
    "optimizer_cost": (
        "SGD keeps nothing beside the parameters: that table takes **{none}**. With the one array of "
        "momentum, Nesterov, Adagrad or RMSProp it takes **{one}**, with the two of Adam "
        "**{two}**. A step on a table of this log's films, the gradient being given, took **{SGD:.2f} ms** "
        "by SGD, {momentum:.2f} by momentum and **{Adam:.2f}** by Adam."
    ),
    "optimizer_lists": (
        "Over the histories of {n} people, the ten films that SGD and Adam list have **{shared:.1f}** "
        "in common on average."
    ),
    "remember_optimizer_memory": (
        "All rules are SGD with a memory. Momentum remembers where it was going, Adagrad and RMSProp how "
        "long gradients were, for each number by itself, and Adam both. What the memory buys first is a "
        "rate that is easy to find: good rates spanned a factor of {adam:.0f} for Adam and {sgd:.0f} for "
        "SGD."
    ),
    "remember_optimizer_print": (
        "Read the small print. With Keras' start and ε, Adagrad was SGD to within {off:.0e}, and nothing "
        "in its learning curve said so. An ε and a start are small only beside the squares of your "
        "gradients. Adam's correction is a warm-up: without it the first step would be {first:.1f} "
        "and soon {longest:.1f} learning rates long."
    ),
    "remember_optimizer_claim": (
        "“More efficient”? At lowering the loss, yes: where SGD ended, Adam was after "
        "{factorisation_Adam} of {factorisation_all} epochs of the factorisation and {BPR_Adam} of "
        "{BPR_all} of BPR, momentum after {factorisation_momentum} and {BPR_momentum}. At making better "
        "lists: {found} of {pairs} pairs of rules could be told apart. In BPR, Adam is {duel} SGD, and still "
        "the two share only {shared:.1f} of ten films."
    ),
    "remember_optimizer_rare": (
        "Adagrad gave films with fewer than ten rows {pace:.1f} times the rate of the popular. In finding films with "
        "fewer than fifty rows it is {low} SGD at a moderate rate, and {high} SGD at the highest rate that "
        "it bore: what such films need is longer steps, by whatever rule. Adagrad spares you the choice of one "
        "length for all."
    ),
    "remember_optimizer_lazy": (
        "Adam goes on after the gradient has stopped: {dense:.0f} learning rates for one gradient, lazy "
        "Adam {lazy:.1f}. A penalty inside Adam's loss presses hardest on whoever has short gradients; "
        "AdamW shrinks all alike."
    ),
}
