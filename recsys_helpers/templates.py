"""The words of the book's computed sentences, captions and alternative texts: the table to translate.

Each template is plain Markdown with the fields of `str.format`; `sentences.say` fills it. Braces hold
a name and how its number is written: ``{share:.0%}`` becomes "60%".
"""

TEMPLATES = {
    # Every chapter
    "cost": (
        "Executed from top to bottom, this chapter took **{seconds:.0f} s** and **{memory}** of "
        "memory when it was last recorded ({measured}; {cores} cores, {processor}, "
        "Python {python})."
    ),
    "cost_unknown": (
        "The cost of this chapter has not been recorded here yet: `make results` measures it."
    ),
    # Verdicts on a difference
    "better": "better than",
    "worse": "worse than",
    "not_distinguishable": "not distinguishable from",
    # 1 Background
    "log_size": (
        "The log holds **{rows:,} ratings** that **{users:,} people** gave to films of a catalogue "
        "of **{items:,}**, between {first} and {last}. {untouched:,} films of the catalogue have no "
        "rating at all."
    ),
    "sparsity": (
        "Of {cells:,} possible pairs of a person and a film, **{density:.1%}** are filled: one in "
        "{one_in:.0f}. The median person has rated {median_user:.0f} films, the median rated film "
        "has {median_item:.0f} ratings."
    ),
    "long_tail": (
        "The most-rated tenth of the films receives **{head:.0%}** of all ratings. **{once:.0%}** "
        "of the rated films have exactly one rating, and {few:.0%} have fewer than five."
    ),
    "drift": (
        "Two halves of the people of *one* period agree on **{same:.0%}** of their fifty "
        "most-rated films. Lists of neighbouring periods share {neighbours:.0%}, and the first "
        "and the last period share **{ends:.0%}**."
    ),
    "sessions": (
        "**{one_day:.0%}** of the people gave all their ratings within one day. The median pause "
        "between two ratings of one person is **{pause:.0f} s**, shorter than any film."
    ),
    "ties": (
        "**{tied:.0%}** of neighbouring rows of one person carry the same second, so their order is "
        "unknown. Among these, the file lists **{ascending:.0%}** by rising film number: the file's "
        "own order would leak the number of the next film."
    ),
    "first_lists": (
        "Of the next five films that people chose, a random list of ten holds "
        "**{random:.2%}**, the most popular films **{popular:.1%}** and the films that go together "
        "with their last ten **{together:.1%}**. The last two differ by {difference:.1%} (95% "
        "interval {low:.1%} to {high:.1%}): the personal list is {verdict} the list for everybody."
    ),
    "growth": (
        "When users and items both double, the dense table grows **{dense_factor:.1f}-fold** "
        "and the sparse one **{sparse_factor:.1f}-fold**. For the largest of these logs the "
        "dense table would take {dense_last}; the sparse one takes {sparse_last}."
    ),
    "growth_time": (
        "On the largest log that both methods counted ({rows:,} rows), the dense product makes "
        "**{dense_steps:,.0f}** multiplications and took {dense_time:.2f} s, the sparse one "
        "**{sparse_steps:,.0f}** and {sparse_time:.2f} s. Both gave the same counts."
    ),
    "extrapolation": (
        "MovieLens 32M has {users:,} users, {items:,} films and {rows:,} ratings. Its dense table "
        "would take **{dense}**, the sparse one **{sparse}**."
    ),
    "remember_log": (
        "A log is almost empty ({density:.1%} filled), and the tenth of its items that is rated "
        "most takes {head:.0%} of it."
    ),
    "remember_time": (
        "Its clock is coarse ({tied:.0%} of neighbouring rows are tied) and its taste moves: "
        "the popular lists of its first and its last period share {ends:.0%}."
    ),
    "remember_lists": (
        "A list for everybody holds {popular:.1%} of what people choose next, a list for each "
        "person {together:.1%}."
    ),
    "remember_growth": (
        "What breaks first is the dense table, not the idea: its size grows with users times items, "
        "while the log's own size grows with its rows."
    ),
    # 2 Core concepts
    "joined": (
        "Two films that one person rated one after the other share **{follows:.0%}** of their genres; "
        "two rows from anywhere in the log share {anywhere:.0%}."
    ),
    "settings": "Chosen on validation: {ease} and {knn}.",
    "unknown_items": (
        "{unknown:,} of the catalogue's {items:,} films left with the 5-core. Not one of these "
        "recommenders could list them, for anybody."
    ),
    "remember_tables": (
        "Behaviour and features are two tables joined by the item's id: neighbouring films share "
        "{follows:.0%} of their genres, films from anywhere {anywhere:.0%}."
    ),
    "remember_stars": (
        "Predicting stars is not recommending: the best-rated films hold the next one in "
        "{rated:.1%} of the queries, the merely popular ones in {popular:.1%}."
    ),
    "remember_bar": (
        "The bar, in NDCG@10 on the last five films: random {Random:.3f}, popularity "
        "{Popularity:.3f}, item-kNN {ItemKNN:.3f}, Markov chain {MarkovChain:.3f}, EASE {EASE:.3f}. "
        "Whoever reads order must pass the Markov chain, not popularity."
    ),
    "remember_verdict": (
        "A difference without an interval is an anecdote: of {pairs} pairs of these recommenders, "
        "{undecided} cannot be told apart."
    ),
    # 3.1.1 Convolution
    "contexts": (
        "**{one:.0%}** of the test histories end with a film that some training history holds. The "
        "last *two* films stand next to each other, in this order, in anybody's training history "
        "for **{two:.0%}** of them, the last *three* for **{three:.1%}**."
    ),
    "leak": (
        "Looking both ways, the training loss is **{same:.2f}** nats a film in place of {causal:.2f}, and "
        "on people the network never saw **{same_new:.2f}** in place of {causal_new:.2f}. On real "
        "queries, whose next film is not there to be read, a list of ten holds it in "
        "**{same_hit:.1%}** of the cases, against {causal_hit:.1%} for the filter that only looks "
        "back."
    ),
    "convolution_parameters": (
        "By hand and in the network: **{all:,} numbers** are learnt. The vectors of {films:,} films "
        "are {items:.0%} of them; the {layers} convolutions hold {filters:,}."
    ),
    "convolution_passes": (
        "So reading several films in a row is worth something that counting pairs of films cannot "
        "reach, on these data and for this fitted network."
    ),
    "convolution_ties": (
        "So reading several films in a row does not settle the matter: on these data, and with this "
        "many people, {parameters:,} fitted numbers cannot be told apart from a table of counts. The "
        "next section shows that the two get there by different roads."
    ),
    "places_used": (
        "Another film in the last place costs **{lost_1:.0%}** of the NDCG@10, in the third place from "
        "the end {lost_3:.0%}, in the tenth {lost_10:.1%}. At place {beyond}, one beyond the receptive "
        "field, every rank stays what it was. With the last five films alone the network keeps "
        "**{kept_5:.0%}** of its NDCG@10, with the last ten {kept_10:.0%}, with one film {kept_1:.0%}."
    ),
    "filters_alike": (
        "Two different films at one place of a learnt filter's {n} strongest windows share "
        "**{learnt:.1%}** of their genres, of a random filter's {random:.1%}, of windows from "
        "anywhere {anywhere:.1%}. Learnt filters exceed random ones by {difference:.1%} (95% interval "
        "over filters {low:.1%} to {high:.1%}). **{clear:.0%}** of the learnt filters, and "
        "{clear_random:.0%} of the random ones, share more than nineteen in twenty sets of windows "
        "from anywhere."
    ),
    "rare_targets": (
        "Where the next film has fewer than ten training rows, the network lists it in "
        "**{rare:.1%}** of the queries, where it has fifty or more in {common:.1%}."
    ),
    "convolution_cost": (
        "Per film of the history the filters multiply **{filters:,}** times, whatever the length; "
        "one scoring of the whole catalogue multiplies {scoring:,} times. Sixteen times the length "
        "took **{ratio:.0f} times** the seconds."
    ),
    "remember_causal": (
        "A filter over a history must look back only. One that sees its target learns to copy: its "
        "loss fell to {same:.1f} nats, and its lists held {same_hit:.1%} of what came next."
    ),
    "remember_reach": (
        "Dilation makes the receptive field grow fast with few filters: {reach} films with {layers}. "
        "What can be seen is not what is used: the last five films carry {kept_5:.0%} of the quality."
    ),
    "remember_few": (
        "From one film the network reaches NDCG@10 {one:.3f} where the table of counts has "
        "{MarkovChain:.3f}; from several films it reaches {all:.3f}. What it adds comes from combining "
        "films, not from knowing pairs better."
    ),
    "remember_filters": (
        "Filters are not themes with names. **{clear:.0%}** of them gather films of like genres more than "
        "chance does, but so do {clear_random:.0%} of random filters: much of what seems learnt by the "
        "filter lies in the film vectors."
    ),
    "remember_convolution_cost": (
        "Its cost grows with the length of the history and no faster, and one pass trains every "
        "place. What it cannot do is look beyond its edge, or know a rare film: {rare:.1%} of those "
        "are listed."
    ),
    "alt_paddings": (
        "Two rows of {n} films below {n} outputs, twice. On the left an arrow leads from film {target}, "
        "the one to be predicted, to output {place}; on the right all arrows come from earlier films."
    ),
    "caption_paddings": (
        "What a filter of three films reads for the output c at place {place}, whose target is film "
        "{target} (amber). Padded on both sides, it reads the target itself. Padded on the left only, "
        "it reads place {place} and what came before."
    ),
    "alt_receptive_field": (
        "A fan of lines from {reach} films to one output through {depth} filters, and two curves: the "
        "receptive field rises to {reach} films with dilation, to {plain} without."
    ),
    "caption_receptive_field": (
        "Left: every film (amber) from which a line leads to the last output. Each filter joins three "
        "states of the layer below, r places apart, and no film between is left out. Right: the same "
        "{depth} filters see {reach} films with these dilations, {plain} without."
    ),
    "alt_gradients": (
        "Bars over {n} places counted from the end: high for the last few films, lower further back, "
        "zero beyond place {edge}; {seen} places have a bar."
    ),
    "caption_gradients": (
        "How far the network's last state moves when the vector of one film moves, averaged over "
        "histories. {seen} places count for something, as many as the formula says ({edge}, amber). Past "
        "the {block} films that the first block sees by itself (grey), the pull drops."
    ),
    "alt_places": (
        "Left, NDCG@10 lost when one place is replaced: {first:.4f} for the last film, {last:.4f} at "
        "the far end. Right, NDCG@10 from {one:.3f} with one film shown to {all:.3f} with all, the "
        "Markov chain at {bar:.3f}."
    ),
    "caption_places": (
        "Left: what is lost when the film at one place is replaced by another. Right: what is reached "
        "when only the last few films are shown. Bars are 95% intervals over people, each for "
        "itself; those on the left are of paired differences."
    ),
    "alt_themes": "Rows of dots, one a filter, with the means {listed}.",
    "caption_themes": (
        "Each dot is one filter: how much of their genres two different films at one place of its "
        "strongest windows share. Dark lines are means. Learnt filters spread further to the right, "
        "but many stand where chance stands."
    ),
    "alt_caser_filters": (
        "A grid of {height} films by {dim} entries of their vectors, twice: on the left a frame over "
        "two whole rows moves down, on the right a frame over one column moves right."
    ),
    "caption_caser_filters": (
        "Caser reads the last {height} item vectors as a picture, one row a film. A horizontal filter "
        "slides down over whole rows and keeps its largest answer; a vertical one weighs the films and "
        "slides along the entries."
    ),
    # 3.1.2 Recurrence
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
    # 3.1.3 Self-attention
    "attention_scale": (
        "At {d} numbers a vector, dot products have variance **{variance:.0f}**. Undivided, the largest "
        "of fifty weights takes **{raw:.0%}** of the look on average; divided by √d it takes {scaled:.0%}."
    ),
    "attention_parameters": (
        "Counted by hand and by machine, the network learns **{total:,} numbers**; **{share:.0%}** of them "
        "are the vectors of the {n_items:,} films."
    ),
    "second_block": (
        "On the **validation** queries one block reaches an NDCG@10 of **{one_valid:.3f}** after "
        "{one_seconds:.0f} s of training, two blocks **{two_valid:.3f}** after {two_seconds:.0f} s. So one "
        "was chosen. A log with more to learn from may want more: ask its validation part."
    ),
    "future_changed": (
        "In **{windows:,} histories** every film after a cut was replaced: {changed:,} films. All "
        "**{past:,} states** before the cuts kept every bit, and {moved:.1%} of the later states moved."
    ),
    "mask_removed": (
        "After {epochs} epochs the training loss is **{open:.2f}** without the mask and {masked:.2f} "
        "with it, which looks like a triumph. On the test queries NDCG@10 is **{ndcg_open:.3f}** "
        "without, {ndcg_masked:.3f} with the mask and {popular:.3f} for the most popular films."
    ),
    "even_share": (
        "Averaged over {n:,} histories of {length} films, the look of the last film is spread as if "
        "it fell evenly on **{effective:.0f}** of them."
    ),
    "attention_genres": (
        "Films looked at share **{looked:.1%}** of their genres with the last film. With the same "
        "weights by place, whatever stands there, they would share {place:.1%}. The 95% interval of the "
        "difference, over {users:,} people, runs from {low:+.1%} to {high:+.1%}."
    ),
    "attention_effect": (
        "For {people:,} people, each film but the last was hidden in turn. Ranks of attention and of "
        "effect correlate by **{attention:.2f}** (95% interval {low:.2f} to {high:.2f}; recency alone: "
        "{recency:.2f}). The film looked at most is the one that matters most for **{top:.0%}** of "
        "these people, and hiding the film that matters most moves {moved:.1%} of the probability."
    ),
    "attention_slope": (
        "From {first:,} to {last:,} films the time of a pass grows **{times:.0f}-fold**. On logarithmic "
        "axes its slope is {low:.1f} over the first doubling and **{high:.1f}** over the last. "
        "In multiplications, pairs overtake places at {cross:,} films."
    ),
    "remember_attention": (
        "Attention is a weighted mean with weights from dot products. Dividing by √d keeps the softmax "
        "alive: without it the largest of fifty weights takes {raw:.0%} at {d} numbers a vector, with it "
        "{scaled:.0%}."
    ),
    "remember_mask": (
        "The mask is what makes training honest: with the future changed, all {past:,} past states kept "
        "every bit; without the mask the loss fell to {open:.2f} and NDCG@10 to {ndcg:.3f}."
    ),
    "remember_reading": (
        "Padding stands on the right, so the answer stands at the last *real* place. Reading place −1 "
        "costs {lost:.0%} of NDCG@10."
    ),
    "remember_even": (
        "On this log SASRec is {verdict} the Markov chain ({sasrec:.3f} against {chain:.3f} in NDCG@10). "
        "With looks by distance alone, whatever stands there, the same network keeps {near:.0%} of that, "
        "with even looks, so a plain mean of the past, {even:.0%}: having attention is no measure of how "
        "much it is used."
    ),
    "remember_cost": (
        "Every pair of places costs: past {cross:,} films pairs are most of the multiplications, and "
        "from {first:,} to {last:,} films the time grew {times:.0f}-fold."
    ),
    "alt_attention_maps": (
        "Triangles of attention weights of {names} over one history, each weight beside an even look; "
        "in the last row the largest is {furthest:.1f} times an even look."
    ),
    "caption_attention_maps": (
        "Each row is a film that looks, each column a film looked at; nothing lies above the diagonal, "
        "where the future is. White is an even look at the whole past, teal more, violet less. A teal "
        "column is a film that all later ones look at. The last row's largest weight is {furthest:.1f} "
        "times an even look."
    ),
    "alt_last_look": (
        "How much the last film looks at the films before it, for the last {n} of {total}. {listed}; an "
        "even look would give {even:.1%} to each."
    ),
    "caption_last_look": (
        "Where the state that makes the recommendation comes from: the weights of the last film on "
        "the last {n} of {total} films, the latest at the bottom. {listed}. The dotted line is an even "
        "look, {even:.1%}."
    ),
    "alt_look_by_distance": (
        "Average weight by distance from the last film: {listed}; an even look would give {even:.1%}."
    ),
    "caption_look_by_distance": (
        "How much the last film looks at films that stand before it, by distance, averaged over all full "
        "test histories: {listed}. A model that forgets would fall to the right; the dotted line is an "
        "even look, {even:.1%}."
    ),
    "alt_distances": ("What is added to dot products by distance: {listed}."),
    "caption_distances": (
        "What each head learnt to add to its dot products for a film so many places back: {listed}. "
        "Plus one makes a weight e times as large, whatever film stands there."
    ),
    "alt_films_seen": (
        "{metric} by how many of the last films are read, with 95% intervals: {listed}; {bar} at "
        "{value:.3f}."
    ),
    "caption_films_seen": (
        "One fitted model, asked with only the last films of each history. {metric} by number of films, "
        "with 95% intervals over users; dotted the {bar}, which reads one."
    ),
    "alt_attention_cost": (
        "Three logarithmic charts against lengths from {first:,} to {last:,}: multiplications of pairs "
        "cross those of places at {cross:,}, seconds grow {times:.0f}-fold, memory grows with the square."
    ),
    "caption_attention_cost": (
        "Left the multiplications of one block, counted: work on pairs passes work on places at "
        "{cross:,} films (dotted). Middle the seconds of a pass through the network, right the memory of "
        "its attention weights, both measured. A slope of one is proportional, two is quadratic."
    ),
    # Evaluation
    "report_averages": "Averages over {queries:,} queries of {users:,} users.",
    "report_seeds": "{name} was fitted with {seeds} seeds, which are averaged.",
    "report_intervals": "Brackets hold 95% intervals by bootstrap over users, and seeds where there are several.",
    "report_listed_seen": "Items of a user's own history may be listed again.",
    "report_untrained": (
        "{untrained:,} of {targets:,} targets ({share:.2%}) have no training row: a recommender that "
        "knows an item only by its id cannot rank them, which counts as a miss."
    ),
    "report_repeated": (
        "{repeated:,} of {targets:,} targets ({share:.2%}) stand in their own history, whose items are "
        "not listed: they count as misses."
    ),
    "comparison": (
        "{a} is {verdict} {b}: {metric} differs by {difference} (95% interval {low} to {high})."
    ),
    "comparisons": (
        "Differences in {metric}. All {pairs:,} pairs are judged at once: where all recommenders are equally good, the "
        "chance that any of these verdicts finds a difference is about {error:.0%}."
    ),
    "rating_report": "Averages over {rows:,} ratings of {users:,} users; less is better.",
    # Figures: what a reader who cannot see them needs, and what to see in them
    "alt_matrix": (
        "Scatter of {users:,} users against {items:,} items, dense in the corner of active users "
        "and popular items, thin elsewhere; {filled:.1%} of the cells are filled."
    ),
    "caption_matrix": (
        "Every dot is one of {rows:,} interactions: users from the most active (top) to the "
        "least, items from the most popular (left) to those that nobody met. {filled:.1%} of "
        "the plane is filled, and most of that lies in one corner."
    ),
    "alt_long_tail": (
        "Two curves over items sorted by popularity: the counts fall over several powers of "
        "ten, and the running share rises steeply to one half after {half:,} items, then "
        "flattens."
    ),
    "caption_long_tail": (
        "Left: how many interactions each item has, by rank. Right: the share of all "
        "interactions that the most popular items hold together; if all items were equally "
        "popular it would follow the dotted line. {half:,} of {met:,} items hold half of all "
        "interactions; {untouched:,} more have none."
    ),
    "alt_agreement": (
        "Grid of shares between periods from {first} to {last}: high on the diagonal, falling with "
        "distance, {ends:.0%} in the far corner."
    ),
    "caption_agreement": (
        "The share of items that the most-popular lists of two periods have in common. The "
        "diagonal compares two random halves of the users of one period: it shows how much two "
        "lists differ by chance. Away from it the lists drift apart, to {ends:.0%} between "
        "{first} and {last}."
    ),
    "alt_pauses": (
        "Histogram of the pauses between neighbouring interactions of one user: {tied:.0%} are "
        "zero, {minute:.0%} are shorter than a minute, the longest last months or years."
    ),
    "caption_pauses": (
        "Pauses between neighbouring interactions of one user. The amber bar holds the "
        "{tied:.0%} that carry the same second; {minute:.0%} of all pauses are shorter than a "
        "minute."
    ),
    "alt_intervals": "Estimates with intervals of {quantity}: {listed}.",
    "caption_intervals": ("Dots are averages over users, bars their 95% intervals: {quantity}."),
    "alt_results": "{metric} of {n} models with 95% intervals, best first: {listed}.",
    "caption_results": (
        "{metric} averaged over all queries, with 95% intervals by bootstrap over users. Overlapping "
        "bars do not settle a comparison: the paired difference does."
    ),
    "alt_popularity": (
        "Running shares of list places over items sorted by popularity. At the tenth of the items that "
        "is most popular they stand at: {listed}; the items met next at {met:.0%}."
    ),
    "caption_popularity": (
        "How much of the lists goes to the most popular items. The grey line marks the most popular "
        "tenth of the catalogue, which takes {met:.0%} of what people met next (dotted). A line that "
        "rises earlier belongs to a recommender that knows fewer items."
    ),
    "alt_learning": "Training loss and validation {metric} by epoch. {listed}.",
    "caption_learning": (
        "Left the training loss, right the {metric} on validation queries, after each epoch. Training "
        "stops when the second no longer rises, and the weights of the marked epoch are kept. {listed}."
    ),
    "alt_history": (
        "Timeline of the last {n} items of one person, over {days:.1f} days, oldest first: {titles}."
    ),
    "caption_history": (
        "The last {n} items of one person, the latest at the bottom; to the left, how long before the "
        "last one each was met. Dots above each other were met in one sitting."
    ),
    "alt_growth": (
        "Memory and time of {methods} against the rows of the log, on logarithmic axes; the "
        "lines rise at different slopes."
    ),
    "caption_growth": (
        "Left the memory that holds the log as a table, right the time to count which items "
        "occur together. On logarithmic axes a straight line is a power: its slope tells how "
        "fast the cost grows. A line ends early where its table would pass the limit."
    ),
}
