"""What this book adds to Sphinx: a keyed execution cache, vendored files, execution times.

The execution cache knows a notebook by its code alone. The folder it lives in is therefore named
by a hash of everything else a result depends on: the helpers, the data and the locked versions.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.manager import KernelManager
from myst_nb.sphinx_ import NbMetadataCollector

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

ROOT = Path(__file__).parents[2]


def execution_key(root: Path = ROOT) -> str:
    """Hash the helpers, the data, the lock file and the Python version."""
    digest = blake2b(sys.version.encode(), digest_size=8)
    files = [root / "requirements.lock", *(root / "recsys_helpers").rglob("*.py")]
    files += (root / "book" / "recsys_book").rglob("*.py")
    files += [path for path in (root / "data").rglob("*") if path.is_file()]
    for path in sorted(files):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def configure(app: Sphinx, config: Config) -> None:
    """Point the cache at its key, add the vendored files, and encrypt the traffic with kernels.

    A kernel whose traffic is open, even on the loopback address, warns about it at every start.
    """
    config.nb_execution_cache_path = str(ROOT / "book" / "_build" / "cache" / execution_key())
    config.html_static_path.append("book/_vendor")
    KernelManager.transport_encryption.default_value = "auto"


def load_scripts_once(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Drop the scripts that Sphinx lists twice: a second run of the same declaration fails."""
    scripts = {(s.filename or "", s.attributes.get("body")): s for s in context["script_files"]}
    context["script_files"] = list(scripts.values())


def print_times(app: Sphinx, error: Exception | None) -> None:
    """Print what each notebook took to execute, also when its outputs come from the cache."""
    if error is not None or app.builder.name != "html":
        return
    seconds = {}
    for page in sorted(app.env.found_docs):
        execution = NbMetadataCollector.get_exec_data(app.env, page)
        if execution and execution["runtime"] is not None:
            seconds[page] = execution["runtime"]
    print("Executed, in seconds:")
    for page, runtime in {**seconds, "all": sum(seconds.values())}.items():
        print(f"{runtime:8.1f}  {page}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the steps above to the build."""
    app.connect("config-inited", configure)
    app.connect("html-page-context", load_scripts_once, priority=900)
    app.connect("build-finished", print_times)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
