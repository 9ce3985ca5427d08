"""The advisor's and the parts board over a long history, beside CRM's pipeline over as many leads.

A workshop has about as many cars in the house after ten years as after one: the open orders stay
as many, what grows is the history. A few orders of each sort are made by saying the verbs, then
their rows are copied in the database, with everything that hangs on them.
"""

import time

from bench_money import House
from workbench import Meter, median, transaction

from odoo.fields import Command
from odoo.tools import SQL

LIMIT = 1.5
OPEN = 2000  # cars in the house or expected; leads in the pipeline
PLANS = (20_000, 200_000)
BIG = 1_000_000
ROUNDS = 7
RARE = 300  # different parts that are short

# What hangs on an order; a column that points to one of these moves with its row.
TABLES = (
    "service_vehicle",
    "service_order",
    "service_order_job",
    "service_order_line",
    "service_approval",
    "sale_order",
    "sale_order_line",
    "stock_picking",
    "stock_move",
    "purchase_order",
    "purchase_order_line",
)
UNIQUE = {
    ("service_vehicle", "plate_key"),
    ("service_vehicle", "license_plate"),
    ("service_order", "license_plate"),
    ("service_order", "name"),
    ("sale_order", "name"),
    ("stock_picking", "name"),
    ("purchase_order", "name"),
}
# open templates: state, parts in stock?, how many
OPEN_PLAN = (
    ("booked", True, 4),
    ("received", True, 6),
    ("diagnosed", False, 4),
    ("quoted", True, 6),
    ("agreed", False, 8),
    ("agreed", True, 4),
    ("in_repair", True, 5),
    ("ready", True, 3),
)


# history: parts in stock?, how many
CLOSED_PLAN = ((True, 7), (False, 3))


def make_templates(registry):
    """Ids of the rows to copy: ``{"closed" | "open": {table: ids}}``."""
    templates = {}
    for name, make in (("closed", make_closed), ("open", make_open)):
        with transaction(registry, tracking_disable=True) as env:
            before = last_ids(env)
            House.bind(env)
            make(env)
            env.flush_all()
            env.cr.precommit.run()
            templates[name] = {table: ids_after(env, table, last) for table, last in before.items()}
    return templates


def make_order(state, in_stock):
    part = House.part if in_stock else House.scarce_part
    return House.make_order(
        state,
        kind_id=House.kind_repair.id,
        jobs=[{"parts": [(part, 1), (House.parts(House.env)[0], 1)]}],
    )


def make_open(env):
    for state, in_stock, count in OPEN_PLAN:
        for _number in range(count):
            make_order(state, in_stock)


def make_closed(env):
    """Orders whose missing parts came, and whose cars went home."""
    orders = env["service.order"]
    for in_stock, count in CLOSED_PLAN:
        for _number in range(count):
            orders |= make_order("agreed", in_stock)
    purchases = orders.line_ids.purchase_line_ids.order_id
    purchases.button_confirm()
    for move in purchases.picking_ids.move_ids:
        move.quantity = move.product_uom_qty
    purchases.picking_ids.move_ids.picked = True
    purchases.picking_ids.button_validate()
    for order in orders:
        House.drive(order, "delivered")


def last_ids(env):
    env.flush_all()
    return {
        table: env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table)))[
            0
        ][0]
        for table in TABLES
    }


def ids_after(env, table, last):
    rows = env.execute_query(
        SQL("SELECT id FROM %s WHERE id > %s ORDER BY id", SQL.identifier(table), last)
    )
    return [row[0] for row in rows]


def make_parts(registry):
    """``(the part that is short in the templates, [parts that are short in their copies])``."""
    with transaction(registry, tracking_disable=True) as env:
        House.bind(env)
        parts = env["product.product"].create(
            [
                {
                    "name": f"Rare Part {number}",
                    "is_storable": True,
                    "seller_ids": [Command.create({"partner_id": House.vendor.id, "price": 10})],
                }
                for number in range(RARE)
            ]
        )
        assert parts.ids == list(range(parts.ids[0], parts.ids[0] + RARE))
        return House.scarce_part.id, parts.ids


class Copier:
    """Copies template rows: every copy's ids are the original's plus a multiple of one stride."""

    def __init__(self, registry, templates, parts):
        self.registry = registry
        self.scarce, self.parts = parts
        self.templates = templates
        with transaction(registry) as env:
            self.stride = max(last_ids(env).values()) + 1
            self.columns = {table: self._columns(env, table) for table in (*TABLES, "crm_lead")}
        self.copies = 0

    def _columns(self, env, table):
        """``[(column, moves with its row?)]``"""
        rows = env.execute_query(
            SQL(
                """
                SELECT attribute.attname, target.relname
                  FROM pg_attribute attribute
             LEFT JOIN pg_constraint fk ON fk.conrelid = attribute.attrelid AND fk.contype = 'f'
                                       AND fk.conkey = ARRAY[attribute.attnum]
             LEFT JOIN pg_class target ON target.oid = fk.confrelid
                 WHERE attribute.attrelid = %s::regclass AND attribute.attnum > 0
                   AND NOT attribute.attisdropped AND attribute.attgenerated = ''
                """,
                table,
            )
        )
        return dict(rows)

    def add(self, name, copies, tables=TABLES):
        """``copies`` further copies of the templates called ``name``."""
        first, self.copies = self.copies + 1, self.copies + copies
        with transaction(self.registry) as env:
            # raw SQL: a million rows, and the keys are right by construction
            env.cr.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                ids = self.templates[name][table]
                if not ids:
                    continue
                names, values = [], []
                for column, target in self.columns[table].items():
                    names.append(SQL.identifier(column))
                    values.append(self._value(table, column, target, name))
                env.cr.execute(
                    SQL(
                        "INSERT INTO %s (%s) SELECT %s FROM %s row, generate_series(%s, %s) copy "
                        "WHERE row.id IN %s",
                        *(SQL.identifier(table), SQL(", ").join(names), SQL(", ").join(values)),
                        *(SQL.identifier(table), first, self.copies, tuple(ids)),
                    )
                )

    def _value(self, table, column, target, name):
        field = SQL.identifier("row", column)
        if column == "access_token":
            return SQL("NULL")
        if (table, column) in UNIQUE:
            return SQL("%s || '-' || copy", field)
        if column == "product_id":
            return SQL(
                "CASE WHEN %s = %s THEN %s + copy %% %s ELSE %s END",
                *(field, self.scarce, self.parts[0], len(self.parts), field),
            )
        if column == "id":
            return SQL("row.id + copy * %s", self.stride)
        if target in TABLES:
            # what points outside the templates stays
            ids = self.templates[name].get(target) or [0]
            return SQL(
                "CASE WHEN %s BETWEEN %s AND %s THEN %s + copy * %s ELSE %s END",
                *(field, ids[0], ids[-1], field, self.stride, field),
            )
        if column == "promised_date":
            return SQL("%s + (copy %% 240) * interval '1 hour'", field)
        return field

    def analyze(self):
        cursor = self.registry.cursor()
        cursor._cnx.set_session(autocommit=True)
        try:
            for table in (*TABLES, "crm_lead"):
                cursor.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
        finally:
            cursor._cnx.set_session(autocommit=False)
            cursor.close()


def make_leads(registry, templates):
    with transaction(registry, tracking_disable=True) as env:
        # as many columns as the board has
        env["crm.stage"].search([]).unlink()
        steps = sorted({state for state, *_rest in OPEN_PLAN})
        stages = env["crm.stage"].create([{"name": step} for step in steps])
        last = (
            env["crm.lead"].with_context(active_test=False).search([], order="id desc", limit=1).id
        )
        team = env["crm.team"].search([], limit=1)
        partner = env["res.partner"].browse(House.customer_id)

        def make(number, **values):
            return (
                env["crm.lead"]
                .create(
                    {
                        "name": f"Opportunity {number}",
                        "type": "opportunity",
                        "partner_id": partner.id,
                        "team_id": team.id,
                        "user_id": House.seller,
                        "expected_revenue": 1000 + number,
                        "stage_id": stages[number % len(stages)].id,
                        **values,
                    }
                )
                .id
            )

        templates["open"]["crm_lead"] = [make(number) for number in range(40)]
        templates["closed"]["crm_lead"] = [make(number) for number in range(10)]
        env["crm.lead"].browse(templates["closed"]["crm_lead"]).action_archive()
        assert min(templates["open"]["crm_lead"]) > (last or 0)


def specification(env, model, view):
    """What the web client asks for the cards of ``view``."""
    from lxml import etree

    arch = etree.fromstring(env[model].get_view(env.ref(view).id, "kanban")["arch"])
    names = {node.get("name") for node in arch.iter("field")}
    found = {}
    for name in names:
        field = env[model]._fields[name]
        if field.type == "many2one":
            found[name] = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            found[name] = {"fields": {}}
        else:
            found[name] = {}
    progress = arch.find(".//progressbar")
    return found, progress


def board(registry, user, model, view, domain, groupby):
    """Seconds and queries of opening a board as the web client does."""
    seconds, queries, rows = [], [], 0
    for number in range(ROUNDS + 2):
        meter = Meter()
        with meter.request(registry, user, lang="en_US", read_group_expand=True) as env:
            Model = env[model]
            spec, progress = specification(env, model, view)
            result = Model.web_read_group(
                domain,
                [groupby],
                auto_unfold=True,
                unfold_read_specification=spec,
                unfold_read_default_limit=40,
            )
            if progress is not None:
                import json

                Model.read_progress_bar(
                    domain,
                    groupby,
                    {"field": progress.get("field"), "colors": json.loads(progress.get("colors"))},
                )
            rows = sum(group["__count"] for group in result["groups"])
        if number > 1:
            seconds.append(meter.seconds)
            queries.append(meter.queries)
    return median(seconds) * 1000, median(queries), rows


def run(registry, verdict, big=False):
    templates = make_templates(registry)
    make_leads(registry, templates)
    copier = Copier(registry, templates, make_parts(registry))
    with transaction(registry) as env:
        House.bind(env)
        advisor, clerk = House.user_advisor.id, House.user_parts.id
    boards = {
        "CRM pipeline": (
            House.seller,
            "crm.lead",
            "crm.crm_case_kanban_view_leads",
            [("type", "=", "opportunity"), ("user_id", "=", House.seller)],
            "stage_id",
        ),
        "Advisor board": (
            advisor,
            "service.order",
            "service_core.service_order_view_kanban",
            [("state", "not in", ("delivered", "cancelled"))],
            "state",
        ),
        "Parts board": (
            clerk,
            "service.part.demand",
            "service_core.service_part_demand_view_kanban",
            [],
            "availability",
        ),
    }
    everything = (*TABLES, "crm_lead")
    copier.add("open", OPEN // len(templates["open"]["service_order"]) - 1, everything)
    total, times = OPEN, {}
    print()
    verdict.title("Boards (kanban, as the web client opens them)", "board", "pipeline", "ratio", "")
    for size in (*PLANS, *((BIG,) if big else ())):
        start = time.perf_counter()
        copier.add(
            "closed", (size - total) // len(templates["closed"]["service_order"]), everything
        )
        total = size
        copier.analyze()
        verdict.line(f"-- {size:,} orders and leads, made in {time.perf_counter() - start:.0f} s")
        for name, arguments in boards.items():
            milliseconds, queries, rows = board(registry, *arguments)
            times[name, size] = milliseconds
            if name == "CRM pipeline":
                verdict.line(
                    f"{name}: {rows} cards' worth, {queries:.0f} q", "", f"{milliseconds:.1f} ms"
                )
            else:
                theirs = times["CRM pipeline", size]
                verdict.bound(
                    f"{name}: {rows} rows, {queries:.0f} q", milliseconds, theirs, LIMIT, "ms"
                )
    few, many = PLANS
    print()
    verdict.title("Flat while the history grows", f"{many:,}", f"{few:,}", "ratio", "")
    for name in boards:
        if name != "CRM pipeline":
            verdict.bound(name, times[name, many], times[name, few], LIMIT, "ms")
