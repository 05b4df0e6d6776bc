"""Optimizers: rules that turn gradients into steps."""

from recsys_helpers.optimizers.rules import (
    RULES as RULES,
    SGD as SGD,
    Adagrad as Adagrad,
    Adam as Adam,
    AdamW as AdamW,
    LazyAdam as LazyAdam,
    Momentum as Momentum,
    Nesterov as Nesterov,
    Optimizer as Optimizer,
    RMSProp as RMSProp,
    optimizer_of as optimizer_of,
)
