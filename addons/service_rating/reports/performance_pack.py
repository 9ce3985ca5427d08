"""HR's pack of a month: one workbook, every derived figure a live formula.

Plain Python: the pack is made of the facts frozen when it was made and of nothing else, so that it
is rebuilt byte for byte years later. Each formula carries its figure as cached value; a reader that
does not calculate shows the same cents as one that does.
"""

import hashlib
import io
import json
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from ..rules import score as scoring

MONEY, DATE = "money", "date"
HEAD = 3  # row of the column titles, as a spreadsheet counts
FIRST = HEAD + 1
SHEETS = (
    "summary",
    "people",
    "units",
    "ratings",
    "difficulty",
    "cases",
    "permits",
    "reconciliation",
    "difference",
    "signoff",
    "checksum",
)


def digest(facts):
    """SHA-256 of the facts, whatever the order they were collected in."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def pack_workbook(facts):
    """The workbook of ``facts`` as bytes."""
    return PackWorkbook(facts).build()


class PackWorkbook:
    """One workbook in the making: sheets by name, the value of every formula by cell."""

    def __init__(self, facts):
        self.facts = facts
        self.label = facts["labels"]
        self.digits = facts["digits"]
        self.last = {}  # sheet -> its last row
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, {"in_memory": True})
        year, month = map(int, facts["month"].split("-"))
        # a fixed date: the same facts give the same bytes
        self.book.set_properties(
            {"title": self.label["title"], "created": datetime(year, month, 1)}
        )
        money = "#,##0" + ("." + "0" * self.digits if self.digits else "")
        self.number = {MONEY: money, DATE: "yyyy-mm-dd"}
        self.formats = {}

    def format(self, number=None, **style):
        key = (number, *sorted(style.items()))
        if key not in self.formats:
            number_format = {"num_format": self.number.get(number, number)} if number else {}
            self.formats[key] = self.book.add_format({**number_format, **style})
        return self.formats[key]

    def build(self):
        for name in SHEETS:
            sheet = self.book.add_worksheet(self.label[name])
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        for name in SHEETS[1:]:
            getattr(self, f"write_{name}")(self.book.get_worksheet_by_name(self.label[name]))
        # last: it looks at all the others
        self.write_summary(self.book.get_worksheet_by_name(self.label["summary"]))
        self.book.close()
        return self.stream.getvalue()

    # === CELLS === #

    def put(self, sheet, cell, value, number=None, formula=None, **style):
        """Write a cell; returns the value as the sums want it."""
        look = self.format(number, **style)
        if formula is not None:
            shown = value if isinstance(value, str) else float(value)
            sheet.write_formula(cell, f"={formula}", look, shown)
        elif value is None or value == "":
            sheet.write_blank(cell, None, look)
        elif number == DATE:
            sheet.write_datetime(cell, datetime.strptime(value, "%Y-%m-%d"), look)
        elif isinstance(value, str):
            # a name that begins with "=" stays a name
            sheet.write_string(cell, value, look)
        else:
            sheet.write_number(cell, float(value), look)
        return value

    def open_sheet(self, sheet, name, columns):
        """Title and column heads; ``columns`` are (label, width)."""
        self.put(sheet, "A1", f"{self.label[name]}, {self.label['title']}", bold=True, font_size=14)
        for number, (label, width) in enumerate(columns):
            letter = chr(ord("A") + number)
            sheet.set_column(f"{letter}:{letter}", width)
            self.put(
                sheet,
                f"{letter}{HEAD}",
                self.label[label],
                bold=True,
                bg_color="#E7E9ED",
                text_wrap=True,
                bottom=1,
            )
        sheet.freeze_panes(HEAD, 1)
        sheet.repeat_rows(HEAD - 1)

    def total(self, sheet, name, row, sums, number=MONEY):
        """The row under the rows: a live sum of each column of ``sums`` {letter: (value, format)}."""
        self.last[name] = row - 1
        self.put(sheet, f"A{row}", self.label["total"], bold=True, top=1)
        for letter, (value, number) in sums.items():
            formula = f"SUM({letter}{FIRST}:{letter}{row - 1})" if row > FIRST else "0"
            self.put(sheet, f"{letter}{row}", value, number, formula, bold=True, top=1)

    def ref(self, name, cells):
        """Cells of another sheet."""
        return f"'{self.label[name]}'!{cells}"

    def column(self, name, letter):
        """A whole column of another sheet's rows."""
        last = max(self.last[name], FIRST)
        return self.ref(name, f"${letter}${FIRST}:${letter}${last}")

    def money(self, value):
        return Decimal(str(value))

    # === SHEETS === #

    def write_people(self, sheet):
        self.open_sheet(
            sheet,
            "people",
            [
                ("person", 26),
                ("unit", 20),
                ("answers", 9),
                ("raw", 12),
                ("mean", 12),
                ("k", 7),
                ("minimum", 9),
                ("corrections", 12),
                ("score", 10),
                ("floor", 8),
                ("base", 13),
                ("pay", 14),
                ("points", 11),
                ("rate", 10),
                ("hard", 13),
                ("sum", 14),
                ("basis", 24),
            ],
        )
        sums = dict.fromkeys("CKLMOP", Decimal(0))
        row = FIRST
        for person in self.facts["people"]:
            total = self.money(person["pay"]) + self.money(person["hard"])
            score = (
                f"ROUND(MIN({scoring.MAXIMUM},MAX({scoring.MINIMUM},"
                f"ROUND(IF(C{row}<G{row},E{row},(C{row}*D{row}+F{row}*E{row})/(C{row}+F{row})),2)"
                f"+H{row})),2)"
            )
            cells = {
                "A": (person["name"],),
                "B": (person["unit"],),
                "C": (person["answers"], "0"),
                "D": (person["raw"], "0.000000"),
                "E": (person["mean"], "0.000000"),
                "F": (person["k"], "0.00"),
                "G": (person["minimum"], "0"),
                "H": (person["corrections"], "0.00"),
                "I": (person["score"], "0.00", score),
                "J": (person["floor"], "0.00"),
                "K": (person["base"], MONEY),
                "L": (
                    person["pay"],
                    MONEY,
                    f"ROUND(K{row}*MAX(I{row},J{row})/100,{self.digits})",
                ),
                "M": (person["points"], "0.00"),
                "N": (person["rate"], MONEY),
                "O": (person["hard"], MONEY, f"ROUND(M{row}*N{row},{self.digits})"),
                "P": (str(total), MONEY, f"L{row}+O{row}"),
                "Q": (person["basis"],),
            }
            self.row(sheet, row, cells, "ABQ", sums)
            row += 1
        self.total(
            sheet,
            "people",
            row,
            {
                letter: (value, {"C": "0", "M": "0.00"}.get(letter, MONEY))
                for letter, value in sums.items()
            },
        )

    def row(self, sheet, row, cells, texts, sums):
        """Write one row; figures come as decimal strings, so that sums are exact."""
        for letter, (value, *rest) in cells.items():
            if letter not in texts and value is not None:
                value = Decimal(str(value))
                if letter in sums:
                    sums[letter] += value
            self.put(sheet, f"{letter}{row}", value, *rest)

    def write_units(self, sheet):
        self.open_sheet(
            sheet,
            "units",
            [
                ("unit", 24),
                ("people", 10),
                ("answers", 10),
                ("average", 12),
                ("base", 14),
                ("pay", 14),
                ("hard", 14),
                ("sum", 14),
            ],
        )
        names = sorted({person["unit"] for person in self.facts["people"]})
        sums = dict.fromkeys("BCEFGH", Decimal(0))
        row = FIRST
        unit = self.column("people", "B")
        for name in names:
            mine = [person for person in self.facts["people"] if person["unit"] == name]
            scores = sum((self.money(person["score"]) for person in mine), Decimal(0))

            def of(key, mine=mine):
                return sum((self.money(person[key]) for person in mine), Decimal(0))

            # not SUMIF: it takes a unit called "=1" or "A*" for a condition
            def sum_if(letter, row=row):
                return f"SUMPRODUCT(({unit}=A{row})*{self.column('people', letter)})"

            cells = {
                "A": (name,),
                "B": (len(mine), "0", f"SUMPRODUCT(({unit}=A{row})*1)"),
                "C": (of("answers"), "0", sum_if("C")),
                "D": (
                    scoring.round_half_up(scoring.exact(scores) / len(mine), 2),
                    "0.00",
                    f"ROUND({sum_if('I')}/B{row},2)",
                ),
                "E": (of("base"), MONEY, sum_if("K")),
                "F": (of("pay"), MONEY, sum_if("L")),
                "G": (of("hard"), MONEY, sum_if("O")),
                "H": (of("pay") + of("hard"), MONEY, f"F{row}+G{row}"),
            }
            self.row(sheet, row, cells, "A", sums)
            row += 1
        self.total(
            sheet,
            "units",
            row,
            {letter: (value, "0" if letter in "BC" else MONEY) for letter, value in sums.items()},
        )

    def write_ratings(self, sheet):
        self.open_sheet(
            sheet,
            "ratings",
            [
                ("person", 26),
                ("order", 14),
                ("car", 14),
                ("day", 12),
                ("dimension", 18),
                ("given", 9),
                ("share", 10),
                ("score_points", 13),
            ],
        )
        sums = {"G": Decimal(0), "H": Decimal(0)}
        row = FIRST
        for person, order, car, day, dimension, given, share, points in self.facts["ratings"]:
            cells = {
                "A": (person,),
                "B": (order,),
                "C": (car,),
                "D": (day, DATE),
                "E": (dimension,),
                "F": (given, "0"),
                "G": (share, "0.000000"),
                "H": (points, "0.000000"),
            }
            self.row(sheet, row, cells, "ABCDE", sums)
            row += 1
        self.total(
            sheet, "ratings", row, {letter: (value, "0.000000") for letter, value in sums.items()}
        )

    def write_difficulty(self, sheet):
        self.open_sheet(
            sheet,
            "difficulty",
            [
                ("person", 26),
                ("order", 14),
                ("repair", 34),
                ("grade", 9),
                ("share", 10),
                ("points", 12),
            ],
        )
        sums = {"F": Decimal(0)}
        row = FIRST
        for person, order, repair, grade, share in self.facts["difficulty"]:
            cells = {
                "A": (person,),
                "B": (order,),
                "C": (repair,),
                "D": (grade, "0"),
                "E": (share, "0.000000"),
                "F": (Decimal(share) * grade, "0.000000", f"D{row}*E{row}"),
            }
            self.row(sheet, row, cells, "ABC", sums)
            row += 1
        self.total(sheet, "difficulty", row, {"F": (sums["F"], "0.000000")})

    def write_cases(self, sheet):
        self.open_sheet(
            sheet,
            "cases",
            [
                ("kind", 16),
                ("person", 26),
                ("order", 14),
                ("reason", 50),
                ("status", 14),
                ("score_points", 12),
            ],
        )
        sums = {"F": Decimal(0)}
        row = FIRST
        for kind, person, order, reason, status, points in self.facts["cases"]:
            cells = {
                "A": (kind,),
                "B": (person,),
                "C": (order,),
                "D": (reason,),
                "E": (status,),
                "F": (points, "0.00"),
            }
            self.row(sheet, row, cells, "ABCDE", sums)
            row += 1
        self.total(sheet, "cases", row, {"F": (sums["F"], "0.00")})

    def write_permits(self, sheet):
        self.open_sheet(
            sheet,
            "permits",
            [("person", 26), ("number", 18), ("since", 12), ("until", 12), ("status", 16)],
        )
        self.put(sheet, "C2", self.label["month_end"])
        self.put(sheet, "D2", self.facts["last_day"], DATE)
        row = FIRST
        valid = 0
        for person, number, since, until in self.facts["permits"]:
            if not since:
                status = self.label["none"]
            elif until and until < self.facts["last_day"]:
                status = self.label["expired"]
            else:
                status = self.label["valid"]
                valid += 1
            formula = (
                f'IF(C{row}="","{self.label["none"]}",IF(D{row}="","{self.label["valid"]}",'
                f'IF(D{row}<$D$2,"{self.label["expired"]}","{self.label["valid"]}")))'
            )
            cells = {
                "A": (person,),
                "B": (number,),
                "C": (since, DATE),
                "D": (until, DATE),
                "E": (status, None, formula),
            }
            self.row(sheet, row, cells, "ABCDE", {})
            row += 1
        self.last["permits"] = row - 1
        self.put(sheet, f"A{row}", self.label["valid"], bold=True, top=1)
        formula = f'COUNTIF({self.column("permits", "E")},"{self.label["valid"]}")'
        self.put(sheet, f"E{row}", valid, "0", formula, bold=True, top=1)

    def write_reconciliation(self, sheet):
        self.open_sheet(
            sheet,
            "reconciliation",
            [
                ("person", 26),
                ("ledger", 14),
                ("payslip", 18),
                ("slip_pay", 14),
                ("slip_hard", 14),
                ("open", 14),
                ("status", 18),
            ],
        )
        sums = dict.fromkeys("BDEF", Decimal(0))
        row = FIRST
        for person in self.facts["people"]:
            owed = self.money(person["pay"]) + self.money(person["hard"])
            paid = self.money(person["slip_pay"]) + self.money(person["slip_hard"])
            if not person["slip"]:
                status = self.label["unpaid"]
            else:
                status = self.label["agrees" if owed == paid else "differs"]
            formula = (
                f'IF(C{row}="","{self.label["unpaid"]}",'
                f'IF(F{row}=0,"{self.label["agrees"]}","{self.label["differs"]}"))'
            )
            cells = {
                "A": (person["name"],),
                "B": (owed, MONEY, self.ref("people", f"P{row}")),
                "C": (person["slip"],),
                "D": (person["slip_pay"], MONEY),
                "E": (person["slip_hard"], MONEY),
                "F": (owed - paid, MONEY, f"ROUND(B{row}-D{row}-E{row},{self.digits})"),
                "G": (status, None, formula),
            }
            self.row(sheet, row, cells, "ACG", sums)
            row += 1
        self.total(sheet, "reconciliation", row, {letter: (sums[letter], MONEY) for letter in sums})

    def write_difference(self, sheet):
        self.open_sheet(
            sheet,
            "difference",
            [
                ("person", 26),
                ("score_before", 13),
                ("score", 13),
                ("change", 12),
                ("sum_before", 14),
                ("sum", 14),
                ("change", 14),
            ],
        )
        sums = dict.fromkeys("EFG", Decimal(0))
        row = FIRST
        for person in self.facts["people"]:
            score, amount = person["before"] or (None, None)
            now = self.money(person["pay"]) + self.money(person["hard"])
            moved = self.money(person["score"]) - self.money(score) if score is not None else ""
            cells = {
                "A": (person["name"],),
                "B": (score, "0.00"),
                "C": (person["score"], "0.00", self.ref("people", f"I{row}")),
                "D": (moved, "0.00", f'IF(B{row}="","",ROUND(C{row}-B{row},2))'),
                "E": (amount, MONEY),
                "F": (now, MONEY, self.ref("people", f"P{row}")),
                "G": (
                    now - self.money(amount or 0),
                    MONEY,
                    f"ROUND(F{row}-E{row},{self.digits})",
                ),
            }
            self.row(sheet, row, cells, "AD" if moved == "" else "A", sums)
            row += 1
        self.total(sheet, "difference", row, {letter: (sums[letter], MONEY) for letter in sums})

    def write_signoff(self, sheet):
        self.open_sheet(
            sheet,
            "signoff",
            [("step", 26), ("name", 30), ("moment", 22), ("signature", 34)],
        )
        row = FIRST
        for step, name, moment in self.facts["signed"]:
            self.put(sheet, f"A{row}", step)
            self.put(sheet, f"B{row}", name)
            self.put(sheet, f"C{row}", moment)
            row += 1
        for step in ("sign_hr", "sign_management"):
            self.put(sheet, f"A{row}", self.label[step])
            for letter in "BCD":
                self.put(sheet, f"{letter}{row}", None, bottom=1)
            sheet.set_row(row - 1, 30)
            row += 1

    def write_checksum(self, sheet):
        self.open_sheet(sheet, "checksum", [("what", 40), ("figure", 72)])
        people = self.facts["people"]
        pay = sum((self.money(one["pay"]) + self.money(one["hard"]) for one in people), Decimal(0))
        scores = sum((self.money(one["score"]) for one in people), Decimal(0))
        units = self.last["units"] + 1
        last = self.last["people"] + 1
        rows = [
            ("facts", digest(self.facts), None, None),
            ("sum_scores", scores, "0.00", f"SUM({self.column('people', 'I')})"),
            ("sum_people", pay, MONEY, self.ref("people", f"P{last}")),
            ("sum_units", pay, MONEY, self.ref("units", f"H{units}")),
            (
                "sum_difference",
                Decimal(0),
                MONEY,
                f"ROUND(B{FIRST + 2}-B{FIRST + 3},{self.digits})",
            ),
        ]
        for row, (label, value, number, formula) in enumerate(rows, FIRST):
            self.put(sheet, f"A{row}", self.label[label])
            self.put(sheet, f"B{row}", value, number, formula, align="left")

    def write_summary(self, sheet):
        self.open_sheet(sheet, "summary", [("what", 40), ("figure", 20)])
        people = self.facts["people"]
        total = self.last["people"] + 1

        def of(*keys):
            return sum((self.money(one[key] or 0) for one in people for key in keys), Decimal(0))

        def below(name, letter):
            return self.ref(name, f"{letter}{self.last[name] + 1}")

        average = scoring.round_half_up(
            scoring.exact(of("score")) / len(people) if people else 0, 2
        )
        scores = self.column("people", "I")
        status = self.column("reconciliation", "G")
        states = {
            name: sum(
                1
                for one in people
                if (
                    "unpaid"
                    if not one["slip"]
                    else "agrees"
                    if self.money(one["pay"]) + self.money(one["hard"])
                    == self.money(one["slip_pay"]) + self.money(one["slip_hard"])
                    else "differs"
                )
                == name
            )
            for name in ("agrees", "unpaid", "differs")
        }
        before = sum((self.money(one["before"][1]) for one in people if one["before"]), Decimal(0))
        pay = of("pay", "hard")
        count = len(people)
        rows = [
            ("branch", self.facts["branch"], None, None),
            ("currency", self.facts["currency"], None, None),
            ("people", count, "0", f"COUNT({scores})"),
            ("answers", of("answers"), "0", self.ref("people", f"C{total}")),
            (
                "average",
                average,
                "0.00",
                f"IF(B{FIRST + 2}=0,0,ROUND(SUM({scores})/B{FIRST + 2},2))",
            ),
            ("base", of("base"), MONEY, self.ref("people", f"K{total}")),
            ("pay", of("pay"), MONEY, self.ref("people", f"L{total}")),
            ("hard", of("hard"), MONEY, self.ref("people", f"O{total}")),
            ("sum", pay, MONEY, f"B{FIRST + 6}+B{FIRST + 7}"),
            ("sum_before", before, MONEY, below("difference", "E")),
            ("change", pay - before, MONEY, f"ROUND(B{FIRST + 8}-B{FIRST + 9},{self.digits})"),
            ("agrees", states["agrees"], "0", f'COUNTIF({status},"{self.label["agrees"]}")'),
            ("unpaid", states["unpaid"], "0", f'COUNTIF({status},"{self.label["unpaid"]}")'),
            ("differs", states["differs"], "0", f'COUNTIF({status},"{self.label["differs"]}")'),
        ]
        for row, (label, value, number, formula) in enumerate(rows, FIRST):
            self.put(sheet, f"A{row}", self.label[label])
            self.put(sheet, f"B{row}", value, number, formula, align="left")
        self.put(sheet, f"A{FIRST + len(rows) + 1}", self.label["how"], italic=True)
        sheet.activate()
