"""What the pages of this book need of Sphinx: vendored files, and each script once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config


def add_vendored_files(app: Sphinx, config: Config) -> None:
    """Serve the copies that stand in for what other servers would have to send."""
    config.html_static_path.append("book/_vendor")


def load_scripts_once(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Drop the scripts that Sphinx lists twice: a second run of the same declaration fails."""
    scripts = {(s.filename or "", s.attributes.get("body")): s for s in context["script_files"]}
    context["script_files"] = list(scripts.values())


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the steps above to the build."""
    app.connect("config-inited", add_vendored_files)
    app.connect("html-page-context", load_scripts_once, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
