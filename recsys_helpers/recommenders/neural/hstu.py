"""A Transformer that may read how much time passed: HSTU.

Zhai et al. (2024), "Actions speak louder than words: trillion-parameter sequential transducers for
generative recommendations", ICML, PMLR 235. https://arxiv.org/abs/2402.17152
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from recsys_helpers import _arguments
from recsys_helpers.log.interactions import Interactions
from recsys_helpers.log.queries import Queries
from recsys_helpers.recommenders.neural.backend import Tensor, tf
from recsys_helpers.recommenders.neural.network import SequenceNetwork, seeds
from recsys_helpers.recommenders.neural.transformer import N_GAPS, Encoder, TransformerRecommender

NEEDS: dict[str, list[str]] = {"none": [], "gaps": ["times"], "asked": ["times", "at"]}
"""What a history must carry for each setting of `time`."""


def gap_buckets(times: Tensor, now: Tensor) -> Tensor:
    r"""Return the bucket of the time gap from each item to the present of each position.

    .. math:: m = \lfloor \log_2(1 + 2 \max(\text{now}_t - \text{times}_s, 0)) \rfloor

    Bucket 0 holds no gap at all, 1 a gap of one second (or whatever the log's times count), 2 two
    or three, 3 four to seven: each is as wide as all smaller ones together.

    Parameters
    ----------
    times, now
        The time of each item, and the present time at each position, shape (b, l) each, int64.

    Returns
    -------
    Tensor
        Shape (b, l, l), from 0 to 63, at [·, t, s].

    Examples
    --------
    >>> times = tf.constant([[100, 101, 107]], tf.int64)
    >>> gap_buckets(times, times).numpy()[0].tolist()
    [[0, 0, 0], [1, 0, 0], [3, 3, 0]]
    """
    gaps = tf.cast(tf.maximum(now[:, :, None] - times[:, None, :], 0), tf.float64)  # (b, l, l)
    numbers = tf.floor(tf.math.log(2 * gaps + 1) / math.log(2))  # never near a whole number
    return tf.minimum(tf.cast(numbers, tf.int32), N_GAPS - 1)


class HSTUNetwork(SequenceNetwork):
    """Item vectors, and Transformer blocks that see the past alone."""

    def __init__(self, n_items: int, settings: HSTU) -> None:
        seed_of = seeds(settings.seed)
        super().__init__(n_items, settings.dim, next(seed_of))
        self.n_times = len(NEEDS[settings.time])
        self.temperature = settings.temperature
        self.encoder = Encoder(settings, next(seed_of), timed=self.n_times > 0)

    def item_vectors(self, training: bool = False) -> Tensor:
        """Return the item vectors, shape (n_items, dim); of length 1 with a temperature."""
        return self.items if self.temperature is None else tf.nn.l2_normalize(self.items, 1)

    def states(
        self,
        codes: Tensor,
        item_vectors: Tensor,
        training: bool = False,
        times: Tensor | None = None,
        asked: Tensor | None = None,
    ) -> Tensor:
        """Return the states after each item of codes (b, l), shape (b, l, dim).

        `times` holds the time of each item and `asked` the time at which the next one is asked for,
        shape (b, l) each. Without `asked`, the present of a position is the time of its item.
        """
        x = tf.gather(self.items, codes) * self.items.shape[1] ** 0.5  # (b, l, dim)
        position = tf.range(tf.shape(codes)[1])
        visible = position[:, None] >= position  # (l, l)
        gaps = None
        if times is not None:
            gaps = gap_buckets(times, times if asked is None else asked)  # (b, l, l)
        x = self.encoder(x, visible, gaps, training=training)
        if self.temperature is not None:
            x = tf.nn.l2_normalize(x, 2) / self.temperature
        return x  # (b, l, dim)


@dataclass(eq=False, kw_only=True)
class HSTU(TransformerRecommender):
    r"""Ranks items by what a Transformer makes of the last `max_len` items and their times.

    .. math:: s_j = e_j^\top h_n, \qquad \text{or } \cos(e_j, h_n) / \tau \text{ with a temperature}

    .. math:: b_{ts} = d_{t - s} + g_{m}, \qquad
        m = \lfloor \log_2(1 + 2 (\text{now}_t - \text{time}_s)) \rfloor

    where :math:`h_n` is the network's state at the last item, :math:`e_j` the vector of item j, and
    :math:`b_{ts}` is added to the logit with which position t attends to position s: a learnt bias
    for the distance and one for the bucket of the time gap. `Attention` explains the rest of a
    block; each part can be taken away on its own.

    With ``time="gaps"``, now is the time of item t. With ``time="asked"``, as in the authors' code,
    it is the time at which the next item is asked for; in training, that is the next item's own
    time. **These are two different tasks.** When a user comes back is information that other models
    do not have. A comparison of "asked" with "gaps", or with a model that reads no times, measures
    what that information is worth, not which network is better.

    As in the paper: a gate, no feed-forward layers, layers normalised before each part, learnt
    biases for distance and time. What differs:

    - attention is a softmax; the paper's is "pointwise", which reached less on the validation part
      of the small MovieLens log, even with the dropout of 0.5 and rate of 2e-3 that suit it better;
    - pointwise, SiLUs are divided by the number of positions seen; in the authors' code by
      `max_len`;
    - times are not read by default, and their buckets double in width, where those of the authors'
      code grow by 35 %;
    - dropout applies to attention weights too, and no position vectors are added to the input;
    - the loss is the softmax over all items; the paper's is "sampled_softmax", in the authors' code
      with a `temperature` of 0.05;
    - it learns from whole histories, cut into windows anew in each epoch, and items are scored with
      the running average of the weights.

    All further parameters are those of `TransformerRecommender` and `NetworkSettings`.

    Parameters
    ----------
    time
        Which time gaps are read: "none"; "gaps", those between the items of a history, which needs
        `times`; or "asked", those between the items and the time of asking, which needs `at` too. A
        softmax drops a bias that all items share, so a long pause before asking is told by
        pointwise attention alone.
    temperature
        By which cosines of states and item vectors are divided; None for dot products.
    """

    gate: bool = True
    forward: int | None = None
    time: Literal["none", "gaps", "asked"] = "none"
    temperature: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.choice("time", self.time, NEEDS)
        if self.temperature is not None:
            _arguments.positive("temperature", self.temperature)
        self.needs = frozenset(NEEDS[self.time])

    def _network(self, n_items: int) -> HSTUNetwork:
        return HSTUNetwork(n_items, self)

    def _fit(self, train: Interactions, valid: Queries | None) -> None:
        if self.needs and (train.times is None or train.time_unit == "rows"):
            raise ValueError(
                f"HSTU(time={self.time!r}) reads how much time passes, and this log has no times: "
                "name their column, or set time='none'"
            )
        super()._fit(train, valid)
