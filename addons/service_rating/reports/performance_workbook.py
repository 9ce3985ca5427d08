"""HR's workbook of a month: one sheet, every derived figure a live formula.

Each formula carries the ledger's figure as its cached value, so a reader that does not
calculate shows the same cents as one that does.
"""

import io
from datetime import datetime, time

import xlsxwriter

from odoo.tools import format_date

from ..rules import score as scoring

MONEY = "money"  # replaced by the branch's own currency format

# column -> (width, number format); the letters are used by the formulas below
COLUMNS = {
    "A": (28, None),
    "B": (10, None),
    "C": (11, "0"),
    "D": (12, "0.000000"),
    "E": (12, "0.000000"),
    "F": (7, "0.00"),
    "G": (12, "0.00"),
    "H": (10, "0.00"),
    "I": (10, "0.00"),
    "J": (14, MONEY),
    "K": (16, MONEY),
    "L": (16, "0.00"),
    "M": (14, MONEY),
    "N": (14, MONEY),
    "O": (14, MONEY),
}
FIRST_ROW = 5  # as a spreadsheet counts
SUMS = "CJKLNO"


def _titles(env):
    """Column titles in the reader's language."""
    return {
        "A": env._("Employee"),
        "B": env._("Status"),
        "C": env._("Answers (n)"),
        "D": env._("Raw score (%)"),
        "E": env._("Unit mean (%)"),
        "F": env._("k"),
        "G": env._("Corrections"),
        "H": env._("Score (%)"),
        "I": env._("Floor (%)"),
        "J": env._("Base at 100 %"),
        "K": env._("Performance pay"),
        "L": env._("Difficulty points"),
        "M": env._("Rate per point"),
        "N": env._("Difficulty pay"),
        "O": env._("Total"),
    }


def _formulas(row, digits):
    """{column: formula} of one employee."""
    r = row
    return {
        "H": f"=ROUND(MIN({scoring.MAXIMUM},MAX({scoring.MINIMUM},"
        f"ROUND(IF(C{r}=0,E{r},(C{r}*D{r}+F{r}*E{r})/(C{r}+F{r})),{scoring.SCORE_DIGITS})"
        f"+G{r})),{scoring.SCORE_DIGITS})",
        "K": f"=ROUND(J{r}*MAX(H{r},I{r})/100,{digits})",
        "N": f"=ROUND(L{r}*M{r},{digits})",
        "O": f"=K{r}+N{r}",
    }


def performance_workbook(months):
    """The workbook of ``months`` (``service.performance`` of one branch and month) as bytes."""
    env = months.env
    months = months.sorted(lambda month: (month.employee_id.name or "", month.id))
    pays = months._pay()
    company = months.company_id[:1] or env.company
    digits = company.currency_id.decimal_places
    money = "#,##0" + ("." + "0" * digits if digits else "")

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet(env._("Performance"))
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#E7E9ED", "text_wrap": True, "bottom": 1})
    strong = {"bold": True, "top": 1}
    styles, totals = {}, {}
    for letter, (width, number) in COLUMNS.items():
        number = money if number == MONEY else number
        kept = {"num_format": number} if number else {}
        styles[letter] = book.add_format(kept)
        totals[letter] = book.add_format({**kept, **strong})
        sheet.set_column(f"{letter}:{letter}", width)

    when = format_date(env, months[:1].month, date_format="MMMM yyyy") if months else ""
    sheet.write(
        "A1", env._("Performance of %(month)s, %(branch)s", month=when, branch=company.name), title
    )
    sheet.write(
        "A2",
        env._(
            "Score = (n x raw + k x unit mean) / (n + k) + corrections. "
            "Pay = base x max(score, floor) / 100. Amounts in %s.",
            company.currency_id.name,
        ),
    )
    for letter, text in _titles(env).items():
        sheet.write(f"{letter}{FIRST_ROW - 1}", text, head)
    sheet.freeze_panes(FIRST_ROW - 1, 1)

    states = dict(months._fields["state"]._description_selection(env))
    sums = dict.fromkeys(SUMS, 0)
    row = FIRST_ROW
    for month in months:
        pay = pays[month]
        policy = month.policy_id
        values = {
            "A": month.employee_id.name,
            "B": states[month.state],
            "C": month.answer_count,
            "D": month.raw_score,
            "E": month.unit_mean,
            "F": policy.shrinkage,
            "G": month.correction_points,
            "H": month.score,
            "I": policy.floor,
            "J": pay["base"],
            "K": pay["amount"],
            "L": month.difficulty_points,
            "M": policy.difficulty_rate,
            "N": pay["difficulty"],
            "O": pay["amount"] + pay["difficulty"],
        }
        formulas = _formulas(row, digits)
        for letter, value in values.items():
            cell = f"{letter}{row}"
            if letter in formulas:
                sheet.write_formula(cell, formulas[letter], styles[letter], float(value))
            elif letter in "AB":
                # a name that begins with "=" stays a name
                sheet.write_string(cell, value or "", styles[letter])
            else:
                sheet.write_number(cell, float(value), styles[letter])
            if letter in sums:
                sums[letter] += scoring.exact(value)
        row += 1
    for letter in COLUMNS:
        sheet.write_blank(f"{letter}{row}", None, totals[letter])
    sheet.write_string(f"A{row}", env._("Total"), totals["A"])
    for letter, value in sums.items():
        span = f"{letter}{FIRST_ROW}:{letter}{row - 1}"
        formula = f"=SUM({span})" if row > FIRST_ROW else "=0"
        sheet.write_formula(f"{letter}{row}", formula, totals[letter], float(value))
    sheet.autofilter(FIRST_ROW - 2, 0, max(row - 2, FIRST_ROW - 2), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 2)
    if months:
        # the same month gives the same bytes, whenever it is asked for
        book.set_properties({"created": datetime.combine(months[0].month, time.min)})
    book.close()
    return stream.getvalue()
