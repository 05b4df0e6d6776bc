"""A line that shows the progress of training."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


class Progress:
    """One line, updated in place: a display in notebooks, carriage returns in a terminal."""

    def __init__(self, name: str) -> None:
        self.name, self.width = name, 0
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        self.handle: Any = None
        if hasattr(shell, "kernel"):
            self.handle = import_module("IPython.display").DisplayHandle()
            self.handle.display({"text/plain": name}, raw=True)

    def show(self, epoch: dict[str, float]) -> None:
        """Show the epoch that has just ended."""
        reached = f", NDCG@10 {epoch['ndcg']:.4f}" if "ndcg" in epoch else ""
        self._write(
            f"{self.name}: epoch {epoch['epoch']}, loss {epoch['loss']:.3f}{reached}, "
            f"{epoch['seconds']:.0f} s"
        )

    def close(self, epoch: dict[str, float], best: int) -> None:
        """Show where training stopped, and which epoch was best."""
        kept = f", best {best}" if "ndcg" in epoch else ""
        self._write(
            f"{self.name}: stopped at epoch {epoch['epoch']}{kept}, {epoch['seconds']:.0f} s"
        )
        if self.handle is None:
            sys.stdout.write("\n")

    def _write(self, text: str) -> None:
        if self.handle is not None:
            self.handle.update({"text/plain": text}, raw=True)
            return
        sys.stdout.write("\r" + text.ljust(self.width))
        sys.stdout.flush()
        self.width = len(text)
