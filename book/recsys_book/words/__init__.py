"""Words of computed sentences, captions and alternative texts that do not yet stand where they are used."""

from recsys_book.words import (
    optimizers,
)

TEMPLATES: dict[str, str] = {}
for _table in (optimizers,):
    if _twice := TEMPLATES.keys() & _table.TEMPLATES.keys():
        raise KeyError(f"two tables have the sentences {', '.join(sorted(_twice))}")
    TEMPLATES |= _table.TEMPLATES
