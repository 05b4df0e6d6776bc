"""Rules that follow a gradient."""

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
]
