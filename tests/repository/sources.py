"""What the rules about the repository read: its own files, never those of a cache."""

import ast
import os
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("recouvrement_auto", "recouvrement_auto_sms", "recouvrement_auto_reports")
SKIPPED = {
    ".git",
    ".cache",
    ".hypothesis",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "build",
    "dist",
}


@cache
def files(under="", suffix=""):
    """Paths of the repository's files below ``under`` whose name ends with ``suffix``."""
    found = []
    for folder, folders, names in os.walk(ROOT / under):
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED and not name.endswith(".egg-info")
        )
        found += [Path(folder, name) for name in sorted(names) if name.endswith(suffix)]
    return tuple(found)


@cache
def addon_code(part=""):
    """Python of the add-ons without their tests; of one folder of each with ``part``."""
    return tuple(
        path
        for addon in ADDONS
        for path in files(f"{addon}/{part}", ".py")
        if "tests" not in path.relative_to(ROOT).parts
    )


@cache
def text(path):
    """Content of a file, empty when it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def tree(path):
    """Syntax tree of a Python file."""
    return ast.parse(text(path), str(path))


def name(path):
    """Path as people write it, from the top of the repository."""
    return path.relative_to(ROOT).as_posix()
