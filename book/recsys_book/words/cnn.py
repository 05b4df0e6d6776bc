"""The words of chapter 3.1.1, Convolution."""

TEMPLATES = {
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
        "anywhere {anywhere:.1%}. Learnt filters exceed random ones by {difference:.1p} percentage "
        "points (95% interval over filters {low:.1p} to {high:.1p}). **{clear:.0%}** of the learnt filters, and "
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
}
