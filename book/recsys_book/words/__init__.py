"""Words of computed sentences, captions and alternative texts that do not yet stand where they are used."""

TEMPLATES: dict[str, str] = {}
