"""Learning rates that change: functions from the number of a step, from 0, to a rate."""

from __future__ import annotations

from math import cos, pi

from recsys_helpers import _arguments
from recsys_helpers.optimizers.rules import Schedule


def constant(rate: float) -> Schedule:
    r"""Return the schedule of one rate, :math:`\eta_t = \eta`.

    Parameters
    ----------
    rate
        :math:`\eta`, positive.

    Returns
    -------
    Schedule
        The same rate for every step.

    Raises
    ------
    ValueError
        If the rate is not positive.

    Examples
    --------
    >>> constant(0.1)(7)
    0.1
    """
    _arguments.positive("the learning rate", rate)
    return lambda step: rate


def exponential_decay(rate: float, factor: float, every: int, *, stairs: bool = False) -> Schedule:
    r"""Return a schedule that falls by a factor, :math:`\eta_t = \eta\, \gamma^{t / n}`.

    Parameters
    ----------
    rate
        :math:`\eta`, at the first step, positive.
    factor
        :math:`\gamma`, between 0 and 1.
    every
        :math:`n`, after how many steps the rate has fallen by the factor.
    stairs
        Whether to fall all at once after each n steps (step decay) rather than a little each step.

    Returns
    -------
    Schedule
        The rate of each step.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> [exponential_decay(0.8, factor=0.25, every=2)(step) for step in range(4)]
    [0.8, 0.4, 0.2, 0.1]
    >>> [exponential_decay(0.8, factor=0.25, every=2, stairs=True)(step) for step in range(4)]
    [0.8, 0.8, 0.2, 0.2]
    """
    constant(rate)
    _arguments.whole("every", every, 1)
    if not 0 < factor <= 1:
        raise ValueError(f"factor must lie above 0 and not above 1, not {factor}")
    return lambda step: rate * factor ** (step // every if stairs else step / every)


def cosine_decay(rate: float, steps: int, floor: float = 0.0) -> Schedule:
    r"""Return a schedule that falls along half a wave of the cosine, and then stays low.

    .. math::

        \eta_t = \eta \left( \phi + (1 - \phi)\, \tfrac12 \bigl( 1 + \cos(\pi \min(t, n) / n)
        \bigr) \right)

    Parameters
    ----------
    rate
        :math:`\eta`, at the first step, positive.
    steps
        :math:`n`, how many steps the fall takes.
    floor
        :math:`\phi`, which part of the rate remains, 0 to 1.

    Returns
    -------
    Schedule
        The rate of each step.

    Raises
    ------
    ValueError
        If a setting is out of range.

    References
    ----------
    Loshchilov and Hutter (2017), "SGDR: stochastic gradient descent with warm restarts", ICLR,
    section 3. https://arxiv.org/abs/1608.03983

    Examples
    --------
    >>> [round(cosine_decay(0.8, steps=4)(step), 3) for step in (0, 2, 4, 9)]
    [0.8, 0.4, 0.0, 0.0]
    """
    constant(rate)
    _arguments.whole("steps", steps, 1)
    if not 0 <= floor <= 1:
        raise ValueError(f"floor must lie between 0 and 1, not {floor}")
    return lambda step: (
        rate * (floor + (1 - floor) * 0.5 * (1 + cos(pi * min(step, steps) / steps)))
    )


def warm_up(steps: int, then: Schedule) -> Schedule:
    r"""Return a schedule that rises to another one's first rate along a line, then follows it.

    .. math:: \eta_t = \eta'_0\, t / n \quad \text{for} \quad t < n, \qquad \eta_t = \eta'_{t - n}

    The rate of step 0 is 0, as in Keras: the first step fills the optimizer's memory only.

    Parameters
    ----------
    steps
        :math:`n`, how many steps the rise takes.
    then
        :math:`\eta'`, the schedule to follow.

    Returns
    -------
    Schedule
        The rate of each step.

    Raises
    ------
    ValueError
        If `steps` is not a whole number of at least 1.

    Examples
    --------
    >>> [warm_up(2, exponential_decay(0.8, factor=0.5, every=1))(step) for step in range(5)]
    [0.0, 0.4, 0.8, 0.4, 0.2]
    """
    _arguments.whole("steps", steps, 1)
    return lambda step: then(0) * step / steps if step < steps else then(step - steps)
