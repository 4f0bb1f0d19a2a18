"""One vocabulary: every reason has a label, every version the same prefix."""

import ast
import re

from sources import ADDONS, ROOT, addon_code, files, name, text, tree

CONST = ROOT / "recouvrement_auto" / "const.py"


def reasons():
    """``REASONS`` of const.py: code -> English label."""
    for node in tree(CONST).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "REASONS":
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return [(key.value, _label(value)) for key, value in pairs]
    raise AssertionError("const.py has no REASONS")


def _label(node):
    """A label as it stands or marked for translation: ``_lt("Paid")``."""
    return (node.args[0] if isinstance(node, ast.Call) else node).value


def verdicts():
    """Reason codes that guards give, read from ``Verdict(action, "code", ...)``."""
    for path in addon_code():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or _called(node) != "Verdict":
                continue
            for value in node.args[1:2]:
                if isinstance(value, ast.Constant):
                    yield path, value.value
            for keyword in node.keywords:
                if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant):
                    yield path, keyword.value.value


def _called(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_each_reason_has_one_label():
    codes = [code for code, _label in reasons()]
    labels = [label for _code, label in reasons()]
    assert len(codes) > 20
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes)
    assert all(label.strip() for label in labels)
    assert sorted(codes) == sorted(set(codes))
    assert sorted(labels) == sorted(set(labels))


def test_guards_give_known_reasons():
    known = {code for code, _label in reasons()}
    found = list(verdicts())
    assert len(found) > 10
    assert not [f"{name(path)}: {code}" for path, code in found if code not in known]


def test_only_the_run_commits_and_through_one_method():
    """Odoo's own ``_commit_progress`` commits; a bare commit in a model never does."""
    pattern = re.compile(r"\bcr\s*\.\s*commit\s*\(")
    wrong = [name(path) for path in addon_code() if pattern.search(text(path))]
    assert not wrong, "\n".join(wrong)


def test_manifests_share_one_version_prefix():
    manifests = [path for addon in ADDONS for path in files(addon, "__manifest__.py")]
    wrong = {}
    for path in manifests:
        manifest = ast.literal_eval(text(path))
        if not re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest.get("version", "")):
            wrong[name(path)] = manifest.get("version")
    assert not wrong, "\n".join(wrong)
