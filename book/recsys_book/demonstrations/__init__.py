"""Analyses that chapters show, tested like the package they stand on."""
