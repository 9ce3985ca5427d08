"""Which columns each file has, how their cells are read, and what makes a row the same as before.

A heading is Odoo's own label, so that the same file passes through Odoo's import as well; the
technical name and a few usual words are understood, too.
"""

from collections import namedtuple

from ..rules import plate as plate_rule
from ..rules import vin as vin_rule
from . import values
from .reader import Unreadable
from .values import NotUnderstood

Column = namedtuple("Column", "name heading parse others", defaults=(values.text, ()))

CUSTOMERS = [
    Column("ref", "Reference", others=("customer ref", "customer number", "customer no")),
    Column("name", "Name", others=("customer",)),
    Column("is_company", "Is a Company", values.truth, ("company",)),
    Column("street", "Street"),
    Column("zip", "Zip", others=("postcode", "postal code", "zip code")),
    Column("city", "City", others=("town",)),
    Column("country_id", "Country"),
    Column("phone", "Phone", others=("mobile", "telephone")),
    Column("email", "Email", others=("e-mail", "mail")),
    Column("vat", "Tax ID", others=("vat number",)),
]
VEHICLES = [
    Column("license_plate", "License Plate", others=("plate", "registration", "number plate")),
    Column("vin", "VIN", others=("chassis number",)),
    Column("country_id", "Plate Country", others=("country",)),
    Column("model_id", "Model"),
    Column("variant", "Variant"),
    Column("fuel", "Fuel"),
    Column("color", "Color", others=("colour",)),
    Column("first_registration", "First Registration", values.day),
    Column("owner_id", "Owner", others=("customer", "customer ref", "owner ref")),
    Column("driver_id", "Driver", others=("driver ref",)),
    Column("odometer", "Odometer (km)", values.whole, ("km", "mileage", "odometer")),
]
PARTS = [
    Column("default_code", "Internal Reference", others=("part code", "part number", "code")),
    Column("name", "Name", others=("part", "description")),
    Column("list_price", "Sales Price", values.number, ("price",)),
    Column("standard_price", "Cost", values.number),
    Column("is_storable", "Track Inventory", values.truth),
    Column("qty_available", "Quantity On Hand", values.number, ("stock", "quantity", "on hand")),
    Column("vendor", "Vendors/Vendor", others=("seller_ids/partner_id", "vendor", "supplier")),
    Column(
        "vendor_price", "Vendors/Unit Price", values.number, ("seller_ids/price", "vendor price")
    ),
    Column("vendor_delay", "Vendors/Lead Time", values.whole, ("seller_ids/delay", "lead time")),
]
OPERATIONS = [
    Column("code", "Code", others=("operation", "operation code")),
    Column("name", "Name"),
    Column("system_id", "System"),
    Column("standard_hours", "Standard Hours", values.number, ("hours",)),
    Column("description", "Description"),
]

# kind -> (columns, names of which one at least must stand in the file and in each row, needed
# for a new record). The order is the one in which a folder is read: owners before their cars.
KINDS = {
    "customers": (CUSTOMERS, ("ref",), ("name",)),
    "vehicles": (VEHICLES, ("vin", "license_plate"), ()),
    "parts": (PARTS, ("default_code",), ("name",)),
    "operations": (OPERATIONS, ("code",), ("name",)),
}


def place(kind, headings):
    """``(place of each column, headings nobody reads)``.

    :raises Unreadable: when no key column is there, or one stands there twice
    """
    columns, keys, _needed = KINDS[kind]
    named = {}
    for column in columns:
        for word in (column.name, column.heading, *column.others):
            named.setdefault(word.casefold(), column)
    places, unread = {}, []
    for number, heading in enumerate(headings):
        column = named.get(" ".join(heading.casefold().split()))
        if column is None:
            if heading and heading.casefold() not in ("line", "reason"):
                unread.append(heading)
        elif column.name in places:
            raise Unreadable("twice", column=column.heading)
        else:
            places[column.name] = (number, column)
    if not any(key in places for key in keys):
        wanted = [column.heading for column in columns if column.name in keys]
        raise Unreadable("column", columns=wanted, found=headings)
    return places, unread


def understand(kind, headings, rows, explain):
    """Read each row's cells; an empty cell says nothing and changes nothing.

    :param explain: ``(code, heading, cell)`` to the sentence a refused row carries
    """
    places, unread = place(kind, headings)
    _columns, keys, _needed = KINDS[kind]
    for row in rows:
        if len(row.cells) > len(headings):
            row.reason = explain("cells", "", str(len(row.cells)))
            continue
        for name, (number, column) in places.items():
            cell = row.cells[number] if number < len(row.cells) else ""
            if not cell:
                continue
            try:
                row.values[name] = column.parse(cell)
            except NotUnderstood as problem:
                row.reason = explain(problem.code, column.heading, cell)
                break
        if not row.reason and not any(row.values.get(key) for key in keys):
            row.reason = explain("no_key", _headings(kind, keys), "")
    return unread


def mark_doubles(kind, rows, explain):
    """A key may stand in one row only: the first one counts, the others are refused."""
    seen = {}
    for row in rows:
        if row.reason:
            continue
        mine = list(identities(kind, row.values))
        double = next((key for key in mine if key in seen), None)
        if double:
            row.reason = explain("double", double[0], str(seen[double]))
            continue
        seen.update(dict.fromkeys(mine, row.line))


def identities(kind, found):
    """What tells one row from another: one entry for each key it has."""
    if kind == "vehicles":
        if vin := vin_rule.normalise(found.get("vin")):
            yield ("VIN", vin)
        if plate := plate_rule.normalise(found.get("license_plate")):
            yield ("License Plate", plate, found.get("country_id", "").casefold())
        return
    (key,) = KINDS[kind][1]
    yield (_headings(kind, [key]), found[key])


def _headings(kind, names):
    return " / ".join(column.heading for column in KINDS[kind][0] if column.name in names)
