"""Numbers that pass every check digit and yet belong to nobody.

* SIREN: companies begin with 000, public bodies with 2100 (no such county), so none of them
  can be in the register; the last digit is the Luhn key.
* bank code 99999 is given to no bank; the RIB key and the IBAN key are right.
* telephone numbers come from the ranges that the French regulator keeps for fiction.
"""

_LETTERS = {chr(ord("A") + i): str(i + 10) for i in range(26)}


def luhn_key(digits):
    """The digit that makes ``digits`` + key a valid Luhn number."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def siren(number, public=False):
    """A SIREN for the ``number``-th body."""
    head = f"2100{number:04d}" if public else f"0001{number:04d}"
    return head + luhn_key(head)


def siret(siren_number, establishment=1):
    """The SIRET of an establishment of ``siren_number``."""
    head = f"{siren_number}{establishment:04d}"
    return head + luhn_key(head)


def french_vat(siren_number):
    """The French VAT number of a SIREN."""
    return f"FR{(12 + 3 * (int(siren_number) % 97)) % 97:02d}{siren_number}"


def irish_vat(number):
    """An Irish VAT number with its check letter."""
    digits = f"{number:07d}"
    total = sum(
        int(d) * weight for d, weight in zip(digits, range(8, 1, -1), strict=True)
    )
    return f"IE{digits}{'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}"


def iban(account, branch=69001, bank=99999):
    """A French IBAN with its RIB key, in groups of four."""
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    bban = f"{bank:05d}{branch:05d}{account:011d}{key:02d}"
    digits = "".join(_LETTERS.get(c, c) for c in f"{bban}FR00")
    compact = f"FR{98 - int(digits) % 97:02d}{bban}"
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))


def phone(number, zip_code="69000"):
    """A landline of the fictional range of the region."""
    prefix = "01 99 00" if zip_code.startswith(("75", "92")) else "04 65 71"
    return f"{prefix} {number // 100 % 100:02d} {number % 100:02d}"


def mobile(number):
    """A mobile number of the fictional range."""
    return f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}"
