"""The words of the book's computed sentences, captions and alternative texts: the tables to translate.

Each template is plain Markdown with the fields of `str.format`; `sentences.say` fills it. Braces hold
a name and how its number is written: ``{share:.0%}`` becomes "60%". One table a chapter.
"""

from recsys_book.words import (
    background,
    cnn,
    core_concepts,
    every,
    figures,
    gradient_descent,
    optimizers,
    rnn,
    self_attention,
    sgd,
    svm,
    worked_example,
)

TEMPLATES: dict[str, str] = {}
for _table in (
    every,
    background,
    core_concepts,
    cnn,
    rnn,
    self_attention,
    worked_example,
    svm,
    gradient_descent,
    optimizers,
    sgd,
    figures,
):
    if _twice := TEMPLATES.keys() & _table.TEMPLATES.keys():
        raise KeyError(f"two tables have the sentences {', '.join(sorted(_twice))}")
    TEMPLATES |= _table.TEMPLATES
