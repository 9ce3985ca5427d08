import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.service_core.importing import columns
from odoo.addons.service_core.models import service_import
from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestImport(ServiceCommon):
    """Records from CSV: good rows go in, refused ones come back with their reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.importer = cls.env["service.import"].with_user(cls.user_manager)

    def take(self, kind, text, **options):
        return self.importer._run(kind, text.encode(), **options)

    def reasons(self, result):
        if not result["refused"]:
            return []
        lines = result["refused"].decode("utf-8-sig").splitlines()[1:]
        return [line.split(",", 1)[1] if "," in line else line for line in lines]

    def vehicle(self, vin):
        return self.env["service.vehicle"].search([("vin", "=", vin)])

    # === CUSTOMERS === #

    def test_customers_are_known_again_by_their_reference(self):
        text = "Reference,Name,Country,Company\nC-1,Ada,ie,no\nC-2,Works Ltd,Ireland,yes\n"
        result = self.take("customers", text)
        self.assertEqual((result["created"], result["refused_count"]), (2, 0))
        ada, works = self.env["res.partner"].search([("ref", "in", ["C-1", "C-2"])], order="ref")
        self.assertEqual((ada.country_id.code, ada.is_company), ("IE", False))
        self.assertTrue(works.is_company)
        result = self.take("customers", text.replace("Ada", "Ada Byrne"))
        self.assertEqual([result[n] for n in ("created", "updated", "same")], [0, 1, 1])
        self.assertEqual(ada.name, "Ada Byrne")

    def test_customers_refused_say_why(self):
        self.make_customer(ref="C-9")
        self.make_customer(ref="C-9")
        result = self.take(
            "customers",
            "Reference,Name,Country,Company\nC-1,,,\nC-2,Bo,Atlantis,\nC-3,Cy,,perhaps\nC-9,Di,,\n",
        )
        one, two, three, four = self.reasons(result)
        self.assertIn("Name is empty", one)
        self.assertIn("Atlantis", two)
        self.assertIn("neither yes nor no", three)
        self.assertIn("fits more than one", four)
        self.assertEqual(result["created"], 0)

    # === VEHICLES === #

    def test_a_vehicle_comes_in_with_owner_model_and_reading(self):
        owner = self.make_customer(ref="C-1")
        result = self.take(
            "vehicles",
            "Plate;VIN;Model;Fuel;First Registration;Owner;km\n"
            "ab 1;wvw-zzz1;test brand test model;Diesel;31.03.2024;C-1;12.500\n",
        )
        self.assertEqual((result["created"], result["refused_count"]), (1, 0))
        car = self.vehicle("WVWZZZ1")
        self.assertEqual(
            (car.license_plate, car.model_id, car.fuel, car.owner_id, car.odometer),
            ("AB 1", self.model, "diesel", owner, 12500),
        )
        self.assertEqual(car.plate_ids.license_plate, "AB 1")
        self.assertEqual(car.ownership_ids.owner_id, owner)

    def test_a_second_run_changes_what_differs_and_doubles_nothing(self):
        self.make_customer(ref="C-1")
        other = self.make_customer(ref="C-2", name="Bo")
        text = "Plate,VIN,Owner,Color,km\nAB 1,VIN1,C-1,red,100\nAB 2,VIN2,C-1,,200\n,VIN3,,,\n"
        self.take("vehicles", text)
        result = self.take("vehicles", text)
        self.assertEqual([result[n] for n in ("created", "updated", "same")], [0, 0, 3])
        result = self.take(
            "vehicles", "Plate,VIN,Owner,Color,km\nXY 1,VIN1,C-2,,150\nab-2,,,blue,\nAB 3,VIN3,,,\n"
        )
        self.assertEqual([result[n] for n in ("created", "updated", "same")], [0, 3, 0])
        car = self.vehicle("VIN1")
        self.assertEqual(
            (car.license_plate, car.owner_id, car.color, car.odometer), ("XY 1", other, "red", 150)
        )
        self.assertEqual(len(car.plate_ids), 2)
        self.assertEqual(car.plate_ids.filtered("date_to").license_plate, "AB 1")
        self.assertEqual(len(car.ownership_ids), 2)
        self.assertEqual(self.vehicle("VIN2").color, "blue")
        self.assertEqual(self.vehicle("VIN3").plate_key, "AB3")

    def test_a_car_without_vin_gets_it_by_its_plate(self):
        car = self.make_vehicle("QQ 1")
        self.take("vehicles", "Plate,VIN\nqq1,VIN77\n")
        self.assertEqual(car.vin, "VIN77")

    def test_vehicles_refused_say_why(self):
        self.make_vehicle("AA 1", vin="OTHER1")
        car = self.make_vehicle("AA 2", vin="OTHER2")
        car._log_odometer(5000)
        result = self.take(
            "vehicles",
            "VIN,Plate,Model,Owner,Fuel,km\n"
            "V1,AA 1,,,,\n"  # the plate is on another car
            "OTHER2,AA 1,,,,\n"
            "OTHER2X,,Unheard,,,\n"
            "V2,,,Nobody,,\n"
            "V3,,,,steam,\n"
            "OTHER2,,,,,4999\n"
            "V4,BB 1,,,,\n",
        )
        self.assertEqual((result["created"], result["updated"]), (1, 0))
        text = result["refused"].decode("utf-8-sig")
        for words in (
            "AA 1 is on the car with VIN OTHER1",
            "Unheard",
            "Nobody",
            "steam",
            "stood at 5000 km",
        ):
            self.assertIn(words, text)
        # AA 1 twice in the file: the second row is refused as a double before anything else
        self.assertIn("License Plate stands in line 2 already", text)

    # === PARTS === #

    def test_parts_come_in_with_stock_and_vendor(self):
        self.vendor.ref = "V-1"
        text = (
            "Part Code,Name,Price,Cost,Stock,Vendor,Vendor Price,Lead Time\n"
            'P-1,Pads,"86,00",51.60,12,V-1,51.60,2\nP-2,Filter,16.50,,,,,\n'
        )
        result = self.take("parts", text)
        self.assertEqual((result["created"], result["refused_count"]), (2, 0))
        pads = self.env["product.product"].search([("default_code", "=", "P-1")])
        self.assertEqual((pads.list_price, pads.standard_price, pads.qty_available), (86, 51.6, 12))
        self.assertEqual(pads.seller_ids.partner_id, self.vendor)
        self.assertEqual((pads.seller_ids.price, pads.seller_ids.delay), (51.6, 2))
        self.assertTrue(pads.is_storable)
        result = self.take("parts", text)
        self.assertEqual([result[n] for n in ("created", "updated", "same")], [0, 0, 2])
        result = self.take("parts", text.replace(",12,", ",9,").replace("51.60,2", "49.00,3"))
        self.assertEqual(result["updated"], 1)
        pads.invalidate_recordset()
        self.assertEqual(pads.qty_available, 9)
        self.assertEqual(len(pads.seller_ids), 1)
        self.assertEqual((pads.seller_ids.price, pads.seller_ids.delay), (49, 3))

    def test_stock_that_has_moved_is_not_counted_from_an_old_list(self):
        self.part.default_code = "PAD"
        order = self.make_order("agreed", jobs=[{"parts": [(self.part, 2)]}])
        order.with_user(self.user_parts).action_issue_parts()
        result = self.take("parts", "Part Code,Stock\nPAD,100\n")
        self.assertIn("98 lie there", result["refused"].decode())
        self.assertEqual(self.part.qty_available, 98)

    def test_parts_refused_say_why(self):
        self.make_part("Twin", default_code="TWIN")
        self.make_part("Twin", default_code="TWIN")
        result = self.take(
            "parts",
            "Part Code,Name,Price,Stock,Vendor\n"
            "P-1,Pads,dear,,\nP-2,Pads,1,-2,\nP-3,Pads,1,,Nobody\nTWIN,,2,,\nP-5,,2,,\n",
        )
        text = result["refused"].decode()
        for words in ("not a number", "less than nothing", "Nobody", "fits more", "Name is empty"):
            self.assertIn(words, text)

    # === OPERATIONS === #

    def test_operations_are_known_again_by_their_code(self):
        text = "Code,Name,System,Hours\nO-1,Pads,brakes,1.2\nO-2,Oil,Nonsense,1\nO-3,Oil,,-1\n"
        result = self.take("operations", text)
        self.assertEqual((result["created"], result["refused_count"]), (1, 2))
        self.assertIn("Standard hours cannot be negative", result["refused"].decode())
        result = self.take("operations", "Code,Hours\nO-1,1.4\n")
        self.assertEqual(result["updated"], 1)
        operation = self.env["service.operation"].search([("code", "=", "O-1")])
        self.assertEqual((operation.standard_hours, operation.name), (1.4, "Pads"))
        self.assertEqual(
            operation.system_id, self.env.ref("service_core.service_vehicle_system_brakes")
        )

    # === THE WHOLE === #

    def test_one_bad_row_in_many_is_found_and_the_others_go_in(self):
        """What no check foresees is found by halving the batch."""
        rows = "".join(f"O-{number},Job,{-1 if number == 37 else 1}\n" for number in range(100))
        result = self.take("operations", f"Code,Name,Hours\n{rows}")
        self.assertEqual((result["created"], result["refused_count"]), (99, 1))
        self.assertIn("O-37", result["refused"].decode())

    def test_each_batch_is_reported(self):
        seen = []
        with patch.object(service_import, "BATCH", 2):
            self.take(
                "operations",
                "Code,Name\nO-1,a\nO-2,b\nO-3,c\n",
                after_batch=lambda *told: seen.append(told),
            )
        self.assertEqual(seen, [(2, 3), (3, 3)])

    def test_queries_do_not_grow_with_the_rows(self):
        self.make_customer(ref="C-1")

        def count(first, number):
            text = "Plate,VIN,Model,Owner,km\n" + "".join(
                f"Q {first + n},Q{first + n:05d},Test Model,C-1,{1000 + n}\n" for n in range(number)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.take("vehicles", text)["created"], number)
            return self.env.cr.sql_log_count - before

        count(0, 2)
        few, many = count(100, 10), count(1000, 210)
        self.assertLess(many - few, 40, f"{few} queries for 10 rows, {many} for 210")

    def test_a_bad_file_gets_one_sentence(self):
        for data, words in (
            (b"", "file is empty"),
            (b"Reference,Name\n", "no rows"),
            (b"PK\x03\x04", "workbook"),
            (b"Name\nAda\n", 'column "Reference" is missing'),
            (b"Reference,Reference\n1,2\n", "there twice"),
            (b'Reference,Name\n1,"a\n', "quotation mark"),
            (b"\xff\xfeA", "not text"),
        ):
            with self.assertRaises(UserError) as caught:
                self.importer._run("customers", data)
            self.assertIn(words, caught.exception.args[0])

    def test_only_a_manager_imports(self):
        with self.assertRaises(AccessError):
            self.env["service.import"].with_user(self.user_advisor)._run("customers", b"Ref\n1\n")

    def test_the_templates_are_offered_and_go_in(self):
        for kind, model in service_import.MODELS.items():
            (template,) = [
                one["template"]
                for one in self.env[model].get_import_templates()
                if one["template"].startswith("/service_core")
            ]
            with file_open(template.lstrip("/"), "rb") as file:
                data = file.read()
            headings = data.decode().splitlines()[0].split(",")
            self.assertEqual(headings, [column.heading for column in columns.KINDS[kind][0]])
            result = self.importer._run(kind, data)
            self.assertEqual((result["created"], result["refused"]), (2, None), kind)
            self.assertEqual(result["unread"], [])

    def test_the_templates_pass_through_odoos_own_import(self):
        for kind in ("customers", "vehicles", "parts", "operations"):
            model = "product.template" if kind == "parts" else service_import.MODELS[kind]
            with file_open(f"service_core/static/import/{kind}.csv", "rb") as file:
                data = file.read()
            wizard = self.env["base_import.import"].create(
                {"res_model": model, "file": data, "file_type": "text/csv", "file_name": "x.csv"}
            )
            options = {
                "quoting": '"',
                "separator": ",",
                "has_headers": True,
                "encoding": "utf-8",
                "date_format": "%Y-%m-%d",
                "datetime_format": "",
                "float_decimal_separator": ".",
                "float_thousand_separator": "",
                "advanced": True,
                "keep_matches": False,
                "name_create_enabled_fields": {},
                "import_set_empty_fields": [],
                "import_skip_records": [],
                "fallback_values": {},
                "skip": 0,
                "limit": 100,
            }
            preview = wizard.parse_preview(options)
            self.assertFalse(preview.get("error"), kind)
            matches = preview["matches"]
            found = [
                "/".join(matches.get(str(n), matches.get(n, []))) or False
                for n in range(len(preview["headers"]))
            ]
            self.assertNotIn(False, found, f"{kind}: {found}")
            result = wizard.execute_import(found, preview["headers"], options)
            self.assertFalse(result["messages"], kind)
            self.assertEqual(len(result["ids"]), 2, kind)

    # === THE WINDOW === #

    def wizard(self, kind, text):
        return (
            self.env["service.import.file"]
            .with_user(self.user_manager)
            .create({"kind": kind, "data": base64.b64encode(text.encode()), "filename": "x.csv"})
        )

    def test_the_window_counts_first_then_takes_batch_by_batch(self):
        wizard = self.wizard("operations", "Code,Name,Hours,Smell\nO-1,a,1,\nO-2,b,x,\nO-3,c,-1,\n")
        wizard.action_look()
        self.assertEqual((wizard.total, wizard.created, wizard.refused), (3, 2, 1))
        self.assertEqual(wizard.unread, "Smell")
        self.assertFalse(self.env["service.operation"].search([("code", "=", "O-1")]))
        with patch("odoo.addons.service_core.wizards.service_import.BATCH", 2):
            self.assertEqual(wizard.action_step(), (2, 3))
            self.assertEqual(wizard.state, "run")
            self.assertEqual(wizard.action_step(), (3, 3))
        self.assertEqual((wizard.state, wizard.created, wizard.refused), ("done", 1, 2))
        refused = base64.b64decode(wizard.refused_data).decode("utf-8-sig").splitlines()
        self.assertEqual(len(refused), 3)
        self.assertIn("not a number", refused[1])
        self.assertEqual(wizard.action_view_records()["res_model"], "service.operation")
        wizard.action_back()
        self.assertEqual(wizard.state, "choose")

    def test_the_window_tells_a_bad_file_at_once(self):
        with self.assertRaises(UserError):
            self.wizard("operations", "Name\nx\n").action_look()
        with self.assertRaises(UserError):
            self.env["service.import.file"].create({"kind": "parts"}).action_look()
