"""CSV as it comes out of other people's programs: their encoding, their separator, their headings."""

import csv
import io

SEPARATORS = ";,\t|"
# Excel writes a file of its own kind under any name
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Unreadable(ValueError):
    """The file cannot be read at all; ``code`` names the sentence, ``told`` what goes into it."""

    def __init__(self, code, **told):
        super().__init__(code)
        self.code, self.told = code, told


class Row:
    """One line of the file on its way into the database.

    ``line`` is counted as an editor counts; ``cells`` are as written, ``values`` as understood;
    ``reason`` is set when the row is refused.
    """

    __slots__ = ("cells", "line", "reason", "record", "values", "vals")

    def __init__(self, line, cells):
        self.line, self.cells = line, cells
        self.values, self.vals = {}, {}
        self.record = self.reason = None


def decode(data):
    """Text of the bytes: UTF-8 with or without its mark, UTF-16 with it, else Windows-1252.

    >>> decode("Müller".encode("cp1252"))
    'Müller'
    """
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(WORKBOOKS):
        raise Unreadable("workbook")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("encoding")


def separator(heading):
    """The separator that a heading line uses most.

    >>> separator('Code;"Name, long";Hours')
    ';'
    """
    bare = "".join(part for number, part in enumerate(heading.split('"')) if number % 2 == 0)
    return max(SEPARATORS, key=bare.count)


def read(data):
    """``(separator, headings, rows)`` of a CSV file; empty lines are not rows.

    :raises Unreadable: when there is nothing to read or no table in it
    """
    text = decode(data)
    sign = separator(text.lstrip("\r\n").split("\n", 1)[0])
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    headings, rows = None, []
    try:
        while True:
            line = lines.line_num + 1
            cells = next(lines, None)
            if cells is None:
                break
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if headings is None:
                headings = cells
                continue
            row = Row(line, cells)
            rows.append(row)
    except csv.Error:
        raise Unreadable("quotes", line=lines.line_num) from None
    if headings is None:
        raise Unreadable("empty")
    if not rows:
        raise Unreadable("no_rows")
    return sign, headings, rows


def write(sign, headings, rows, reason):
    """The refused rows as they were written, each with its line and why, ready to be mended.

    The two columns added are not read again, so the mended file can be imported as it is.
    """
    told = {"line", reason.casefold(), "reason"}
    keep = [place for place, heading in enumerate(headings) if heading.casefold() not in told]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sign)
    writer.writerow([*(headings[place] for place in keep), "Line", reason])
    for row in rows:
        cells = row.cells + [""] * (len(headings) - len(row.cells))
        writer.writerow([*(cells[place] for place in keep), row.line, row.reason])
    return out.getvalue().encode("utf-8-sig")
