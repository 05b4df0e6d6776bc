"""The words of chapter 3.1.2, Recurrence."""

TEMPLATES = {
    "copy_right": (
        "Asked {far} and more steps after the first symbol, the plain network is right in "
        "**{rnn:.0%}** of the cases, the GRU in **{gru:.0%}** and the LSTM in **{lstm:.0%}**; "
        "guessing gets {chance:.0%}. Forty steps back their gradients have the norms {rnn_40:.0e}, "
        "{gru_40:.0e} and {lstm_40:.0e}."
    ),
    "lstm_parameters": (
        "The network has **{total:,} numbers** to learn: {vectors:,} are item vectors, {gates:,} belong "
        "to the recurrence, {out:,} to the output. Whole histories give **{whole:,} places** to learn "
        "from; the last {max_len} films of each would give {last:,}."
    ),
    "order_lost": (
        "With the last {window} films shuffled, LSTM4Rec keeps **{all:.0%}** of its NDCG@10. If the very "
        "last film stays in its place it keeps **{one:.0%}**, if the last five do, **{five:.0%}**."
    ),
    "order_learnt": (
        "NDCG@10 of LSTM4Rec: learnt and asked in order **{order:.3f}**; learnt in order, asked in "
        "disorder {asked:.3f}; learnt and asked in disorder **{learnt:.3f}**. EASE, which never sees "
        "order, reaches {ease:.3f}."
    ),
    "film_influence": (
        "Another last film replaces **{last:.0%}** of LSTM4Rec's top ten, another film {d} places back "
        "**{back:.0%}**, one {far} places back **{least:.0%}**. For EASE it is between {low:.0%} and "
        "{high:.0%} at every place."
    ),
    "recurrence_time": (
        "For {n} films of one person the recurrence took **{slow:.1f} ms**, one matrix product with the same "
        "number of multiplications **{fast:.2f} ms**: {ratio:.0f} times less."
    ),
    "state_served": (
        "To take one more film in and score the whole catalogue took **{one:.2f} ms** from the stored "
        "state, and **{whole:.2f} ms** by reading the last {n} films again. The state of a person is "
        "{numbers} numbers, however long the history."
    ),
    "remember_recurrence": (
        "A recurrence folds a history into a state of fixed size, one item at a time. Order enters by "
        "itself."
    ),
    "remember_gates": (
        "The gradient over many steps is a product of Jacobians. In the plain network it vanished; gates can "
        "learn to hold it: {far} steps back the LSTM still answered {lstm:.0%} right, the plain network "
        "{rnn:.0%}."
    ),
    "remember_lstm": (
        "In NDCG@10 on the last five films: LSTM4Rec {LSTM4Rec:.3f}, GRU4Rec {GRU4Rec:.3f}, Markov chain "
        "{MarkovChain:.3f}, EASE {EASE:.3f}. LSTM4Rec is {verdict} the Markov chain."
    ),
    "remember_order": (
        "Order is worth much to this model, and nearly all of it sits in the last few films: shuffling all "
        "that came before the last five left {five:.0%} of its NDCG@10, shuffling those as well {all:.0%}."
    ),
    "remember_state": (
        "Steps cannot be taken side by side, which makes training slow. But a new item costs one step, "
        "and a person is {numbers} numbers."
    ),
}
