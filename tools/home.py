"""Give the book its address: python tools/home.py OWNER/REPOSITORY.

The address of the repository on GitHub stands in many files: links, launch buttons, the first cell
of each notebook. This replaces it in all of them, once after a fork or at the first publication.
The address that is replaced is the one in pyproject.toml.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(
    r"(?P<owner>[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38})/(?P<repository>[\w.-]{1,100})", re.ASCII
)


def home(root: Path = ROOT) -> str:
    """Return OWNER/REPOSITORY as pyproject.toml has it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"]).removeprefix("https://github.com/")


def repository_name(text: str) -> str:
    """Return OWNER/REPOSITORY if GitHub allows the name, and Pages would serve it in a folder."""
    match = NAME.fullmatch(text)
    if match is None or match["repository"].strip(".") == "" or text.endswith(".git"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name of a repository on GitHub; it has the form OWNER/REPOSITORY, "
            "where OWNER has letters, digits and single hyphens"
        )
    if match["repository"].lower() == f"{match['owner'].lower()}.github.io":
        raise argparse.ArgumentTypeError(
            f"GitHub serves {text} at the root of a site, but the book's links expect a folder "
            "named as the repository; choose another name for the repository"
        )
    return text


def moved(data: bytes, old: str, new: str) -> bytes:
    """Replace the address in the bytes of a file: repository, its pages, and the folder cloned."""
    (old_owner, old_name), (new_owner, new_name) = old.split("/"), new.split("/")
    pairs = {
        rf"(?<![\w-]){re.escape(old)}(?![\w-])": new,
        rf"(?<![\w-]){re.escape(f'{old_owner}.github.io/{old_name}')}(?![\w-])": (
            f"{new_owner}.github.io/{new_name}"
        ),
        rf"(?<=\bcd |[\s\"]\./){re.escape(old_name)}(?![\w-])": new_name,
        rf'"{re.escape(old_name)}(?=\\?")': f'"{new_name}',
    }
    for pattern, replacement in pairs.items():
        data = re.sub(pattern.encode(), replacement.encode(), data)
    return data


def files(root: Path) -> list[Path]:
    """List the files that belong to the repository, those not yet committed included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    paths = [root / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def move(new: str, root: Path = ROOT) -> list[Path]:
    """Replace the address in every file that names it, and return these files."""
    old, changed = home(root), []
    for path in files(root):
        data = path.read_bytes()
        replaced = moved(data, old, new)
        if replaced != data:
            path.write_bytes(replaced)
            changed.append(path)
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("repository", type=repository_name, metavar="OWNER/REPOSITORY")
    new = parser.parse_args(arguments).repository
    try:
        changed = move(new)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"This needs git and a checkout made with git clone: {error}", file=sys.stderr)
        return 1
    print(*(path.relative_to(ROOT).as_posix() for path in changed), sep="\n")
    print(f"{len(changed)} files now say {new}." if changed else f"All files say {new} already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
