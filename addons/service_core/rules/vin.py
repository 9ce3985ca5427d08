"""Vehicle identification numbers: how they are written, and what can be told from them.

ISO 3779 gives seventeen characters without I, O and Q. Older and off-road vehicles carry other
numbers, so a number that does not fit is *marked*, never refused. The check digit is binding in
North America and China only, so a wrong one is a hint that a character was misread, no more.
"""

from vininfo import Vin

LENGTH = 17
ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
CHECK_POSITION = 8

_VALUES = {digit: int(digit) for digit in "0123456789"}
_VALUES |= dict(zip("ABCDEFGH", range(1, 9), strict=True))
_VALUES |= dict(zip("JKLMN", range(1, 6), strict=True))
_VALUES |= {"P": 7, "R": 9}
_VALUES |= dict(zip("STUVWXYZ", range(2, 10), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def normalise(text):
    """Upper case, letters and digits only; an empty answer is ``""``.

    >>> normalise(" wba 3a5c5-1cf256651 ")
    'WBA3A5C51CF256651'
    """
    return "".join(char for char in (text or "").upper() if char.isalnum())


def is_standard(vin):
    """Whether a normalised number has the seventeen legal characters of ISO 3779."""
    return len(vin) == LENGTH and all(char in ALPHABET for char in vin)


def check_digit(vin):
    """The check digit a standard number should carry at its ninth place."""
    rest = sum(_VALUES[char] * weight for char, weight in zip(vin, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def has_check_digit(vin):
    """Whether a normalised number is standard and its ninth character fits the other sixteen."""
    return is_standard(vin) and vin[CHECK_POSITION] == check_digit(vin)


# The register gives Hyundai's passenger cars to its younger sister.
_MAKES = {"KMH": "Hyundai"}


def decode(vin, this_year):
    """Make and model year that a normalised number tells; the year may be ``None``.

    The year stands at the tenth place and comes round every thirty years: the latest that is
    not in the future is told. European makers often write something else there, so both are
    proposals.

    >>> decode("JTDBR32E720012345", 2026)
    ('Toyota', 2002)
    """
    if not is_standard(vin):
        return None
    told = Vin(vin)
    make = _MAKES.get(vin[:3]) or str(told.manufacturer or "")
    if not make or make.startswith("Unsupported"):
        return None
    return make, max((year for year in told.years if year <= this_year + 1), default=None)
