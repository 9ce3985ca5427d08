"""Licence plates: one key for one plate, however it was typed."""

import unicodedata

# Russian plates use only the letters that look alike in both alphabets; people type either.
_LOOK_ALIKE = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def tidy(text):
    """The plate as it is shown: upper case, single spaces.

    >>> tidy("  b-ab  1234 ")
    'B-AB 1234'
    """
    return " ".join(unicodedata.normalize("NFKC", text or "").upper().split())


def normalise(text):
    """The plate as it is compared: letters and digits only, one alphabet for look-alikes.

    >>> normalise("b-ab 1234")
    'BAB1234'
    """
    plate = "".join(char for char in tidy(text) if char.isalnum())
    return plate.translate(_LOOK_ALIKE)
