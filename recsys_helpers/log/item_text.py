"""The text of items as words, a vocabulary, and arrays: TF-IDF vectors and tokens."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from recsys_helpers._types import F64, I32, Bool
from recsys_helpers.log.interactions import Interactions

LETTERS = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*"  # accents and vowel signs (M) are no letters (L)
WORD = rf"{LETTERS}(?:['’]{LETTERS})*"
UNSPACED = (
    *("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA"),
    *("THAI", "LAO", "KHMER", "MYANMAR"),
)
"""How the Unicode names of characters begin in scripts that put no space between words."""

TEXT = (pl.String, pl.Categorical, pl.Enum)


def text_columns(table: pl.DataFrame) -> list[str]:
    """Return the names of the columns with text or lists of text, the id column left out.

    Parameters
    ----------
    table
        A table whose first column holds the ids, such as `Catalogue.items` or
        `Interactions.item_tags()`.

    Returns
    -------
    list of str
        Names, in the order of the table.

    Examples
    --------
    >>> text_columns(pl.DataFrame({"item": ["a"], "title": ["Heat"], "year": [1995]}))
    ['title']
    """
    kinds = [dtype.inner if isinstance(dtype, pl.List) else dtype for dtype in table.dtypes]
    named = list(zip(table.columns, kinds, strict=True))[1:]
    return [column for column, kind in named if kind in TEXT]


def words(*tables: pl.DataFrame) -> list[list[str]]:
    """Return the words of each item in lower case, each prefixed with the name of its column.

    Text is split into its words, in order. Scripts that put no space between words, such as
    Chinese, Japanese and Thai, are split into overlapping pairs of neighbouring characters, as
    search engines do, so that similar titles have pairs in common. In a column of lists each entry
    is one word, spaces included; entries are listed once, the most frequent first. Columns of
    numbers and other types are not read.

    Parameters
    ----------
    tables
        Tables of the same n items in the same order, with the ids in the first column.

    Returns
    -------
    list of list of str
        For each item its words, column after column.

    Raises
    ------
    ValueError
        If the tables differ in length.

    Examples
    --------
    >>> items = pl.DataFrame({"item": [1], "title": ["The Car"], "genres": [["Film-Noir"]]})
    >>> words(items, pl.DataFrame({"item": [1], "tags": [["Dark", "slow", "dark"]]}))
    [['title:the', 'title:car', 'genres:film-noir', 'tags:dark', 'tags:slow']]
    >>> words(pl.DataFrame({"item": [1, 2], "title": ["红楼梦 2010", "The梦"]}))
    [['title:红楼', 'title:楼梦', 'title:2010'], ['title:the', 'title:梦']]

    References
    ----------
    Nie, Gao, Zhang and Zhou (2000), "On the use of words and n-grams for Chinese information
    retrieval", IRAL. https://doi.org/10.1145/355214.355235
    """
    if len({table.height for table in tables}) != 1:
        raise ValueError("tables must have one row for each of the same items, in the same order")
    texts: list[list[str]] = [[] for _ in range(tables[0].height)]
    for table in tables:
        for column in text_columns(table):
            entries = table[column].to_list()
            is_text = not isinstance(table.schema[column], pl.List)
            read = _read_text(entries) if is_text else map(_read_labels, entries)
            for text, found in zip(texts, read, strict=True):
                text += [f"{column}:{word}" for word in found]
    return texts


def _folded(text: str) -> str:
    """Return text without capitals, each accent composed with its letter (Unicode NFC)."""
    return unicodedata.normalize("NFC", text.casefold())


def _read_labels(entry: list[str | None] | None) -> list[str]:
    labels = Counter(_folded(label.strip()) for label in entry or () if label is not None)
    return [label for label, _ in labels.most_common() if label]


def _read_text(entries: list[str | None]) -> Iterable[list[str]]:
    folded = pl.Series([_folded(entry or "") for entry in entries], dtype=pl.String)
    for found in folded.str.extract_all(WORD).to_list():
        yield [part for word in found for part in _parts(word)]


def _parts(word: str) -> list[str]:
    """Return the parts of a word: runs of an unspaced script are split into character pairs."""
    if word.isascii():
        return [word]
    characters: list[str] = []
    for sign in word:
        if unicodedata.category(sign).startswith("M"):  # belongs to the character before it
            characters[-1] += sign
        else:
            characters.append(sign)
    parts: list[str] = []
    for unspaced, run in groupby(characters, _is_unspaced):
        own = list(run)
        pairs = [first + second for first, second in pairwise(own)] if unspaced else []
        parts += pairs or ["".join(own).strip("'’")]
    return parts


def _is_unspaced(character: str) -> bool:
    return unicodedata.name(character[0], "").startswith(UNSPACED)


def vocabulary(texts: Iterable[Sequence[str]], known: Bool, min_items: int) -> NDArray[np.str_]:
    """Return the words that occur in enough of the items to learn from.

    A word that only one item has identifies this item, but says nothing about any other.

    Parameters
    ----------
    texts
        The words of n items.
    known
        Which of them to learn from, shape (n,).
    min_items
        In how many of those a word must occur, at least 1.

    Returns
    -------
    NDArray[np.str_]
        Words, sorted.

    Examples
    --------
    >>> vocabulary([["a", "b"], ["b"], ["b", "c"], ["c"]], np.array([1, 1, 1, 0]) > 0, 2)
    array(['b'], dtype='<U1')
    """
    counts = Counter(
        word for text, is_known in zip(texts, known, strict=True) if is_known for word in set(text)
    )
    return np.array(sorted(word for word, n in counts.items() if n >= min_items), np.str_)


def tokens(texts: Sequence[Sequence[str]], known: NDArray[np.str_], n_tokens: int) -> I32:
    """Return the position of each word in the vocabulary; words that are not in it are left out.

    Parameters
    ----------
    texts
        The words of n items.
    known
        The vocabulary, shape (n_words,).
    n_tokens
        How many words of each item to keep at most: the first ones.

    Returns
    -------
    I32
        Shape (n, n_tokens), padded on the right with −1.

    Examples
    --------
    >>> tokens([["c", "x", "a"], []], np.array(["a", "b", "c"]), 3)
    array([[ 2,  0, -1],
           [-1, -1, -1]], dtype=int32)
    """
    codes = np.full((len(texts), n_tokens), -1, np.int32)
    for row, text in zip(codes, _codes(texts, known), strict=True):
        first = text[:n_tokens]
        row[: len(first)] = first
    return codes


def _codes(texts: Sequence[Sequence[str]], known: NDArray[np.str_]) -> list[list[int]]:
    """Return the position of each word in the vocabulary, without words that are not in it."""
    code = {word: position for position, word in enumerate(known.tolist())}
    return [[code[word] for word in text if word in code] for text in texts]


def idf(texts: Sequence[Sequence[str]], known: NDArray[np.str_], learnt: Bool) -> F64:
    r"""Return the weight of each word: the more, the fewer items have it.

    .. math:: 1 + \log \frac{1 + n}{1 + n_w}

    where :math:`n_w` of the n items to learn from have word w.

    Parameters
    ----------
    texts
        The words of all items.
    known
        The vocabulary, shape (n_words,); other words are left out.
    learnt
        Which items n and :math:`n_w` count, shape (n_items,): those to learn from.

    Returns
    -------
    F64
        Shape (n_words,).

    Examples
    --------
    >>> texts = [["a", "b"], ["b", "b"], ["a"]]
    >>> idf(texts, np.array(["a", "b"]), np.array([True, True, False])).round(2)
    array([1.41, 1.  ])
    """
    with_word = (_counts(texts, known)[np.flatnonzero(learnt)] > 0).sum(axis=0)  # (n_words,)
    weights: F64 = 1 + np.log((1 + learnt.sum()) / (1 + with_word))
    return weights


def weighted(
    texts: Sequence[Sequence[str]], known: NDArray[np.str_], weights: F64
) -> sparse.csr_array[np.float32]:
    """Return a vector of length 1 for each item: its word counts times the weights of words.

    Parameters
    ----------
    texts
        The words of all items.
    known, weights
        The vocabulary, and the weight of each word, shape (n_words,).

    Returns
    -------
    scipy.sparse.csr_array
        Shape (n_items, n_words), float32; a row of zeros for an item without a word.

    Examples
    --------
    >>> weighted([["a", "b"], ["b"]], np.array(["a", "b"]), np.array([3.0, 4.0])).toarray()
    array([[0.6, 0.8],
           [0. , 1. ]], dtype=float32)
    """
    counts = _counts(texts, known)
    values = counts.data * weights[counts.indices]
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    norms = np.sqrt(np.bincount(rows, values**2, len(texts)))
    return sparse.csr_array(
        ((values / norms[rows]).astype(np.float32), counts.indices, counts.indptr),
        shape=counts.shape,
    )


def _counts(
    texts: Sequence[Sequence[str]], known: NDArray[np.str_]
) -> sparse.csr_array[np.float64]:
    """Return how often each item has each word, shape (n_items, n_words)."""
    codes = _codes(texts, known)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in codes])
    columns = np.array([code for text in codes for code in text], np.int64)
    shape = (len(texts), len(known))
    return sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()


def tf_idf(
    texts: Sequence[Sequence[str]], known: NDArray[np.str_], learnt: Bool
) -> sparse.csr_array[np.float32]:
    r"""Return a vector of length 1 for each item: its word counts, with rare words weighted up.

    .. math:: x_{iw} \propto n_{iw} \Bigl( 1 + \log \frac{1 + n}{1 + n_w} \Bigr)

    where item i has word w :math:`n_{iw}` times, and :math:`n_w` of the n items to learn from
    have it.

    Parameters
    ----------
    texts
        The words of all items.
    known
        The vocabulary, shape (n_words,); other words are left out.
    learnt
        Which items n and :math:`n_w` count, shape (n_items,): those to learn from.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (n_items, n_words), float32; a row of zeros for an item without a word.

    References
    ----------
    Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval", Information
    Processing & Management 24(5). https://doi.org/10.1016/0306-4573(88)90021-0

    Examples
    --------
    >>> texts = [["a", "b"], ["b"], []]
    >>> tf_idf(texts, np.array(["a", "b"]), np.array([True, True, False])).toarray().round(2)
    array([[0.81, 0.58],
           [0.  , 1.  ],
           [0.  , 0.  ]], dtype=float32)
    """
    return weighted(texts, known, idf(texts, known, learnt))


def learnt_from(train: Interactions, min_items: int) -> tuple[NDArray[np.str_], sparse.csr_array]:
    """Return the vocabulary of a log's items, and their `tf_idf` vectors.

    Vocabulary and word weights come from items with rows in the log; all items of the catalogue get
    a vector.

    Parameters
    ----------
    train
        The log; its item table and tags are read.
    min_items
        In how many items with rows a word must occur, at least 1.

    Returns
    -------
    vocabulary, vectors
        Shapes (n_words,) and (n_items, n_words).
    """
    known = np.bincount(train.items, minlength=train.n_items) > 0
    texts = words(train.catalogue.items, train.item_tags())
    learnt = vocabulary(texts, known, min_items)
    return learnt, tf_idf(texts, learnt, known)
