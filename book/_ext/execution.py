"""Execute the chapters side by side, before Sphinx reads them one after the other.

Their outputs go into the cache that myst-nb reads, so that Sphinx finds all of them ready. This
cache knows a notebook by its code alone. The folder it lives in is therefore named by a hash of
everything else a result depends on: the helpers, the data and the locked versions.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.execute import NotebookClientCache, create_client
from myst_nb.core.read import create_nb_reader
from sphinx.errors import SphinxError
from sphinx.util.logging import getLogger

from recsys_book.execution import Chapter, side_by_side

if TYPE_CHECKING:
    from jupyter_cache.cache.main import JupyterCacheBase
    from myst_nb.sphinx_ import SphinxEnvType
    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.config import Config

LOGGER = getLogger(__name__)


class ChaptersFailed(SphinxError):
    """Some chapters did not run to their end; the message names chapters and cells."""

    category = "Execution failed"


def execution_key(root: Path) -> str:
    """Hash the helpers, the data, the lock file and the Python version."""
    digest = blake2b(sys.version.encode(), digest_size=8)
    files = [root / "requirements.lock", *(root / "recsys_helpers").rglob("*.py")]
    files += (root / "book" / "recsys_book").rglob("*.py")
    files += [path for path in (root / "data").rglob("*") if path.is_file()]
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point myst-nb at the cache of the present helpers, data and versions."""
    root = Path(app.srcdir)
    config.nb_execution_cache_path = str(root / "book" / "_build" / "cache" / execution_key(root))


def execute_what_is_new(app: Sphinx, env: SphinxEnvType, names: list[str]) -> None:
    """Execute the documents that are not in the cache; stop the build if any of them fails."""
    start = perf_counter()
    settings = env.mystnb_config
    cache = get_cache(settings.execution_cache_path)
    chapters = {}
    for name in names:
        path = Path(env.doc2path(name))
        notebook = read_notebook(path, env)
        if notebook is not None and not is_cached(notebook, cache):
            chapters[name] = Chapter(notebook, path.parent, settings.execution_timeout)
    failures = []
    for name, outcome in side_by_side(chapters):
        if isinstance(outcome, Exception):
            LOGGER.info("    failed  %s, %s", name, outcome)
            failures.append(f"{name}, {outcome}")
        else:
            LOGGER.info("%8.1f s  %s", outcome, name)
            executed, data = chapters[name].notebook, {"execution_seconds": outcome}
            bundle = CacheBundleIn(executed, env.doc2path(name), data=data)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    cache.db.dispose()
    if failures:
        raise ChaptersFailed("\n\n".join(failures))
    if chapters:
        LOGGER.info("%8.1f s  for all", perf_counter() - start)


def read_notebook(path: Path, env: SphinxEnvType) -> NotebookNode | None:
    """Read a document as myst-nb does; None if myst-nb will not look into the cache for it."""
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    if reader is None:  # a page without code
        return None
    notebook = reader.read(text)
    client = create_client(notebook, str(path), env.mystnb_config, LOGGER, reader.read_fmt)
    return notebook if isinstance(client, NotebookClientCache) else None


def is_cached(notebook: NotebookNode, cache: JupyterCacheBase) -> bool:
    """Tell whether the cache has the outputs of this code."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the steps above to the build."""
    app.connect("config-inited", choose_cache)
    app.connect("env-before-read-docs", execute_what_is_new)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
