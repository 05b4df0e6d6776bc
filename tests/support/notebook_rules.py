"""The rules of a chapter: each takes a notebook and its name and yields what is wrong with it.

A message names the cell, counted from 1, and says what to change.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Cell = dict[str, Any]
    Notebook = dict[str, Any]

CHECKED = "nbval-check-output"
TAGS = {"exercise", "raises-exception", "hide-cell", "hide-input", CHECKED}
UNNUMBERED = {"7_conclusion"}
CODE_CELLS = range(10, 46)
MOST_LINES = 25
EXERCISES = range(2, 6)
LAST_SECTIONS = ["Exercises", "What to remember"]
CARD = ["After this chapter you can", "Data:", "Read before:"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOTEBOOK_METADATA = {
    "kernelspec": {"name", "display_name", "language"},
    "language_info": {"name"},
}
CELL_METADATA = {
    "tags": None,
    "jupyter": {"source_hidden"},
    "mystnb": {"figure", "image"},
}


def where(cells: list[Cell], index: int) -> str:
    """Name a cell as a chapter's author finds it: number and first line."""
    first = next((line for line in cells[index]["source"].splitlines() if line.strip()), "")
    return f"cell {index + 1} ({first[:50].strip() or 'empty'})"


def tags(cell: Cell) -> set[str]:
    """Return the tags of a cell."""
    return set(cell["metadata"].get("tags", []))


def is_code(cell: Cell) -> bool:
    """Tell whether a cell holds code."""
    return cell["cell_type"] == "code"


def headings(cells: list[Cell]) -> list[tuple[int, int, str]]:
    """List (cell index, level, text) of all headings outside fenced blocks."""
    found = []
    for index, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        text = re.sub(r"^(```+|~~~+).*?^\1", "", cell["source"], flags=re.DOTALL | re.MULTILINE)
        matches = re.finditer(r"^(#{1,6})\s+(.+?)\s*$", text, flags=re.MULTILINE)
        found += [(index, len(match[1]), match[2]) for match in matches]
    return found


def article_number(name: str) -> str:
    """Read the article's number from a notebook's name.

    >>> article_number("3_1_2_rnn"), article_number("7_conclusion")
    ('3.1.2', '')
    """
    if name in UNNUMBERED:
        return ""
    return ".".join(re.findall(r"\d+(?=_)", re.match(r"[\d_]*", name)[0]))


def outputs_are_checked(notebook: Notebook, name: str) -> Iterator[str]:
    """Allow outputs only in cells tagged as checked, and demand them there."""
    cells = notebook["cells"]
    for index, cell in enumerate(cells):
        if not is_code(cell):
            continue
        checked = CHECKED in tags(cell)
        place = where(cells, index)
        if cell["outputs"] and not checked:
            yield f"{place} stores an output; run `make notebooks`, which strips it"
        if checked and not cell["outputs"]:
            yield f"{place} is tagged {CHECKED} but stores no output; run `make notebooks`"
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield f"{place} stores an error: {output['ename']}: {output['evalue']}"
            if output.get("name") == "stderr":
                yield f"{place} stores stderr: {''.join(output['text'])[:80]!r}"


def counts_are_in_order(notebook: Notebook, name: str) -> Iterator[str]:
    """Allow a count only in checked cells, and only that of a run from top to bottom."""
    cells = notebook["cells"]
    for count, index in enumerate((i for i, cell in enumerate(cells) if is_code(cell)), start=1):
        cell = cells[index]
        wanted = count if CHECKED in tags(cell) else None
        stored = cell["execution_count"]
        if stored != wanted:
            yield f"{where(cells, index)} stores count {stored}, not {wanted}; run `make notebooks`"
        if any(output.get("execution_count") is not None for output in cell["outputs"]):
            yield f"{where(cells, index)} stores a count in an output; run `make notebooks`"


def metadata_is_minimal(notebook: Notebook, name: str) -> Iterator[str]:
    """Allow a kernel, a language, and of cells only what the book reads."""
    metadata = notebook["metadata"]
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel is not python3; choose it in JupyterLab and run `make notebooks`"
    yield from _unknown(metadata, NOTEBOOK_METADATA, "the notebook")
    cells = notebook["cells"]
    for index, cell in enumerate(cells):
        yield from _unknown(cell["metadata"], CELL_METADATA, where(cells, index))


def _unknown(metadata: dict, known: dict[str, set[str] | None], place: str) -> Iterator[str]:
    for key, value in metadata.items():
        if key not in known:
            yield f"{place} has the metadata {key!r}; run `make notebooks`, which strips it"
        elif known[key] is not None and set(value) - known[key]:
            extra = ", ".join(sorted(set(value) - known[key]))
            yield f"{place} has {extra} in its metadata {key!r}; run `make notebooks`"


def ids_are_unique(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand an id in every cell, each only once."""
    cells = notebook["cells"]
    seen: dict[str, int] = {}
    for index, cell in enumerate(cells):
        identity = cell.get("id")
        if not identity:
            yield f"{where(cells, index)} has no id; run `make notebooks`, which gives it one"
        elif identity in seen:
            yield f"{where(cells, index)} has the id of cell {seen[identity] + 1}; give it another"
        else:
            seen[identity] = index


def tags_are_known(notebook: Notebook, name: str) -> Iterator[str]:
    """Refuse tags outside the list; those that remove outputs would hide stderr from the build."""
    cells = notebook["cells"]
    for index, cell in enumerate(cells):
        for tag in sorted(tags(cell) - TAGS):
            known = ", ".join(sorted(TAGS))
            yield f"{where(cells, index)} has the tag {tag!r}; remove it, allowed are {known}"


def title_is_complete(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand `# <number> <English title>` and the Chinese subtitle on its own line beneath."""
    cells = notebook["cells"]
    number = article_number(name)
    wanted = f"# {number} <English title>" if number else "# <English title>"
    lines = [line.strip() for line in cells[0]["source"].splitlines() if line.strip()]
    title = re.fullmatch(r"#\s+(?:(\d+(?:\.\d+)*)\s+)?([^\d\s].*)", lines[0]) if lines else None
    if cells[0]["cell_type"] != "markdown" or title is None or (title[1] or "") != number:
        yield f"{where(cells, 0)} must be Markdown and start with `{wanted}`"
    elif CHINESE.search(title[2]):
        yield f"{where(cells, 0)}: the title is English; the Chinese one stands on the line beneath"
    if len(lines) < 2 or not CHINESE.search(lines[1]):
        yield f"{where(cells, 0)}: the line beneath the title must be the Chinese subtitle"
    for index, level, text in headings(cells)[1:]:
        if level == 1:
            yield f"{where(cells, index)}: `# {text}` is a second title; sections start with `##`"


def first_cell_installs(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand that the first code cell brings the package where it is absent."""
    cells = notebook["cells"]
    index = next((index for index, cell in enumerate(cells) if is_code(cell)), None)
    if index is None:
        yield "there is no code cell; the first must clone and install where the package is absent"
        return
    source = cells[index]["source"]
    for part in ('find_spec("recsys_helpers")', "git clone"):
        if part not in source:
            yield f"{where(cells, index)} is the first code cell and must contain `{part}`"


def card_is_complete(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand a card before the first section: goal, data, reading, and the measured cost."""
    cells = notebook["cells"]
    end = next((index for index, level, _ in headings(cells) if level == 2), len(cells))
    card = "\n".join(cell["source"] for cell in cells[:end] if not is_code(cell))
    for part in CARD:
        if part not in card:
            yield f"the card (Markdown before the first section) does not say `{part}`"
    call = f'cost("{name}")'
    if not any(call in cell["source"] for cell in cells[:end] if is_code(cell)):
        yield f"no code cell before the first section calls `{call}`, which shows time and memory"


def sections_are_in_order(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand the two closing sections at the end."""
    titles = [text for _, level, text in headings(notebook["cells"]) if level == 2]
    if titles[-2:] != LAST_SECTIONS:
        wanted = "`, `## ".join(LAST_SECTIONS)
        yield f"the last sections are {titles[-2:]}; they must be `## {wanted}`"


def exercise_cells(cells: list[Cell]) -> set[int]:
    """Return the indices of all cells that belong to an exercise: prompts, checks, solutions."""
    found: set[int] = set()
    in_solution = False
    at = {index: text for index, _, text in headings(cells)}
    for index, cell in enumerate(cells):
        if index in at:
            in_solution = at[index].startswith("Solution")
        prompt_or_check = tags(cell) & {"exercise", "raises-exception"}
        if is_code(cell) and (prompt_or_check or (in_solution and "hide-cell" in tags(cell))):
            found.add(index)
    return found


def cells_are_short(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand 10 to 45 code cells, exercises not counted, of 1 to 25 lines each."""
    cells = notebook["cells"]
    exercises = exercise_cells(cells)
    code = [index for index, cell in enumerate(cells) if is_code(cell)]
    counted = len(set(code) - exercises)
    if counted not in CODE_CELLS:
        yield (
            f"{counted} code cells without the exercises; a chapter has "
            f"{CODE_CELLS[0]} to {CODE_CELLS[-1]}: split, merge or move code to the package"
        )
    for index in code:
        lines = len(cells[index]["source"].strip().splitlines())
        if not 1 <= lines <= MOST_LINES:
            yield f"{where(cells, index)} has {lines} lines of code; allowed are 1 to {MOST_LINES}"


def _function(source: str, name: str) -> ast.FunctionDef | None:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[0] if found else None


def _returns_dots(function: ast.FunctionDef | None) -> bool:
    last = function.body[-1] if function else None
    return (
        isinstance(last, ast.Return)
        and isinstance(last.value, ast.Constant)
        and last.value.value is ...
    )


def _calls(source: str, call: str) -> bool:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Expr) and ast.unparse(node) == call for node in tree.body)


def exercises_are_complete(notebook: Notebook, name: str) -> Iterator[str]:
    """Demand 2 to 5 exercises, each a prompt, its check, a heading and a hidden solution."""
    cells = notebook["cells"]
    prompts = [index for index, cell in enumerate(cells) if "exercise" in tags(cell)]
    if len(prompts) not in EXERCISES:
        yield f"{len(prompts)} cells are tagged exercise; a chapter has 2 to 5 exercises"
    checks = []
    for number, (prompt, end) in enumerate(pairwise([*prompts, len(cells)]), start=1):
        code = [index for index in range(prompt + 1, end) if is_code(cells[index])]
        checks += code[:1]
        yield from _prompt_problems(cells, prompt, number)
        yield from _check_problems(cells, code[:1], prompt, number)
        yield from _solution_problems(cells, code[1:], prompt, end, number)
    for index, cell in enumerate(cells):
        if "raises-exception" in tags(cell) and index not in checks:
            yield (
                f"{where(cells, index)} is tagged raises-exception but is no check of an exercise; "
                "show a fault on purpose inside `with shown():`"
            )


def _prompt_problems(cells: list[Cell], prompt: int, number: int) -> Iterator[str]:
    answer = f"answer_{number}"
    if not _returns_dots(_function(cells[prompt]["source"], answer)):
        yield f"{where(cells, prompt)} must define `{answer}`, whose last line is `return ...`"


def _check_problems(cells: list[Cell], code: list[int], prompt: int, number: int) -> Iterator[str]:
    call = f"check_{number}(answer_{number})"
    if not code or cells[code[0]]["source"].strip() != call:
        place = where(cells, code[0]) if code else f"what follows {where(cells, prompt)}"
        yield f"{place} must be a code cell with just `{call}`"
    elif "raises-exception" not in tags(cells[code[0]]):
        yield f"{where(cells, code[0])} needs the tag raises-exception, so that Run All goes on"


def _solution_problems(
    cells: list[Cell], code: list[int], prompt: int, end: int, number: int
) -> Iterator[str]:
    title = f"Solution {number}"
    under = [index for index, _, text in headings(cells) if text == title and prompt < index < end]
    if not under:
        yield f"{where(cells, prompt)}: no heading `### {title}` follows the check"
        return
    after = [index for index in code if index > under[0]]
    if not after:
        yield f"{where(cells, under[0])}: a code cell with `solution_{number}` must follow"
        return
    source = cells[after[0]]["source"]
    if _function(source, f"solution_{number}") is None:
        yield f"{where(cells, after[0])} must define the function `solution_{number}`"
    call = f"check_{number}(solution_{number})"
    if not _calls(source, call):
        yield f"{where(cells, after[0])} must call `{call}`"
    hidden = cells[after[0]]["metadata"].get("jupyter", {}).get("source_hidden") is True
    if "hide-cell" not in tags(cells[after[0]]) or not hidden:
        yield (
            f"{where(cells, after[0])} must be folded: tag hide-cell, "
            'and "jupyter": {"source_hidden": true} in its metadata'
        )


RULES = [
    outputs_are_checked,
    counts_are_in_order,
    metadata_is_minimal,
    ids_are_unique,
    tags_are_known,
    title_is_complete,
    first_cell_installs,
    card_is_complete,
    sections_are_in_order,
    cells_are_short,
    exercises_are_complete,
]
