"""Small files, short methods: what does not fit a screen hides its mistakes."""

import ast

from sources import addon_code, name, text, tree

METHOD_LINES = 35  # without the docstring
MODEL_FILE_LINES = 250


def length(function):
    """Lines of a function, without decorators and docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def functions():
    for path in addon_code():
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield path, node


def test_methods():
    wrong = [
        f"{name(path)}: {node.name} has {length(node)} lines"
        for path, node in functions()
        if length(node) > METHOD_LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_model_files():
    wrong = [
        f"{name(path)}: {lines} lines"
        for path in addon_code("models")
        if (lines := len(text(path).splitlines())) > MODEL_FILE_LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_tools_say_what_they_give():
    wrong = [
        f"{name(path)}: {node.name}"
        for path in addon_code("tools")
        for node in tree(path).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_ruler_measures():
    code = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    assert length(ast.parse(code).body[0]) == 3
