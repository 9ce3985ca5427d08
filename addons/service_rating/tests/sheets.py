"""Reads a workbook twice: as a reader that does not calculate, and as one that does.

Only the few functions our formulas use are known, in exact decimals.
"""

import io
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from openpyxl import load_workbook

CELL = r"\$?[A-Z]+\$?\d+"
TOKEN = re.compile(
    rf"""(?P<text>"[^"]*")|(?P<call>[A-Z]+)\(|(?:'(?P<sheet>[^']+)'!)?(?P<cell>{CELL})"""
    rf"""(?::(?P<end>{CELL}))?|(?P<number>\d+(?:\.\d+)?)|(?P<equal>=)"""
)


class Blank(Decimal):
    """An empty cell: nought in a sum, an empty text in a comparison."""

    def __eq__(self, other):
        return other == "" if isinstance(other, str) else Decimal(self) == other

    __hash__ = Decimal.__hash__


class Span(list):
    """Cells side by side, compared and multiplied one by one."""

    def __eq__(self, other):
        return Span(Decimal(cell == other) for cell in self)

    def __mul__(self, other):
        others = other if isinstance(other, list) else [other] * len(self)
        return Span(mine * theirs for mine, theirs in zip(self, others, strict=True))

    __hash__ = None


class Sheets:
    def __init__(self, content):
        self.formulas = load_workbook(io.BytesIO(content))
        self.cached = load_workbook(io.BytesIO(content), data_only=True)
        self.values = {}

    def cells(self, name):
        """{coordinate: cell as shown} of a sheet."""
        return {
            cell.coordinate: cell.value for row in self.cached[name].iter_rows() for cell in row
        }

    def rows(self, name, first=4):
        """The rows of a sheet below its titles, as shown."""
        return [[cell.value for cell in row] for row in self.cached[name].iter_rows(min_row=first)]

    def every_formula(self):
        """[(sheet, coordinate)] of what is calculated."""
        return [
            (sheet.title, cell.coordinate)
            for sheet in self.formulas
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and cell.value.startswith("=") and cell.data_type == "f"
        ]

    def shown(self, sheet, cell):
        return self.convert(self.cached[sheet][cell].value)

    def convert(self, value):
        if value is None:
            return Blank(0)
        if isinstance(value, (date, datetime)):
            return Decimal(value.toordinal())
        return value if isinstance(value, str) else Decimal(str(value))

    def value(self, sheet, cell):
        """What a spreadsheet makes of a cell."""
        cell = cell.replace("$", "")
        if (sheet, cell) not in self.values:
            found = self.formulas[sheet][cell]
            if found.data_type == "f":
                text = TOKEN.sub(lambda match: self.translate(match, sheet), found.value[1:])
                # eval: the formulas are our own, this is their second reading
                self.values[sheet, cell] = eval(text, {"book": self, **FUNCTIONS})
            else:
                self.values[sheet, cell] = self.convert(found.value)
        return self.values[sheet, cell]

    def span(self, sheet, start, end):
        cells = self.formulas[sheet][f"{start}:{end}".replace("$", "")]
        return Span(self.value(sheet, cell.coordinate) for row in cells for cell in row)

    def translate(self, match, sheet):
        """One token of a formula in Python's words."""
        found = match.groupdict()
        if found["text"]:
            return found["text"]
        if found["call"]:
            return f"{found['call']}_("
        if found["number"]:
            return f'D_("{found["number"]}")'
        if found["equal"]:
            return "=="
        place = repr(found["sheet"] or sheet)
        if found["end"]:
            return f"book.span({place}, {found['cell']!r}, {found['end']!r})"
        return f"book.value({place}, {found['cell']!r})"


FUNCTIONS = {
    "D_": Decimal,
    "ROUND_": lambda number, digits: Decimal(number).quantize(
        Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP
    ),
    "MIN_": min,
    "MAX_": max,
    "SUM_": sum,
    "COUNT_": lambda cells: Decimal(
        len([cell for cell in cells if isinstance(cell, Decimal) and not isinstance(cell, Blank)])
    ),
    "COUNTIF_": lambda cells, wanted: Decimal(len([cell for cell in cells if cell == wanted])),
    "SUMPRODUCT_": sum,
    "IF_": lambda test, yes, no: yes if test else no,
}
