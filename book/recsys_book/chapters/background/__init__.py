"""Exercises of the chapter background."""
