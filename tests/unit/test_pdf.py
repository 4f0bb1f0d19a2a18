import pytest

from recouvrement_auto.tools.pdf import first_pages, is_whole

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


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["x [A-1] y", "more", "[A-12]"], [0, 2]),
        (["[A -\n1]", "[A-12]"], [0, 1]),
        (["more", "[A-1]", "[A-12]"], None),  # a page that is nobody's
        (["[A-1]", "[A-12]", "[A-1]"], None),  # quoted by another
        (["[A-1] [A-12]"], None),  # two on a page
        (["[A-12]", "[A-1]"], None),
        (["[A-1]", "more"], None),
        ([], None),
    ],
)
def test_where_each_document_begins(texts, expected):
    assert first_pages(texts, ["A-1", "A-12"]) == expected


def test_no_document():
    assert first_pages(["text"], []) is None
