import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.service_core.importing import columns, reader, values


@tagged("post_install", "-at_install")
class TestImportFiles(BaseCase):
    """What comes out of other people's programs, read without a database."""

    def explain(self, code, heading, cell):
        return f"{code} {heading} {cell}".strip()

    def read_file(self, kind, data):
        _sign, headings, rows = reader.read(data)
        columns.understand(kind, headings, rows, self.explain)
        columns.mark_doubles(kind, rows, self.explain)
        return rows

    def refused(self, kind, text):
        return [row.reason for row in self.read_file(kind, text.encode())]

    def test_encodings_and_separators_of_usual_programs_are_read(self):
        plain = 'Reference;Name;City\r\nC-1;"Jürgen; Söhne";Köln\r\n'
        for data in (
            plain.encode("utf-8"),
            plain.encode("utf-8-sig"),
            plain.encode("cp1252"),
            plain.encode("utf-16"),
            plain.replace(";", "\t").replace("\t Söhne", "; Söhne").encode("utf-8"),
        ):
            (row,) = self.read_file("customers", data)
            self.assertEqual(
                row.values, {"ref": "C-1", "name": "Jürgen; Söhne", "city": "Köln"}, data[:20]
            )
            self.assertEqual(row.line, 2)

    def test_what_is_no_table_is_named(self):
        for code, data in (
            ("empty", b""),
            ("empty", b" \r\n\r\n"),
            ("no_rows", b"Reference,Name\r\n"),
            ("workbook", b"PK\x03\x04rest"),
            ("encoding", b"Reference,Name\r\nC\x00-1,\x81"),
            ("encoding", b"\xff\xfeA"),
            ("quotes", b'Reference,Name\r\nC-1,"open\r\n'),
        ):
            with self.assertRaises(reader.Unreadable) as caught:
                reader.read(data)
            self.assertEqual(caught.exception.code, code, data)

    def test_a_missing_or_doubled_column_is_named(self):
        with self.assertRaises(reader.Unreadable) as caught:
            self.read_file("vehicles", b"Color,Owner\r\nred,C-1\r\n")
        self.assertEqual(caught.exception.told["columns"], ["License Plate", "VIN"])
        with self.assertRaises(reader.Unreadable) as caught:
            self.read_file("vehicles", b"VIN,vin,Color\r\nX1,X1,red\r\n")
        self.assertEqual(caught.exception.code, "twice")

    def test_a_key_stands_in_one_row_only(self):
        self.assertEqual(
            self.refused("vehicles", "VIN,Plate\nA-1,AB 1\na1,\n,ab-1\nB2,CD 2\n,\n,,"),
            [None, "double VIN 2", "double License Plate 2", None],
        )
        self.assertEqual(
            self.refused("operations", "Code,Name\nA,x\n,y\nA,z,more\n"),
            [None, "no_key Code", "cells  3"],
        )

    def test_numbers_and_dates_mean_one_thing_or_are_refused(self):
        for cell, meant in (
            ("1.234,50", 1234.5),
            ("1,234.50", 1234.5),
            ("12,5", 12.5),
            ("0.125", 0.125),
            ("1 234 567", 1234567.0),
            ("1.234.567", 1234567.0),
            ("-3", -3.0),
        ):
            self.assertEqual(values.number(cell), meant, cell)
        self.assertEqual(values.whole("98.000"), 98000)
        self.assertEqual(values.whole("7.00"), 7)
        last = datetime.date(2024, 3, 31)
        for cell in ("2024-03-31", "31.03.2024", "31/3/2024", "3/31/2024", "2024-03-31 10:00:00"):
            self.assertEqual(values.day(cell), last, cell)
        for parse, cell, code in (
            (values.number, "1,234", "ambiguous"),
            (values.number, "twelve", "number"),
            (values.number, "1.2.3,4,5", "number"),
            (values.number, "1.23.4", "number"),
            (values.whole, "3,5", "whole"),
            (values.day, "03/04/2024", "day_or_month"),
            (values.day, "2024-02-31", "date"),
            (values.day, "soon", "date"),
            (values.truth, "maybe", "truth"),
        ):
            with self.assertRaises(values.NotUnderstood) as caught:
                parse(cell)
            self.assertEqual(caught.exception.code, code, cell)

    def test_refused_rows_come_back_as_they_were_and_can_be_mended(self):
        sign, headings, rows = reader.read("Code;Name;Hours\nA;Ä;1,234\nB;b".encode("cp1252"))
        columns.understand("operations", headings, rows, self.explain)
        out = reader.write(sign, headings, [row for row in rows if row.reason], "Reason")
        self.assertEqual(
            out.decode("utf-8-sig"),
            "Code;Name;Hours;Line;Reason\r\nA;Ä;1,234;2;ambiguous Standard Hours 1,234\r\n",
        )
        mended = out.replace(b"1,234", b"1,2", 1)
        (row,) = self.read_file("operations", mended)
        self.assertEqual(row.values["standard_hours"], 1.2)
        again = reader.write(*reader.read(out)[:2], [row], "Reason").decode("utf-8-sig")
        self.assertEqual(again.splitlines()[0], "Code;Name;Hours;Line;Reason")
