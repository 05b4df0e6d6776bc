"""The publisher's files of MovieLens, turned into tables."""

from __future__ import annotations

import re

import polars as pl

RATINGS = {
    "userId": pl.Int64,
    "movieId": pl.Int64,
    "rating": pl.Float32,
    "timestamp": pl.Int64,
}
NO_GENRES = "(no genres listed)"

YEAR = re.compile(r"^(.*?)\s*\((\d{4})(?:[–-]\s*\d{0,4}\s*)?\)$")
ARTICLES = "The|An|A|La|Les|Le|L'|Il|Lo|Gli|I|El|Los|Las|Der|Die|Das|Den|Det|De|En|Une|Una|Un|Da"
ARTICLE = re.compile(rf"(^|\()(a\.k\.a\. )?([^()]+?), ({ARTICLES})(?=\s*(?::|\(|\)|$))")


def split_title(text: str) -> tuple[str, int | None]:
    """Return a film's title as one would say it, and its year if there is one.

    The publisher sorts by the first noun; here the article stands in front again. Of a range of
    years the first is taken.

    Examples
    --------
    >>> split_title("Toy Story (1995)")
    ('Toy Story', 1995)
    >>> split_title("City of Lost Children, The (Cité des enfants perdus, La) (1995)")
    ('The City of Lost Children (La Cité des enfants perdus)', 1995)
    >>> split_title("Babylon 5")
    ('Babylon 5', None)
    """
    text = text.strip()
    match = YEAR.match(text)
    title, year = (match[1], int(match[2])) if match else (text, None)
    return ARTICLE.sub(_article_first, title), year


def _article_first(match: re.Match[str]) -> str:
    opening, known_as, noun, article = match.groups()
    gap = "" if article.endswith("'") else " "
    return f"{opening}{known_as or ''}{article}{gap}{noun}"


def films(ids: list[int], titles: list[str], genres: list[str]) -> pl.DataFrame:
    """Return the item table: movieId, title, year and genres."""
    split = [split_title(title) for title in titles]
    lists = [[] if text == NO_GENRES else text.split("|") for text in genres]
    return pl.DataFrame(
        {
            "movieId": ids,
            "title": [title for title, _ in split],
            "year": [year for _, year in split],
            "genres": lists,
        },
        schema={
            "movieId": pl.Int64,
            "title": pl.String,
            "year": pl.Int32,
            "genres": pl.List(pl.String),
        },
    )


def ratings_csv(data: bytes) -> pl.DataFrame:
    """Read ratings.csv of the small and the 32M set."""
    return pl.read_csv(data, schema=RATINGS)


def films_csv(data: bytes) -> pl.DataFrame:
    """Read movies.csv of the small and the 32M set."""
    table = pl.read_csv(data, schema={"movieId": pl.Int64, "title": pl.String, "genres": pl.String})
    return films(*(table[name].to_list() for name in ("movieId", "title", "genres")))


def tags_csv(data: bytes) -> pl.DataFrame:
    """Read tags.csv of the small and the 32M set."""
    schema = {"userId": pl.Int64, "movieId": pl.Int64, "tag": pl.String, "timestamp": pl.Int64}
    return pl.read_csv(data, schema=schema).with_columns(pl.col("tag").fill_null(""))


def ratings_dat(data: bytes) -> pl.DataFrame:
    """Read ratings.dat of the 1M set, whose fields stand between double colons."""
    return pl.read_csv(data.replace(b"::", b"\t"), has_header=False, separator="\t", schema=RATINGS)


def films_dat(data: bytes) -> pl.DataFrame:
    """Read movies.dat of the 1M set, which is Latin-1 text."""
    rows = [line.split("::") for line in data.decode("latin-1").splitlines()]
    return films([int(row[0]) for row in rows], [row[1] for row in rows], [row[2] for row in rows])
