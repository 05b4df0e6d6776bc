"""The house stands: rooms import only from rooms below, and the library knows nothing of the book.

All imports count: those inside functions, because they only hide an arrow, and those for type
checkers, because a reader follows them too.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from support.paths import ROOT

import recsys_helpers
from recsys_helpers.recommenders import HOMES, NEURAL

FLOORS: list[list[str]] = [
    ["_types"],
    ["_arguments", "_hashing", "display"],
    ["_machine"],
    ["determinism"],
    ["log"],
    ["datasets"],
    ["splits"],
    ["optimizers", "privacy"],
    ["recommenders"],  # the names of all recommenders, which are loaded when first used
    ["recommenders.store"],
    ["recommenders.ranking"],
    ["recommenders.base"],
    ["recommenders.simple"],
    ["recommenders.descent", "recommenders.svm", "recommenders.neural"],
    ["recommenders.stacked"],
    ["recommenders.load"],
    ["evaluation", "serving"],
    ["testing"],
    [""],  # the package's face
]
"""The rooms from the ground up. Rooms on one floor import nothing from each other."""

ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

Imports = dict[str, set[str]]


def imports_of(root: Path, package: str = "recsys_helpers") -> Imports:
    """Return which modules of a package each of its modules imports; names without the package."""
    files = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((root / package).rglob("*.py"))
    }
    imports: Imports = {}
    for module, path in files.items():
        named = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} has a relative import"
                for alias in node.names:
                    submodule = f"{node.module}.{alias.name}"
                    named.add(submodule if submodule in files else str(node.module))
        inside = {name for name in named if name.split(".")[0] == package}
        imports[_inside(module)] = {_inside(name) for name in inside}
    return imports


def _inside(module: str) -> str:
    return module.partition(".")[2]


def room_of(module: str) -> str:
    """Return the innermost room that a module stands in."""
    inside = [room for room in ROOMS if module == room or module.startswith(f"{room}.")]
    assert inside, f"{module} stands in no room of FLOORS"
    return max(inside, key=len)


def arrows_up(imports: Imports) -> list[str]:
    """List the imports from another room that is not below."""
    return [
        f"{module} imports {name}"
        for module, names in imports.items()
        for name in sorted(names)
        if room_of(module) != room_of(name) and ROOMS[room_of(module)] <= ROOMS[room_of(name)]
    ]


def circle(imports: Imports) -> list[str]:
    """Return a circle of modules that import each other; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def mentions(root: Path, package: str, other: str) -> list[str]:
    """List where the code of a package names another package, be it in a string."""
    return [
        f"{path.relative_to(root).as_posix()}, line {line}"
        for path in sorted((root / package).rglob("*.py"))
        for line, word in _words(ast.parse(path.read_text(encoding="utf-8")))
        if other in word
    ]


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the imported names and the strings of a module with their lines, not its docstrings."""
    nodes = list(ast.walk(tree))
    docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node.lineno, getattr(node, "module", None) or ""
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.Constant) and node not in docstrings:
            yield node.lineno, str(node.value)


def in_a_fresh_process(code: str) -> list[str]:
    """Run code and return the lines that it prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


# The house as it is


def test_the_library_does_not_know_the_book() -> None:
    assert mentions(ROOT, "recsys_helpers", "recsys_book") == []


def test_rooms_import_from_rooms_below() -> None:
    assert arrows_up(imports_of(ROOT)) == []


def test_no_modules_import_each_other() -> None:
    assert circle(imports_of(ROOT)) == []


def test_every_room_of_the_list_stands() -> None:
    assert {room_of(module) for module in imports_of(ROOT)} == set(ROOMS)


def test_only_the_backend_imports_tensorflow() -> None:
    importing = {line.split(",")[0] for line in mentions(ROOT, "recsys_helpers", "tensorflow")}
    assert importing == {
        "recsys_helpers/recommenders/neural/backend.py",
        "recsys_helpers/__init__.py",  # asks whether it is installed
        "recsys_helpers/determinism.py",  # seeds it where it is loaded already
    }


def test_the_root_is_not_crowded() -> None:
    assert len(list((ROOT / "recsys_helpers").glob("*.py"))) <= 8


def test_recommenders_load_neither_book_nor_tensorflow() -> None:
    names = [name for name in HOMES if name not in NEURAL]
    code = f"""
import sys
from recsys_helpers import {", ".join(names)}, evaluate, check_recommender, load_recommender
print({{"recsys_book", "tensorflow", "keras"}} & {{name.split(".")[0] for name in sys.modules}})
"""
    assert in_a_fresh_process(code) == ["set()"]


def test_networks_load_no_chapter_and_stand_on_the_face() -> None:
    code = """
import sys
from recsys_helpers import *
print(*dir())
print([name for name in sys.modules if name.startswith("recsys_book")])
"""
    names, of_the_book = in_a_fresh_process(code)
    assert set(NEURAL) < set(recsys_helpers.__all__) <= set(names.split())
    assert of_the_book == "[]"


def test_star_import_where_tensorflow_is_absent() -> None:
    code = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None  # importing them fails
from recsys_helpers import *
print(*sys.modules["recsys_helpers"].__all__)
print(EASE().fit(synthetic(n_users=9, n_items=9, mean_length=3).interactions))
"""
    names, model = in_a_fresh_process(code)
    assert set(names.split()) == set(recsys_helpers.__all__) - set(NEURAL)
    assert model.startswith("EASE(")


def test_type_checkers_see_the_names_of_the_face() -> None:
    """The names that are loaded when first used are written once more, for type checkers."""
    tree = ast.parse((ROOT / "recsys_helpers" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    written = {alias.asname: alias.name for node in block.body for alias in node.names}
    assert written == {name: name for name in recsys_helpers._HOMES}


# Faults that must be seen


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build a small house that stands."""
    files = {
        "__init__": "from recsys_helpers.testing import contract",
        "log/__init__": "from recsys_helpers.log.histories import Histories",
        "log/catalogue": "'''Not recsys_book.'''\nimport numpy",
        "log/histories": "from recsys_helpers.log import catalogue",
        "recommenders/base": "from recsys_helpers.log.histories import Histories",
        "recommenders/svm/rank_svm": "from recsys_helpers.recommenders.base import Recommender",
        "recommenders/neural/cnn": "import recsys_helpers.recommenders.base",
        "testing/contract": "from recsys_helpers.recommenders import base",
    }
    for name, text in files.items():
        plant(tmp_path, name, text)
    return tmp_path


def plant(house: Path, module: str, text: str) -> None:
    """Write a module of a small house."""
    path = house / "recsys_helpers" / f"{module}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_house_that_stands(house: Path) -> None:
    imports = imports_of(house)
    assert imports["log.histories"] == {"log.catalogue"}
    assert imports["testing.contract"] == {"recommenders.base"}
    assert (arrows_up(imports), circle(imports)) == ([], [])
    assert mentions(house, "recsys_helpers", "recsys_book") == []


@pytest.mark.parametrize(
    ("module", "text", "arrow"),
    [
        (
            "log/catalogue",
            "from recsys_helpers.recommenders.base import Recommender",
            "log.catalogue imports recommenders.base",
        ),
        (
            "log/catalogue",
            "def f():\n    import recsys_helpers.testing.contract",
            "log.catalogue imports testing.contract",
        ),
        (
            "recommenders/base",
            "if TYPE_CHECKING:\n    from recsys_helpers.recommenders.svm import rank_svm",
            "recommenders.base imports recommenders.svm.rank_svm",
        ),
        (
            "recommenders/svm/rank_svm",
            "from recsys_helpers.recommenders.neural.caser import Caser",
            "recommenders.svm.rank_svm imports recommenders.neural.caser",
        ),
        ("log/catalogue", "from recsys_helpers import evaluate", "log.catalogue imports "),
    ],
)
def test_an_arrow_up_is_seen(house: Path, module: str, text: str, arrow: str) -> None:
    plant(house, module, text)
    assert arrows_up(imports_of(house)) == [arrow]


def test_a_circle_is_seen(house: Path) -> None:
    plant(
        house, "log/catalogue", "def f():\n    from recsys_helpers.log.histories import Histories"
    )
    assert set(circle(imports_of(house))) == {"log.catalogue", "log.histories"}


def test_a_module_outside_all_rooms_is_seen(house: Path) -> None:
    plant(house, "attic/box", "from recsys_helpers.log import catalogue")
    with pytest.raises(AssertionError, match=r"attic\.box stands in no room"):
        arrows_up(imports_of(house))


@pytest.mark.parametrize(
    "text",
    [
        "from recsys_book import plots",
        "def f():\n    import recsys_book.sentences",
        "import_module('recsys_book.sentences')",
        "import_module(f'recsys_book.{name}')",
    ],
)
def test_a_library_that_knows_the_book_is_seen(house: Path, text: str) -> None:
    plant(house, "log/catalogue", text)
    (place,) = mentions(house, "recsys_helpers", "recsys_book")
    assert place.startswith("recsys_helpers/log/catalogue.py, line ")
