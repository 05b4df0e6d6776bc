"""Do the tests notice a fault? python benchmarks/mutants.py ROOM … (--help says more).

Into one place of a room's code a small fault is put: another operator, number, comparison, truth
value, a loop that does not run. If no test fails, the mutant survives. Places are drawn with a
seed, and of each place one of its faults. What survives the tests of its room, laws tried on few
examples, and is not explained, must also pass the tests of all rooms, on as many as ever. Faults
in annotations, which no test could notice, are not drawn. Cosmic Ray makes the mutants; it needs
an environment of its own:

    python -m venv ENVIRONMENT
    ENVIRONMENT/bin/pip install "cosmic-ray==8.7.0"
    ENVIRONMENT/bin/python benchmarks/mutants.py --tests .venv/bin/python

Results stand in results/mutants: counts and survivors of each room, and a table. Survivors are
read; of one that no test can catch, explained.json says why, and the table shows it.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results" / "mutants"
BASE = "recsys_helpers/recommenders/base.py"
STORE = "recsys_helpers/recommenders/store.py"

ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "log": (["recsys_helpers/log"], ["recsys_helpers/log", "tests/log"]),
    "splits": (["recsys_helpers/splits"], ["recsys_helpers/splits", "tests/splits"]),
    "evaluation": (
        ["recsys_helpers/evaluation"],
        ["recsys_helpers/evaluation", "tests/evaluation"],
    ),
    "base": (
        [BASE],
        [
            BASE,
            "tests/recommenders/test_base.py",
            "tests/recommenders/test_candidates.py",
            "tests/recommenders/simple",
            "tests/recommenders/test_store.py",
            "tests/testing",
        ],
    ),
    "store": ([STORE], [STORE, "tests/recommenders/test_store.py"]),
}
"""Of each room the code that is changed and the tests that ought to notice."""

ALL_TESTS = [
    *sorted({path for _, tests in ROOMS.values() for path in tests}),
    "tests/recommenders/test_ranking.py",
    "tests/test_serving.py",
    "tests/test_wrong_kinds.py",
]
PYTEST = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
PYTEST += ["-p", "no:nbval"]  # which takes longer to import than many tests to fail
PYTEST += ["--assert=plain"]  # what stands on both sides of an assertion is not asked for
FEW = "--hypothesis-profile=few"
"""Laws are tried on few examples, which most faults break, and these are not made small."""


@dataclass(frozen=True)
class Mutant:
    """One file with one fault."""

    path: str
    line: int
    before: str
    after: str
    code: str

    @property
    def change(self) -> str:
        """What explained.json calls it by."""
        return f"{self.path}: {self.after}"

    def record(self) -> dict[str, object]:
        """Return what is recorded of it."""
        return {name: value for name, value in asdict(self).items() if name != "code"}


def drawn(paths: list[str], n: int, seed: int) -> list[Mutant]:
    """Return at most n mutants, each of another place in the code."""
    places = defaultdict(list)
    for path in paths:
        top = ROOT / path
        for file in sorted(top.rglob("*.py")) if top.is_dir() else [top]:
            code = file.read_text(encoding="utf-8")
            nodes = list(ast_nodes(get_ast(code)))
            for name in operator_names():
                if get_operator(name).arguments():
                    continue
                positions = [
                    p for node in nodes for p in get_operator(name)().mutation_positions(node)
                ]
                for occurrence, position in enumerate(positions):
                    places[file, position].append((name, occurrence))
    rng = random.Random(seed)
    order = sorted(places, key=str)
    rng.shuffle(order)
    mutants: list[Mutant] = []
    for file, position in order:
        name, occurrence = rng.choice(places[file, position])
        if len(mutants) < n and (mutant := _mutant(file, name, occurrence)) is not None:
            mutants.append(mutant)
    return mutants


def _mutant(file: Path, name: str, occurrence: int) -> Mutant | None:
    """Return a mutant, None if it is the same program or none that Python reads."""
    code = file.read_text(encoding="utf-8")
    try:
        changed = mutate_code(code, get_operator(name)(), occurrence)
        if _meaning(changed) == _meaning(code):
            return None
    except (SyntaxError, AttributeError):  # the latter: `except module.Error` is not understood
        return None
    lines = list(difflib.unified_diff(code.splitlines(), changed.splitlines(), n=0, lineterm=""))
    line = int(lines[2].split()[1].split(",")[0].lstrip("-"))
    before = " ".join(text[1:].strip() for text in lines[3:] if text.startswith("-"))
    after = " ".join(text[1:].strip() for text in lines[3:] if text.startswith("+"))
    return Mutant(file.relative_to(ROOT).as_posix(), line, before, after, changed)


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        if "TypeAlias" in ast.dump(node.annotation):
            node.value = None
        node.annotation = ast.Constant(None)
        return node


def _meaning(code: str) -> str:
    return ast.dump(_WithoutAnnotations().visit(ast.parse(code)))


@dataclass(frozen=True)
class Place:
    """A copy of the checkout to change, and the process that runs its tests."""

    folder: Path
    runner: subprocess.Popen[str]

    def passes(self, tests: list[str], seconds: float) -> bool:
        """Tell whether all tests pass within a time."""
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        run = {"folder": str(self.folder), "arguments": [*PYTEST, *tests], "seconds": seconds}
        print(json.dumps(run), file=self.runner.stdin, flush=True)
        status = int(self.runner.stdout.readline())
        if status > 2:  # 1: a test fails, 2: a module cannot be imported, -n: ended by signal n
            raise RuntimeError(f"pytest ends with status {status} in {self.folder}: {tests}")
        return status == 0


def places(n: int, folder: Path, python: str) -> SimpleQueue[Place]:
    """Return n places in which to try mutants."""
    queue: SimpleQueue[Place] = SimpleQueue()
    hidden = shutil.ignore_patterns(".*", "_build", "__pycache__", "results", "dist", "build")
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")
    for number in range(n):
        copy = folder / str(number)
        shutil.copytree(ROOT, copy, ignore=hidden)
        subprocess.run([python, "-m", "compileall", "-q", str(copy)], check=True)
        runner = subprocess.Popen(
            [python, str(Path(__file__).with_name("forks.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(threads, "1")},
        )
        queue.put(Place(copy, runner))
    return queue


def survivors(
    mutants: list[Mutant], tests: list[str], queue: SimpleQueue[Place], n: int
) -> list[Mutant]:
    """Return the mutants that no test notices."""
    place = queue.get()
    start = perf_counter()
    if not place.passes(tests, 3600):
        raise SystemExit(f"the tests fail without a fault: {tests}")
    seconds = 60 + 5 * (perf_counter() - start)  # a fault may make a loop endless
    queue.put(place)

    def survives(mutant: Mutant) -> bool:
        place = queue.get()
        file = place.folder / mutant.path
        sound = file.read_text(encoding="utf-8")
        try:
            file.write_text(mutant.code, encoding="utf-8")
            outcome = place.passes(tests, seconds)
        finally:
            file.write_text(sound, encoding="utf-8")
            queue.put(place)
        print("S" if outcome else ".", end="", flush=True)
        return outcome

    with ThreadPoolExecutor(n) as pool:
        alive = list(pool.map(survives, mutants))
    print()
    return [mutant for mutant, lives in zip(mutants, alive, strict=True) if lives]


def explained() -> dict[str, str]:
    """Return why survivors that have been read do not matter."""
    known: dict[str, str] = json.loads((RESULTS / "explained.json").read_text(encoding="utf-8"))
    return known


def table() -> str:
    """Return what is recorded as Markdown."""
    known = explained()
    records = [json.loads(path.read_text(encoding="utf-8")) for path in _records()]
    lines = [
        HEAD,
        "| room | places in the code | mutants | caught | survived |",
        "|---|---|---|---|---|",
    ]
    for record in records:
        n, alive = record["mutants"], len(record["survivors"])
        lines.append(
            f"| {record['room']} | {record['places']:,} | {n} | {(n - alive) / n:.1%} | {alive} |"
        )
    lines += ["", "## Survivors", ""]
    for record in records:
        for one in record["survivors"]:
            why = known.get(f"{one['path']}: {one['after']}", "not explained yet")
            lines += [f"- `{one['path']}`: `{one['before']}` became `{one['after']}`: {why}"]
    return "\n".join(lines) + "\n"


HEAD = """# Do the tests notice a fault?

Small faults, one at a time, in places drawn with a seed; caught if a test fails (or none ends).
Written by `python benchmarks/mutants.py`, which says how they are made.
"""


def _records() -> list[Path]:
    return [path for room in ROOMS if (path := RESULTS / f"{room}.json").is_file()]


def main() -> None:
    """Try the rooms that are named and write what is known of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--tests", default=sys.executable, help="the Python that runs the tests")
    parser.add_argument("--mutants", type=int, default=60, help="of each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--table", action="store_true", help="only write the table anew")
    options = parser.parse_args()
    for room in [] if options.table else options.rooms or ROOMS:
        paths, tests = ROOMS[room]
        every = drawn(paths, sys.maxsize, options.seed)
        mutants = every[: options.mutants]
        print(f"{room}: {len(mutants)} of {len(every)}")
        with tempfile.TemporaryDirectory() as folder:
            queue = places(options.jobs, Path(folder), options.tests)
            alive = survivors(mutants, [FEW, *tests], queue, options.jobs)
            known = explained()
            unclear = [mutant for mutant in alive if mutant.change not in known]
            if unclear:
                missed = survivors(unclear, ALL_TESTS, queue, options.jobs)
                alive = [one for one in alive if one.change in known or one in missed]
        record = {
            "room": room,
            "seed": options.seed,
            "places": len(every),
            "mutants": len(mutants),
            "survivors": [mutant.record() for mutant in alive],
        }
        RESULTS.mkdir(parents=True, exist_ok=True)
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        (RESULTS / f"{room}.json").write_text(text, encoding="utf-8")
        print(*(f"{m.path}:{m.line}\n  - {m.before}\n  + {m.after}" for m in alive), sep="\n")
    (RESULTS / "README.md").write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
