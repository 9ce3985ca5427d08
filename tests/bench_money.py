"""Agree, issue and settle beside core's own confirm, deliver and invoice of the same goods and labour."""

from workbench import Meter, median, transaction

from odoo.fields import Command

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceFactory

PARTS = 3
BATCH = 20
LIMIT = 1.3
ROUNDS = 9  # single orders; the first two warm the server's own caches
BATCHES = 3


class House(ServiceFactory):
    """The people and things of the bench, kept by id so that every request reads them anew."""

    @classmethod
    def build(cls, registry):
        with transaction(registry, tracking_disable=True) as env:
            cls.env = env
            cls.setup_service()
            cls.company.service_parallel_receptions = 1000
            cls.parts_ids = [
                cls.make_part(f"Bench Part {number}", price=20 + number, stock=100000).id
                for number in range(PARTS)
            ]
            cls.user_ids = {
                role: getattr(cls, f"user_{role}").id
                for role in ("advisor", "parts", "cashier", "manager")
            }
            # the seller of the comparison may do all that core asks for
            cls.seller = cls.make_user(
                "bench_seller",
                "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,"
                "account.group_account_invoice",
            ).id
            cls.labour_id = env.ref("service_core.product_labour").id
            cls.customer_id = cls.customer.id
            cls.kind_id = cls.kind_maintenance.id
            cls.saved = {
                name: value.id
                for name, value in vars(cls).items()
                if hasattr(value, "_name") and len(value) == 1
            }
        return cls

    @classmethod
    def bind(cls, env):
        """Let the factories work in another request."""
        for name, record_id in cls.saved.items():
            setattr(cls, name, env[getattr(cls, name)._name].browse(record_id))
        cls.env = env

    @classmethod
    def quoted(cls, registry, count):
        """``count`` orders whose customers have just said yes."""
        with transaction(registry, tracking_disable=True) as env:
            cls.bind(env)
            orders = env["service.order"]
            for _number in range(count):
                order = cls.make_order(
                    "quoted", jobs=[{"parts": [(part, 1) for part in cls.parts(env)]}]
                )
                cls.approve(order)
                orders |= order
            return orders.ids

    @classmethod
    def parts(cls, env):
        return env["product.product"].browse(cls.parts_ids)


def ours(registry, order_ids):
    """One round of ours; the labour is delivered in between, by the last inspection."""
    meter = Meter()
    users = House.user_ids

    def said(env):
        return env["service.order"].browse(order_ids)

    with meter.request(registry, users["advisor"]) as env:
        said(env).action_agree()
    with meter.request(registry, users["parts"]) as env:
        said(env).action_issue_parts()
    with transaction(registry) as env:
        House.bind(env)
        for order in said(env):
            order.with_user(House.user_team_leader).action_start()
            order.with_user(House.user_team_leader).action_finish()
            House._drive_in_inspection(order)
            if order.state == "washing":
                House._drive_washing(order)
            House.tick_lists(order)
            House.tick_lists(order)
            order.with_user(House.user_cashier)._sign_settlement("Ada Owner", SIGNATURE)
    with meter.request(registry, users["cashier"]) as env:
        said(env).action_settle()
    with transaction(registry) as env:
        orders = said(env)
        assert set(orders.mapped("state")) == {"settled"}, orders.mapped("state")
        invoices = orders.invoice_ids
        assert invoices.mapped("state") == ["posted"] * len(orders)
        total = sum(invoices.mapped("amount_total"))
    return meter, total


def core(registry, count):
    """The same goods and labour through core alone."""
    meter = Meter()
    with meter.request(registry, House.seller) as env:
        lines = [(part, 1) for part in House.parts_ids] + [(House.labour_id, 1.5)]
        sales = env["sale.order"].create(
            [
                {
                    "partner_id": House.customer_id,
                    "order_line": [
                        Command.create({"product_id": product, "product_uom_qty": quantity})
                        for product, quantity in lines
                    ],
                }
                for _number in range(count)
            ]
        )
        sales.action_confirm()
        ids = sales.ids
    with meter.request(registry, House.seller) as env:
        pickings = env["sale.order"].browse(ids).picking_ids
        for move in pickings.move_ids:
            move.quantity = move.product_uom_qty
        pickings.move_ids.picked = True
        # core would ask whether to text the customer
        pickings.with_context(skip_sms=True).button_validate()
    with transaction(registry) as env:
        labour = (
            env["sale.order"]
            .browse(ids)
            .order_line.filtered(lambda line: line.product_id.id == House.labour_id)
        )
        for line in labour:
            line.qty_delivered = line.product_uom_qty
    with meter.request(registry, House.seller) as env:
        sales = env["sale.order"].browse(ids)
        if count == 1:
            invoices = sales._create_invoices(final=True)
        else:
            # one bill per order, as ours: core would gather them per customer
            invoices = sales._create_invoices(grouped=True, final=True)
        invoices.action_post()
    with transaction(registry) as env:
        invoices = env["sale.order"].browse(ids).invoice_ids
        assert invoices.mapped("state") == ["posted"] * count
        assert set(env["sale.order"].browse(ids).picking_ids.mapped("state")) == {"done"}
        total = sum(invoices.mapped("amount_total"))
    return meter, total


def run(registry, verdict):
    verdict.title("Agree + issue + settle", "ours", "core", "ratio", "")
    for count, rounds in ((1, ROUNDS), (BATCH, BATCHES)):
        mine, theirs = [], []
        for _number in range(rounds):
            order_ids = House.quoted(registry, count)
            meter, total = ours(registry, order_ids)
            mine.append(meter)
            meter, same = core(registry, count)
            theirs.append(meter)
            assert abs(total - same) < 0.01, (total, same)
        warm = 2 if count == 1 else 0
        title = "one order" if count == 1 else f"each of {count}"
        for unit, name in (("q", "queries"), ("ms", "seconds")):
            factor = 1 if unit == "q" else 1000
            a, b = (
                median([getattr(meter, name) for meter in meters[warm:]]) * factor / count
                for meters in (mine, theirs)
            )
            verdict.bound(f"{title}, {name}", a, b, LIMIT, unit)
