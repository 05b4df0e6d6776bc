"""Recommenders that are networks; they need TensorFlow."""
