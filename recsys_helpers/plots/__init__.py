"""Pictures of logs and of results, each with an alternative text and a caption.

Their words come from the table of `sentences`, their numbers from the data.
"""

from recsys_helpers.plots.attention import (
    attention_cost,
    attention_maps,
    distances,
    films_seen,
    last_look,
    look_by_distance,
)
from recsys_helpers.plots.convolution import (
    caser_filters,
    gradients,
    paddings,
    places,
    receptive_field,
    themes,
)
from recsys_helpers.plots.descent import (
    bowls,
    descents,
    difference_errors,
    film_map,
    rate_cliff,
)
from recsys_helpers.plots.log import agreement, growth, log_matrix, long_tail, pauses
from recsys_helpers.plots.margins import (
    descent,
    dropped,
    fence,
    kernels,
    leak,
    margin_losses,
    streets,
    tube,
)
from recsys_helpers.plots.optimizers import (
    by_popularity,
    first_steps,
    lonely,
    rates,
    rule_descents,
    rule_losses,
    shrinking,
)
from recsys_helpers.plots.recurrence import (
    half_lives,
    influence,
    lengths,
    memory,
    moving_ranks,
    orders,
    reaches,
    recall_by_distance,
)
from recsys_helpers.plots.results import history, intervals, popularity, results
from recsys_helpers.plots.sgd import (
    gradient_noise,
    noise_floors,
    pair_losses,
    popularity_dial,
    races,
    taste_words,
)
from recsys_helpers.plots.training import learning
from recsys_helpers.plots.worked_example import (
    by_training_rows,
    data_flow,
    id_dropout,
    learnt_by_heart,
)

__all__ = [
    "agreement",
    "attention_cost",
    "attention_maps",
    "bowls",
    "by_popularity",
    "by_training_rows",
    "caser_filters",
    "data_flow",
    "descent",
    "descents",
    "difference_errors",
    "distances",
    "dropped",
    "fence",
    "film_map",
    "films_seen",
    "first_steps",
    "gradient_noise",
    "gradients",
    "growth",
    "half_lives",
    "history",
    "id_dropout",
    "influence",
    "intervals",
    "kernels",
    "last_look",
    "leak",
    "learning",
    "learnt_by_heart",
    "lengths",
    "log_matrix",
    "lonely",
    "long_tail",
    "look_by_distance",
    "margin_losses",
    "memory",
    "moving_ranks",
    "noise_floors",
    "orders",
    "paddings",
    "pair_losses",
    "pauses",
    "places",
    "popularity",
    "popularity_dial",
    "races",
    "rate_cliff",
    "rates",
    "reaches",
    "recall_by_distance",
    "receptive_field",
    "results",
    "rule_descents",
    "rule_losses",
    "shrinking",
    "streets",
    "taste_words",
    "themes",
    "tube",
]
