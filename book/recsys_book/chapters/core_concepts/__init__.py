"""Exercises of the chapter core_concepts."""
