"""`setup/translations`: what is French stays, what is new is named, what is gone goes."""

from kit.translations import merge

TEMPLATE = (
    'msgid "Old"\nmsgstr ""\n\nmsgid "New"\nmsgstr ""\n\nmsgid "Open"\nmsgstr ""\n'
)
FRENCH = 'msgid "Old"\nmsgstr "Ancien"\n\nmsgid "Gone"\nmsgstr "Parti"\n'


def test_merge(tmp_path):
    template, french, extra = (tmp_path / n for n in ("a.pot", "fr.po", "extra.po"))
    template.write_text(TEMPLATE)
    french.write_text(FRENCH)
    extra.write_text('msgid "New"\nmsgstr "Nouveau"\n')
    assert merge(template, french, [extra]) == ["Open"]
    text = french.read_text()
    assert 'msgstr "Ancien"' in text
    assert 'msgstr "Nouveau"' in text
    assert "Gone" not in text
