"""setup/translations DATABASE [FILE.po ...]: renew the catalogues of the three add-ons.

The database must be up to date (`setup/database update`). The files hold the French of
new texts. Texts that are still without French are printed and the exit code is 1.
"""

import argparse
from pathlib import Path

from .. import environment, translations
from ..progress import step


def main(arguments):
    """Renew, print what is missing."""
    parser = argparse.ArgumentParser(prog="setup/translations", description=__doc__)
    parser.add_argument("database")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    with environment.ready() as env, step("Catalogues"):
        missing = translations.renew(env, options.database, options.files)
    for addon, texts in missing.items():
        for text in texts:
            print(f"{addon}: {text!r} has no French")
    return 1 if any(missing.values()) else 0
