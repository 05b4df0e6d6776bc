"""Recommenders that follow a gradient: factor models and logistic regression."""
