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
FILMS = {"movieId": pl.Int64, "title": pl.String, "genres": pl.String}
TAGS = {"userId": pl.Int64, "movieId": pl.Int64, "tag": pl.String, "timestamp": pl.Int64}
NO_GENRES = "(no genres listed)"

YEAR = re.compile(r"^(.*?)\s*\((\d{4})(?:[–-]\s*\d{0,4}\s*)?\)$")
ARTICLES = "The|An|A|La|Les|Le|L'|Il|Lo|Gli|I|El|Los|Las|Der|Die|Das|Den|Det|De|En|Une|Una|Un|Da"
ARTICLE = re.compile(rf"(^|\()(a\.k\.a\. )?([^()]+?), ({ARTICLES})(?=\s*(?::|\(|\)|$))")


def split_title(text: str) -> tuple[str, int | None]:
    """Return a film's title as one would say it, and its year if there is one.

    The publisher moves the article to the end ("Matrix, The"); here it is in front again. Of a
    range of years the first is taken.

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


def tables(files: dict[str, bytes]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame | None]:
    """Return the ratings, the films with title, year and genres, and the tags if there are any."""
    if "ratings.dat" in files:  # the 1M set: fields between double colons, Latin-1 text
        ratings = pl.read_csv(
            files["ratings.dat"].replace(b"::", b"\t"),
            has_header=False,
            separator="\t",
            schema=RATINGS,
        )
        rows = [line.split("::") for line in files["movies.dat"].decode("latin-1").splitlines()]
        films = pl.DataFrame(rows, schema=list(FILMS), orient="row").cast({"movieId": pl.Int64})
        return ratings, _described(films), None
    ratings, films, tags = (
        pl.read_csv(files[name], schema=schema)
        for name, schema in (("ratings.csv", RATINGS), ("movies.csv", FILMS), ("tags.csv", TAGS))
    )
    return ratings, _described(films), tags.with_columns(pl.col("tag").fill_null(""))


def _described(films: pl.DataFrame) -> pl.DataFrame:
    """Return films with title and year in columns of their own, and genres as lists."""
    split = [split_title(title) for title in films["title"].to_list()]
    no_genres = pl.col("genres") == NO_GENRES
    return films.select(
        "movieId",
        title=pl.Series([title for title, _ in split]),
        year=pl.Series([year for _, year in split], dtype=pl.Int32),
        genres=pl.when(no_genres).then([]).otherwise(pl.col("genres").str.split("|")),
    )
