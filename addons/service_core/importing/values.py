"""What a cell means: numbers and dates as people write them; what is ambiguous is refused."""

import re
from datetime import date


class NotUnderstood(ValueError):
    """``code`` names the sentence that tells the person what to write instead."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


YES = {"1", "yes", "y", "true", "x", "ja", "oui", "si", "sí"}
NO = {"0", "no", "n", "false", "nein", "non"}


def text(cell):
    return cell


def truth(cell):
    word = cell.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise NotUnderstood("truth")


def number(cell):
    """A number, whichever sign parts its decimals; one that can be read two ways is refused.

    >>> number("1.234,50"), number("1,234.50"), number("12,5")
    (1234.5, 1234.5, 12.5)
    """
    plain = re.sub(r"[\s'\u00a0\u202f]", "", cell)
    if not re.fullmatch(r"-?\d[\d.,]*", plain):
        raise NotUnderstood("number")
    signs = [char for char in plain if char in ".,"]
    if len(set(signs)) == 2:
        decimal = signs[-1]
        if signs.count(decimal) > 1:
            raise NotUnderstood("number")
        plain = plain.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(signs) > 1:
        if not re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", plain):
            raise NotUnderstood("number")
        plain = plain.replace(signs[0], "")
    elif signs:
        if re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", plain):
            raise NotUnderstood("ambiguous")
        plain = plain.replace(",", ".")
    return float(plain)


def whole(cell):
    """Kilometers, days: a whole number, thousands parted or not.

    >>> whole("123.456"), whole("98 000")
    (123456, 98000)
    """
    plain = re.sub(r"[\s'\u00a0\u202f]", "", cell)
    if re.fullmatch(r"\d+", plain):
        return int(plain)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain):
        return int(re.sub(r"[.,]", "", plain))
    if re.fullmatch(r"\d+[.,]0{1,2}", plain):
        return int(re.split(r"[.,]", plain)[0])
    raise NotUnderstood("whole")


def day(cell):
    """A date: ``2024-03-31``, ``31.03.2024``, or with slashes where day and month are plain.

    >>> day("31.03.2024") == day("2024-03-31") == day("31/03/2024")
    True
    """
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", cell):
        year, month, number_ = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", cell):
        number_, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cell):
        number_, month, year = map(int, found.groups())
        if number_ <= 12 and month <= 12 and number_ != month:
            raise NotUnderstood("day_or_month")
        if month > 12:
            number_, month = month, number_
    else:
        raise NotUnderstood("date")
    try:
        return date(year, month, number_)
    except ValueError:
        raise NotUnderstood("date") from None
