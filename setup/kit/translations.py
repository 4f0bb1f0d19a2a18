"""The catalogues of our add-ons, renewed from a database that has them installed."""

import polib

from . import paths

WIDTH = 88


def _known(french, extra_files):
    """(context, text) -> French: the catalogue's own first, the given files win."""
    known = {(e.msgctxt, e.msgid): e for e in french if e.msgstr and not e.obsolete}
    for path in extra_files:
        known.update(
            {(e.msgctxt, e.msgid): e for e in polib.pofile(str(path)) if e.msgstr}
        )
    return known


def merge(template, french, extra_files=()):
    """Give every text of the template its French; the texts that have none.

    `template` and `french` are paths; `extra_files` are .po files with translations
    of new texts. Texts that the template lost leave the catalogue too.
    """
    texts, old = polib.pofile(str(template)), polib.pofile(str(french))
    known = _known(old, extra_files)
    merged, missing = polib.POFile(wrapwidth=WIDTH), []
    merged.metadata, merged.header = old.metadata, old.header
    for entry in texts:
        found = known.get((entry.msgctxt, entry.msgid))
        entry.msgstr = found.msgstr if found else ""
        missing += [] if found else [entry.msgid]
        merged.append(entry)
    merged.save(str(french))
    return missing


def renew(environment, database, extra_files=()):
    """Export the templates from this database and merge: add-on -> texts without French."""
    addons = paths.present_addons()
    environment.odoo(
        *("i18n", "export", "-l", "pot", "-d", database, *addons),
        log="translations",
        what="Exporting the texts",
    )
    folders = {addon: paths.ROOT / addon / "i18n" for addon in addons}
    return {
        addon: merge(folder / f"{addon}.pot", folder / "fr.po", extra_files)
        for addon, folder in folders.items()
    }
