"""Rules that follow a gradient, learning rates over time, and a check of gradients."""

from recsys_helpers.optimizers.rules import (
    RULES,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    LazyAdam,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
    optimizer_of,
    path,
)

__all__ = [
    "RULES",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "LazyAdam",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "optimizer_of",
    "path",
]
