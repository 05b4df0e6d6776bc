"""Analyses that chapters show, tested like the package that they use."""
