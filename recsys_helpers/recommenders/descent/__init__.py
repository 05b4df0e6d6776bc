"""Recommenders trained by gradient descent: factor models and logistic regression."""
