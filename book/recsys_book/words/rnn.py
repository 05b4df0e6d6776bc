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
    "alt_memory": (
        "Panels with the titles {titles}: bars of what comes in at each step, a line of what the memory "
        "holds, and two rows of cells, dark where a gate is open."
    ),
    "caption_memory": (
        "Grey bars are what comes in, the amber line is what the memory holds, dark cells are open gates. "
        "Left, gates that stay half open hold a blur of the latest inputs. Right, the input gate opens "
        "once and the forget gate stays open until the end: one input is held exactly, as long as "
        "needed, and then let go."
    ),
    "alt_reaches": "Norms of gradients falling with distance on a logarithmic axis: {told}.",
    "caption_reaches": (
        "How strongly the last state depends on the input some steps before it, on a logarithmic axis. A "
        "straight line down is a constant factor lost at every step. Before training all three lose. "
        "Training does not lift the line of the plain network; the gated ones learn to hold theirs up, as "
        "far as the symbol they have to keep, which stands at the far right."
    ),
    "alt_recall_by_distance": (
        "Share of right answers against the steps since the first symbol. At the end: {ends}; guessing "
        "gets {chance:.0%}."
    ),
    "caption_recall_by_distance": (
        "Share of right answers to the question which symbol came first, by how long ago it came. All "
        "three networks had the same number of training steps, examples and units."
    ),
    "alt_orders": "{metric}, by model and by what was shuffled. {listed}.",
    "caption_orders": (
        "Dots are averages over queries, bars their 95% intervals. From top to bottom more of the order is "
        "destroyed. EASE stands still: it never knew the order. The Markov chain falls as soon as the last "
        "film is moved. In all rows but the lowest the network reads the same films."
    ),
    "alt_influence": "Share of the top ten that changes with one film: {listed}.",
    "caption_influence": (
        "One film of the history is exchanged for a random one, and the two lists of ten are compared. "
        "The Markov chain forgets everything but the last film, EASE weighs all places alike, and the "
        "recurrent network fades from the one to the other side."
    ),
    "alt_moving_ranks": "Ranks of five films over {n} arrivals: {told}.",
    "caption_moving_ranks": (
        "Each line is a film that Ada has not met, one of the five that stand on top of her list in the "
        "end. From left to right her last films come in, one by one, and the list answers to each."
    ),
    "alt_half_lives": (
        "Histogram of the half-lives of {n} numbers of the memory: between {least:.1f} and {most:.1f} films, "
        "half of them below {middle:.1f}."
    ),
    "caption_half_lives": (
        "For each number of the trained memory, how many films pass until the forget gate has halved what was "
        "written into it, on average over people. The amber line is the median, {middle:.1f} films; the "
        "slowest number keeps half for {most:.0f}."
    ),
    "alt_lengths": "Time against length up to {longest} films, on logarithmic axes. At the end: {told}.",
    "caption_lengths": (
        "Time to read one history of growing length: with the recurrence, which has to wait for each "
        "state before the next, and with a single matrix product of as many multiplications."
    ),
}
