"""Each picture of the book, drawn once from small numbers."""
