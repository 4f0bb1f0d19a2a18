import pytest

from recouvrement_auto.tools.pdf import is_whole

WHOLE = b"%PDF-1.4 text %%EOF\n"


def test_a_whole_document():
    assert is_whole(WHOLE, "pdf")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (WHOLE, "html"),
        (b"<html/>", "pdf"),
        (b"%PDF-1.4 cut", "pdf"),
        (WHOLE + b" " * 100, "pdf"),
        (b"", "pdf"),
    ],
)
def test_what_is_none(content, kind):
    assert not is_whole(content, kind)
