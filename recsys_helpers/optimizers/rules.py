"""Optimizers: each is a rule that turns gradients into steps, a few lines of NumPy.

Conventions and defaults are those of Keras 3, so that both take the same steps: Adagrad's sum
starts at 0.1; Adagrad and RMSProp add epsilon inside the root, Adam outside it; and a row whose
gradient is 0 still moves under momentum and Adam, because they remember earlier gradients. Only the
default of `momentum` is ours: Keras has 0, which is plain SGD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from math import sqrt
from typing import ClassVar, TypeAlias

import numpy as np

from recsys_helpers import _arguments
from recsys_helpers._types import Floats

Schedule: TypeAlias = Callable[[int], float]
"""A function from the number of a step, counted from 0, to its learning rate."""

# What a rule remembers of earlier gradients for one parameter: arrays by name.
Memory: TypeAlias = dict[str, Floats]


@dataclass(eq=False)
class Optimizer:
    """Changes parameters in steps, given their gradients; each subclass is one rule.

    Parameters
    ----------
    learning_rate
        A positive number, or a schedule: a function that returns it for each step, counted from 0.

    Attributes
    ----------
    steps
        Number of steps taken so far.
    memory
        For each parameter, what the rule remembers of earlier gradients: arrays by name.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> theta = np.array([1.0, -2.0])
    >>> SGD(learning_rate=0.1).step([theta], [np.array([3.0, -10.0])])
    >>> theta
    array([ 0.7, -1. ])
    """

    remembers: ClassVar[tuple[str, ...]] = ()
    start = 0.0  # value of the memory before the first step

    learning_rate: float | Schedule

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            _arguments.positive("the learning rate", self.learning_rate)
        self.steps = 0
        self.memory: list[Memory] = []

    def step(self, parameters: Sequence[Floats], gradients: Sequence[Floats]) -> None:
        """Take one step: change the parameters in place.

        Parameters
        ----------
        parameters
            Arrays of floats, the same ones at every call.
        gradients
            The gradients of the loss for these parameters, in the same shapes.

        Raises
        ------
        ValueError
            If there are more or fewer gradients than parameters, if shapes differ, or if either is
            not as in the first step.
        """
        if len(parameters) != len(gradients):
            raise ValueError(f"{len(gradients)} gradients for {len(parameters)} parameters")
        if not self.steps:
            self.memory = [
                {name: np.full_like(parameter, self.start) for name in self.remembers}
                for parameter in parameters
            ]
        elif len(self.memory) != len(parameters):
            raise ValueError(f"the first step had {len(self.memory)} parameters: make a new one")
        rate = self.learning_rate
        if callable(rate):
            rate = rate(self.steps)
        for parameter, gradient, memory in zip(parameters, gradients, self.memory, strict=True):
            shapes = {parameter.shape, gradient.shape, *(slot.shape for slot in memory.values())}
            if len(shapes) > 1:
                raise ValueError(f"shapes of parameter, gradient and memory differ: {shapes}")
            self._move(parameter, gradient, memory, rate)
        self.steps += 1

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        raise NotImplementedError


@dataclass(eq=False)
class SGD(Optimizer):
    r"""Takes a step against the gradient: plain (stochastic) gradient descent.

    .. math:: \theta \leftarrow \theta - \eta g

    With the gradient of all data this is gradient descent; with that of a mini-batch, stochastic
    gradient descent.

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.

    References
    ----------
    Robbins and Monro (1951), "A stochastic approximation method", Annals of Mathematical
    Statistics 22(3). https://doi.org/10.1214/aoms/1177729586
    """

    learning_rate: float | Schedule = 0.01

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        theta -= rate * gradient


@dataclass(eq=False)
class Momentum(Optimizer):
    r"""Adds up past gradients, so that steps in a steady direction become longer.

    .. math:: v \leftarrow \mu v - \eta g, \qquad \theta \leftarrow \theta + v

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    momentum
        :math:`\mu`, the share of the speed v that each step keeps, from 0 to below 1.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Polyak (1964), "Some methods of speeding up the convergence of iteration methods", USSR
    Computational Mathematics and Mathematical Physics 4(5).
    https://doi.org/10.1016/0041-5553(64)90137-5

    Examples
    --------
    >>> theta, rule = np.array([0.0]), Momentum(learning_rate=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     rule.step([theta], [np.array([1.0])])
    >>> theta  # −0.1, then −0.1 − 0.05 more
    array([-0.25])
    """

    remembers = ("speed",)

    learning_rate: float | Schedule = 0.01
    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.fraction("momentum", self.momentum)

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        speed = memory["speed"]
        speed *= self.momentum
        speed -= rate * gradient
        theta += self._change(speed, gradient, rate)

    def _change(self, speed: Floats, gradient: Floats, rate: float) -> Floats:
        return speed


class Nesterov(Momentum):
    r"""Momentum with the gradient taken at the point to which momentum is about to move.

    .. math:: v \leftarrow \mu v - \eta g, \qquad \theta \leftarrow \theta + \mu v - \eta g

    The parameters are kept at this look-ahead point, so that the next gradient is computed there.

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    momentum
        :math:`\mu`, the share of the speed v that each step keeps, from 0 to below 1.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and momentum
    in deep learning", ICML, section 2. https://proceedings.mlr.press/v28/sutskever13.html

    Examples
    --------
    >>> theta = np.array([0.0])
    >>> Nesterov(learning_rate=0.1, momentum=0.5).step([theta], [np.array([1.0])])
    >>> theta  # v = −0.1; the step is half of v, and −0.1
    array([-0.15])
    """

    def _change(self, speed: Floats, gradient: Floats, rate: float) -> Floats:
        return self.momentum * speed - rate * gradient


@dataclass(eq=False)
class Adagrad(Optimizer):
    r"""Divides each gradient by the root of the sum of its squares so far.

    .. math::

        s \leftarrow s + g^2, \qquad \theta \leftarrow \theta - \eta \frac{g}{\sqrt{s + \epsilon}}

    All operations are elementwise. A coordinate that seldom has a gradient keeps long steps.

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    start
        :math:`s` before the first step, 0 or more.
    epsilon
        :math:`\epsilon`, positive.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Duchi, Hazan and Singer (2011), "Adaptive subgradient methods for online learning and
    stochastic optimization", JMLR 12. https://jmlr.org/papers/v12/duchi11a.html

    Examples
    --------
    >>> theta = np.array([0.0, 0.0])
    >>> Adagrad(learning_rate=0.1, start=0.0).step([theta], [np.array([0.01, -100.0])])
    >>> theta.round(3)  # the first step has length η, whatever the gradient
    array([-0.1,  0.1])
    """

    remembers = ("squares",)

    learning_rate: float | Schedule = 0.001
    start: float = 0.1
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.not_negative("start", self.start)
        _arguments.positive("epsilon", self.epsilon)

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        squares = memory["squares"]
        squares += gradient**2
        theta -= rate * gradient / np.sqrt(squares + self.epsilon)


@dataclass(eq=False)
class RMSProp(Optimizer):
    r"""Divides each gradient by the root of a running mean of its squares.

    .. math::

        s \leftarrow \rho s + (1 - \rho) g^2, \qquad
        \theta \leftarrow \theta - \eta \frac{g}{\sqrt{s + \epsilon}}

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    decay
        :math:`\rho`, the share of the running mean that each step keeps, from 0 to below 1.
    epsilon
        :math:`\epsilon`, positive.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Tieleman and Hinton (2012), "Neural networks for machine learning", lecture 6e.
    https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf

    Examples
    --------
    >>> theta = np.array([0.0])
    >>> RMSProp(learning_rate=0.1, decay=0.75).step([theta], [np.array([3.0])])
    >>> theta.round(3)  # s = (1 − 0.75) · 9 = 9 / 4, its root is 3 / 2
    array([-0.2])
    """

    remembers = ("squares",)

    learning_rate: float | Schedule = 0.001
    decay: float = 0.9
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.fraction("decay", self.decay)
        _arguments.positive("epsilon", self.epsilon)

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        squares = memory["squares"]
        squares *= self.decay
        squares += (1 - self.decay) * gradient**2
        theta -= rate * gradient / np.sqrt(squares + self.epsilon)


@dataclass(eq=False)
class Adam(Optimizer):
    r"""Divides a running mean of gradients by the root of one of their squares.

    Both means start at 0; the factor in the formula corrects for that.

    .. math::

        m &\leftarrow \beta_1 m + (1 - \beta_1) g, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2) g^2 \\
        \theta &\leftarrow \theta - \eta
        \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t} \frac{m}{\sqrt{v} + \epsilon}

    at step t = 1, 2, …

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    beta_1, beta_2
        The shares of m and of v that each step keeps, from 0 to below 1.
    epsilon
        :math:`\epsilon`, positive. It is added to the root before the correction, as the paper
        suggests at the end of section 2, not after it as in algorithm 1.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Kingma and Ba (2015), "Adam: a method for stochastic optimization", ICLR, algorithm 1.
    https://arxiv.org/abs/1412.6980

    Examples
    --------
    >>> theta, rule = np.array([0.0, 0.0]), Adam(learning_rate=0.1)
    >>> rule.step([theta], [np.array([5.0, -0.01])])
    >>> theta.round(3)  # the first step has length η in every coordinate
    array([-0.1,  0.1])
    """

    remembers = ("mean", "squares")

    learning_rate: float | Schedule = 0.001
    _: KW_ONLY
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.fraction("beta_1", self.beta_1)
        _arguments.fraction("beta_2", self.beta_2)
        _arguments.positive("epsilon", self.epsilon)

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        mean, squares, t = memory["mean"], memory["squares"], self.steps + 1
        mean += (1 - self.beta_1) * (gradient - mean)
        squares += (1 - self.beta_2) * (gradient**2 - squares)
        corrected = rate * sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        theta -= corrected * mean / (np.sqrt(squares) + self.epsilon)


@dataclass(eq=False)
class AdamW(Adam):
    r"""Adam with decoupled weight decay: before each step, all parameters shrink by a fixed share.

    .. math:: \theta \leftarrow (1 - \eta \lambda) \theta

    A penalty in the loss would be divided by the size of the gradients, like all of the gradient,
    so that parameters with large gradients would hardly shrink.

    Parameters
    ----------
    learning_rate
        :math:`\eta`, or a schedule of it.
    weight_decay
        :math:`\lambda`, 0 or more; as in Keras, it is multiplied by the learning rate.
    beta_1, beta_2, epsilon
        As in `Adam`.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Loshchilov and Hutter (2019), "Decoupled weight decay regularization", ICLR, algorithm 2.
    https://arxiv.org/abs/1711.05101

    Examples
    --------
    >>> theta = np.array([2.0])
    >>> AdamW(learning_rate=0.1, weight_decay=0.5).step([theta], [np.array([0.0])])
    >>> theta  # 2 · (1 − 0.1 · 0.5)
    array([1.9])
    """

    weight_decay: float = field(default=0.004, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        _arguments.not_negative("weight_decay", self.weight_decay)

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        theta *= 1 - rate * self.weight_decay
        super()._move(theta, gradient, memory, rate)


class LazyAdam(Adam):
    """Adam that leaves a row and its memory unchanged in steps in which the row's gradient is 0.

    Rows are along the first axis: one embedding each. The correction for the start at 0 counts all
    steps, including those in which a row did not change.

    Parameters
    ----------
    learning_rate, beta_1, beta_2, epsilon
        As in `Adam`.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> moved = {}
    >>> for rule in (Adam(learning_rate=0.1), LazyAdam(learning_rate=0.1)):
    ...     theta = np.zeros((2, 1))
    ...     rule.step([theta], [np.array([[1.0], [1.0]])])
    ...     rule.step([theta], [np.array([[0.0], [1.0]])])
    ...     moved[type(rule).__name__] = theta.ravel().round(3)
    >>> moved["Adam"], moved["LazyAdam"]
    (array([-0.167, -0.2  ]), array([-0.1, -0.2]))
    """

    def _move(self, theta: Floats, gradient: Floats, memory: Memory, rate: float) -> None:
        rows = np.flatnonzero(gradient.reshape(len(gradient), -1).any(axis=1))
        moving = theta[rows]
        memory_of_rows = {name: slot[rows] for name, slot in memory.items()}
        super()._move(moving, gradient[rows], memory_of_rows, rate)
        theta[rows] = moving
        for name, slot in memory.items():
            slot[rows] = memory_of_rows[name]


RULES: dict[str, Callable[[float], Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
    "lazy adam": LazyAdam,
}
"""The rules by the names that recommenders accept as `optimizer`.

Each value makes a new optimizer from a learning rate. You can add a rule of your own, or one with
other settings, under a new name.
"""


def optimizer_of(name: str, learning_rate: float | None) -> Optimizer:
    """Return a new optimizer by the name of its rule in `RULES`.

    Parameters
    ----------
    name
        A key of `RULES`.
    learning_rate
        Positive.

    Returns
    -------
    Optimizer
        A new one, which has taken no step yet.

    Raises
    ------
    ValueError
        If there is no such rule, or the learning rate is None or not positive.

    Examples
    --------
    >>> type(optimizer_of("adam", 0.1)).__name__
    'Adam'
    """
    if not isinstance(name, str) or name not in RULES:
        raise ValueError(f"there is no optimizer {name!r}; the name is one of {', '.join(RULES)}")
    if learning_rate is None:
        raise ValueError(f"optimizer={name!r} needs a learning_rate")
    _arguments.positive("learning_rate", learning_rate)
    return RULES[name](learning_rate)
