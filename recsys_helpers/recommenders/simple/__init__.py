"""Recommenders without training by steps: counts, neighbours, closed forms."""
