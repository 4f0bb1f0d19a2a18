"""A payment history from a CSV file, read strictly: what is unclear is said or refused."""

import codecs
import csv
import io
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

REQUIRED = ("invoice", "customer", "invoice_date", "due_date", "paid_date", "amount")
DATES = ("invoice_date", "due_date", "paid_date")
DELIMITERS = ",;\t|"
YES = {"1", "1.0", "true", "yes", "y", "oui", "o", "vrai", "x"}
NO = {"", "0", "0.0", "false", "no", "n", "non", "faux"}
NOTHING = {"nan", "nat", "null", "none", "n/a", "na", "-", "0000-00-00"}
YEARS = (1970, 2100)
MOST_AMOUNT = 10**15
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?$")
SEPARATOR = re.compile(r"\Asep=.\r?\n", re.I)  # a line of its own for Excel
NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[T ].*)?$")


class BadFile(Exception):
    """The file cannot be read; the message names the line and the column."""


def read(path, say):
    """Rows ``(invoice, customer, invoice_date, due_date, paid_date, amount, disputed)``.

    :param say: called with each remark on how something unusual was read
    """
    cells = _cells(_text(path, say), say)
    orders = _orders(cells, say)
    rows = [_row(line, values, orders) for line, values in cells]
    rows = _without_credits(rows, say)
    rows = _without_repeats(rows, say)
    _remarks(rows, say)
    if not rows:
        raise BadFile("The file holds no invoice.")
    return [row for _line, row in rows]


def parse_day(text):
    """A day written 2024-01-31; ``BadFile`` otherwise."""
    return _date(text.strip(), None, "the cut-off")


def _text(path, say):
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise BadFile(f"The file cannot be opened: {error.strerror}: {path}") from error
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding == "cp1252":
            say("The file is not UTF-8; it is read as Windows-1252.")
        return text
    raise BadFile("The file is no text: save it as CSV in UTF-8.")


def _encodings(raw):
    """What to try; UTF-16 is what spreadsheets call "Unicode text"."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")


def _cells(text, say):
    """``[(line, {column: text})]`` of the known columns."""
    text = SEPARATOR.sub("\n", text)
    head = next((line for line in text.splitlines() if line.strip()), "")
    if not head:
        raise BadFile("The file is empty.")
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names, cells = None, []
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if names is None:
                names = _head(values, reader.line_num, say)
            elif len(values) < len(names) or any(map(str.strip, values[len(names) :])):
                raise BadFile(
                    f"Line {reader.line_num}: {len(values)} cells where the head has "
                    f"{len(names)}. Is a {delimiter!r} inside a text without quotes?"
                )
            else:
                # Some programs end each row with one more separator.
                row = dict(zip(names, map(_plain, values), strict=False))
                cells.append((reader.line_num, row))
    except csv.Error as error:
        raise BadFile(f"Line {reader.line_num}: {error}.") from error
    return cells


def _plain(value):
    """A cell without blanks; what programs write for nothing is nothing."""
    value = value.strip()
    return "" if value.lower() in NOTHING else value


def _head(values, line, say):
    names = [re.sub(r"[\s-]+", "_", value.strip().lower()) for value in values]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise BadFile(
            f"Line {line}: column {', '.join(missing)} is missing. "
            f"The head is: {', '.join(names)}."
        )
    double = {name for name in (*REQUIRED, "disputed") if names.count(name) > 1}
    if double:
        raise BadFile(f"Line {line}: column {', '.join(sorted(double))} stands twice.")
    other = [name for name in names if name and name not in (*REQUIRED, "disputed")]
    if other:
        say(f"Columns that are not read: {', '.join(other)}.")
    return names


def _orders(cells, say):
    """``{column: "dmy" or "mdy"}`` for dates that are written with the year last.

    A column in which no day is above 12 is read like the others.
    """
    found = {name: _order(cells, name) for name in DATES}
    sure = {order for order in found.values() if order in ("dmy", "mdy")}
    usual = "dmy" if len(sure) != 1 else min(sure)
    for name, order in found.items():
        if order == "unclear" and len(sure) != 1:
            say(f"Column {name}: day or month first cannot be told; read as day first.")
    return {name: order if order in sure else usual for name, order in found.items()}


def _order(cells, name):
    """``"dmy"``, ``"mdy"``, ``"unclear"``, or None without such a date."""
    first_line = second_line = None
    seen = False
    for line, row in cells:
        found = NUMBERS.match(row[name])
        if not found:
            continue
        seen = True
        if int(found[1]) > 12 and not first_line:
            first_line = line
        if int(found[2]) > 12 and not second_line:
            second_line = line
    if first_line and second_line:
        raise BadFile(
            f"Line {first_line}, column {name}: day first, but month first on line "
            f"{second_line}."
        )
    if not seen:
        return None
    return "dmy" if first_line else "mdy" if second_line else "unclear"


def _row(line, values, orders):
    where = f"Line {line}, column "
    for name in ("invoice", "customer"):
        if not values[name]:
            raise BadFile(f"{where}{name}: empty.")
    days = {}
    for name in DATES:
        text = values[name]
        if not text and name != "paid_date":
            raise BadFile(f"{where}{name}: empty.")
        days[name] = _date(text, orders[name], f"{where}{name}") if text else None
    return line, (
        values["invoice"],
        values["customer"],
        *days.values(),
        _amount(values["amount"], f"{where}amount"),
        _flag(values.get("disputed", ""), f"{where}disputed"),
    )


def _date(text, order, where):
    found = ISO.match(text) or COMPACT.match(text)
    if found:
        numbers = found.groups()
    elif order and (found := NUMBERS.match(text)):
        day, month, year = found.groups()
        year = year if len(year) == 4 else f"20{year}"
        numbers = (year, month, day) if order == "dmy" else (year, day, month)
    else:
        raise BadFile(f"{where}: {text!r} is no date; write 2024-01-31 or 31/01/2024.")
    try:
        day = date(*map(int, numbers))
    except ValueError as error:
        raise BadFile(f"{where}: {text!r} is no day of the calendar.") from error
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise BadFile(f"{where}: the year of {text!r} cannot be right.")
    return day


def _amount(text, where):
    if not text:
        raise BadFile(f"{where}: empty.")
    plain = re.sub(r"[\s\u00a0\u202f'’€$]|EUR$", "", text)
    if plain.count(",") == 1 and plain.rfind(",") > plain.rfind("."):
        plain = plain.replace(".", "").replace(",", ".")  # 1.234,56
    elif "," in plain:
        plain = plain.replace(",", "")  # 1,234.56
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise BadFile(f"{where}: {text!r} is no amount.") from error
    if not amount.is_finite() or abs(amount) >= MOST_AMOUNT:
        raise BadFile(f"{where}: {text!r} is no amount that can be right.")
    return amount


def _flag(text, where):
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise BadFile(f"{where}: {text!r}; write yes or no.")


# === SANE READING === #


def _without_credits(rows, say):
    kept = [(line, row) for line, row in rows if row[5] > 0]
    if len(kept) < len(rows):
        line = next(line for line, row in rows if row[5] <= 0)
        say(
            f"{len(rows) - len(kept)} rows without a positive amount left out ({line})."
        )
    return kept


def _without_repeats(rows, say):
    """Equal rows count once; of rows that differ by the payment alone, the last one."""
    kept, repeated, paid_again = {}, [], []
    for line, row in rows:
        key = (*row[:4], row[5])
        if key not in kept:
            kept[key] = (line, row)
            continue
        before = kept[key][1]
        (repeated if before[4] == row[4] else paid_again).append(line)
        # Settled only when all of it is: unpaid wins, then the later payment.
        latest = None if None in (before[4], row[4]) else max(before[4], row[4])
        kept[key] = (
            kept[key][0],
            (*before[:4], latest, before[5], before[6] or row[6]),
        )
    if repeated:
        say(f"{len(repeated)} repeated rows left out, the first on line {repeated[0]}.")
    if paid_again:
        say(
            f"{len(paid_again)} rows repeat an invoice with another payment date, the first "
            f"on line {paid_again[0]}: the last payment counts."
        )
    return list(kept.values())


def _remarks(rows, say):
    for text, is_odd in (
        ("paid before the invoice", lambda row: row[4] and row[4] < row[2]),
        ("due before the invoice", lambda row: row[3] < row[2]),
    ):
        odd = [line for line, row in rows if is_odd(row)]
        if odd:
            say(
                f"{len(odd)} rows {text}, the first on line {odd[0]}: kept as they are."
            )
