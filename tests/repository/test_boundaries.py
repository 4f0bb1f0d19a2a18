"""Who may know whom (architecture: pure tools, a core that knows no other channel)."""

import ast
import re
import sys

from sources import ROOT, addon_code, files, name, text, tree

# Where the core may speak of the other add-ons: words for people, no code.
WORDS_ONLY = ("i18n", "readme", "static/description")
# Libraries that Odoo itself needs, and the one tool that may use each: what writes
# workbooks, the date of Easter.
LIBRARIES = {
    ("xlsxwriter", "recouvrement_auto/tools/xlsx_book.py"),
    ("dateutil", "recouvrement_auto/tools/working_time.py"),
}
MACHINE_PATH = re.compile(
    "|".join(["/" + "root/", "/" + r"home/\w", "/" + r"work/\w+/"])
)


def imports(path):
    """``(module, level)`` of each import of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


def test_there_is_something_to_check():
    assert len(addon_code("tools")) > 8
    assert len(files("", ".py")) > 20


def test_tools_need_the_standard_library_and_named_libraries_only():
    wrong = [
        f"{name(path)}: {module}"
        for path in addon_code("tools")
        for module, level in imports(path)
        if level > 1 or (level == 0 and not _allowed(path, module.split(".")[0]))
    ]
    assert not wrong, "\n".join(wrong)


def _allowed(path, package):
    return (package, name(path)) in LIBRARIES or package in sys.stdlib_module_names


def test_the_package_of_tools_is_empty():
    """It must import nothing, so that each tool can be read alone."""
    wrong = [
        name(path)
        for path in addon_code("tools")
        if path.name == "__init__.py"
        and [node for node in tree(path).body if not isinstance(node, ast.Expr)]
    ]
    assert not wrong, "\n".join(wrong)


def test_tools_read_no_clock():
    wrong = [
        f"{name(path)}:{node.lineno}"
        for path in addon_code("tools")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_never_names_the_other_channel():
    core = ROOT / "recouvrement_auto"
    wrong = [
        name(path)
        for path in files("recouvrement_auto")
        if not path.relative_to(core).as_posix().startswith(WORDS_ONLY)
        and re.search("s" + "ms", name(path).partition("/")[2] + text(path), re.I)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_add_ons_beside_the_core_do_not_know_each_other():
    pairs = (
        ("recouvrement_auto_sms", "recouvrement_auto_reports"),
        ("recouvrement_auto_reports", "recouvrement_auto_sms"),
    )
    wrong = [
        name(path)
        for addon, other in pairs
        for path in files(addon)
        if path.suffix in (".py", ".xml", ".csv", ".js") and other in text(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_path_of_a_machine():
    wrong = [
        f"{name(path)}: {found[0]}"
        for path in files()
        if (found := MACHINE_PATH.search(text(path)))
    ]
    assert not wrong, "\n".join(wrong)
