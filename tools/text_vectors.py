"""Make the vectors of film texts: python tools/text_vectors.py [--check], or make text.

Title, year and genres of each film of the small MovieLens set are read by WordLlama, and the first
numbers of each vector are written to data/text_vectors. It needs the extra `text`; what is written
needs nothing but NumPy. With `--check` nothing is written, but compared with what lies there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import wordllama

from recsys_book import text_vectors
from recsys_helpers import load_movielens

DIM = 128
"""The first so many of WordLlama's 256 numbers, which it is trained to allow."""


def vectors() -> text_vectors.Vectors:
    """Return film ids, shape (n,), and their vectors, shape (n, DIM)."""
    catalogue = load_movielens().catalogue
    model = wordllama.WordLlama.load(
        cache_dir=Path(wordllama.__file__).parent, disable_download=True, dim=256
    )
    texts = [text_vectors.sentence(**film) for film in catalogue.items.drop("item").to_dicts()]
    return catalogue.ids.astype(np.int32), model.embed(texts)[:, :DIM].astype(np.float16)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Make the vectors of film texts.")
    parser.add_argument("--check", action="store_true", help="compare with what is there")
    ids, made = vectors()
    if not parser.parse_args().check:
        text_vectors.FILE.parent.mkdir(exist_ok=True)
        np.savez_compressed(text_vectors.FILE, ids=ids, vectors=made)
        return 0
    known_ids, known = text_vectors.read()
    np.testing.assert_array_equal(ids, known_ids)
    np.testing.assert_allclose(made, known, atol=1e-3)
    print(f"{len(ids):,} vectors of length {DIM} are what the recipe makes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
