"""Folders of measuring programs: each module has `main(environment, arguments)`."""

import importlib
import inspect

from . import paths
from .errors import SetupError


def names(package):
    """The programs of `setup/<package>/`, by file name."""
    files = (paths.SETUP / package).glob("*.py")
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


def run(package, environment, arguments):
    """`list`, one program by name with its arguments, or all of them."""
    known = names(package)
    wanted, rest = (arguments[:1], arguments[1:]) if arguments else (known, [])
    if wanted == ["list"]:
        for name in known:
            print(f"{name:<24} {_caption(package, name)}")
        return 0
    unknown = [name for name in wanted if name not in known]
    if unknown or not known:
        raise SetupError(
            f"There is no program {', '.join(unknown) or 'yet'} in setup/{package}/. "
            f"Known: {', '.join(known) or 'none'}."
        )
    codes = [_module(package, name).main(environment, rest) for name in wanted]
    return int(any(codes))


def _module(package, name):
    return importlib.import_module(f"{package}.{name}")


def _caption(package, name):
    return (inspect.getdoc(_module(package, name)) or "").partition("\n")[0]
