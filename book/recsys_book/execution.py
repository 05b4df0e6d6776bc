"""Run notebooks in fresh kernels, and name the cell that fails or writes to stderr."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from time import perf_counter

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from recsys_book import schedule

COLOURS = re.compile(r"\x1b\[[\d;]*m")


class CellError(RuntimeError):
    """A cell raised, took too long, lost its kernel or wrote to stderr; the message says which."""


class Chapter:
    """A notebook that is to be run.

    Parameters
    ----------
    notebook
        Its outputs are filled in. The metadata may name a kernel; otherwise it is Python's.
    folder
        Where the kernel starts, normally the notebook's own.
    timeout
        Seconds that a cell may take.
    """

    def __init__(self, notebook: NotebookNode, folder: Path, timeout: int) -> None:
        self.notebook = notebook
        self._stopped = False
        self._client = NotebookClient(
            notebook,
            timeout=timeout,
            record_timing=False,  # times in the metadata of cells would change the cache's key
            extra_arguments=["--log-level=ERROR"],  # no line about the connection at each start
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=self._go_on,
        )

    def run(self, environment: dict[str, str] | None = None) -> float:
        """Run all cells from top to bottom in a fresh kernel.

        Parameters
        ----------
        environment
            Variables for the kernel; those that are set already stay as they are.

        Returns
        -------
        float
            Seconds from the start of the kernel to its end.

        Raises
        ------
        CellError
            At the first cell that fails, with its number as JupyterLab counts and its traceback.
            Cells tagged ``raises-exception`` may raise.
        """
        start = perf_counter()
        try:
            variables = {**(environment or {}), **os.environ}
            with ThreadPoolExecutor(1) as pool:  # a thread of its own: the caller's may have a loop
                pool.submit(lambda: asyncio.run(self._client.async_execute(env=variables))).result()
        except (CellExecutionError, CellTimeoutError) as error:
            number = self._client.code_cells_executed
            raise CellError(f"cell {number}: {_plain(str(error))}") from None
        except DeadKernelError:
            number = self._client.code_cells_executed
            raise CellError(f"cell {number}: the kernel died; was there enough memory?") from None
        seconds = perf_counter() - start
        executed = (cell for cell in self.notebook.cells if cell.get("execution_count"))
        for cell in executed:
            for output in cell.outputs:
                if output.get("name") == "stderr":
                    raise CellError(
                        f"cell {cell.execution_count} writes to stderr:\n{cell.source}\n\n"
                        f"{_plain(output.text)}"
                    )
        return seconds

    def stop(self) -> None:
        """Make the run fail as soon as it can; to be called from another thread."""
        self._stopped = True
        manager = self._client.km
        if manager is not None and manager.provisioner is not None:
            asyncio.run(manager.provisioner.kill())

    def _go_on(self, cell: NotebookNode, cell_index: int) -> None:
        """End a run whose kernel was still starting when it was stopped."""
        if self._stopped:
            raise CellError("stopped")


def side_by_side(chapters: dict[str, Chapter]) -> Iterator[tuple[str, float | Exception]]:
    """Run chapters, as many at once as `schedule.at_once` says, the longest first.

    Parameters
    ----------
    chapters
        By name, which may have folders before it.

    Yields
    ------
    name, outcome
        As each one ends: its seconds, or the error that ended it. The others go on.
    """
    processes = schedule.at_once(len(chapters))
    environment = schedule.environment(processes)
    recorded = schedule.seconds()
    longest_first = sorted(chapters, key=lambda name: -recorded.get(Path(name).name, 0.0))
    with ThreadPoolExecutor(processes) as pool:
        runs = {pool.submit(chapters[name].run, environment): name for name in longest_first}
        try:
            for run in as_completed(runs):
                outcome: float | Exception
                try:
                    outcome = run.result()
                except Exception as error:
                    outcome = error
                yield runs[run], outcome
        except BaseException:  # such as Ctrl-C, which does not reach the kernels by itself
            pool.shutdown(wait=False, cancel_futures=True)
            for chapter in chapters.values():
                chapter.stop()
            raise


def _plain(text: str) -> str:
    """Remove the colours of a terminal."""
    return COLOURS.sub("", text).rstrip()
