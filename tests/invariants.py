"""What must be true of a workshop's books at any moment, and what once every car has gone home.

Each check is one question to the database; it returns the rows that break it, so that a sentence
with numbers can be made of them. Nothing here knows how the orders were made.
"""

# Figures of goods and money are compared to a thousandth of a piece or of a cent's unit.
ALWAYS = {
    "reserved more than is on the shelf": """
        SELECT quant.id, quant.quantity, quant.reserved_quantity
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE location.usage = 'internal'
           AND (quant.reserved_quantity > quant.quantity + 0.001 OR quant.quantity < -0.001
                OR quant.reserved_quantity < -0.001)
    """,
    "a part left the house for nobody's approved line": """
        SELECT move.id, move.product_id
          FROM stock_move move
          JOIN stock_picking_type kind ON kind.id = move.picking_type_id
     LEFT JOIN service_order_line line ON line.sale_line_id = move.sale_line_id
     LEFT JOIN service_order_job job ON job.id = line.job_id
         WHERE move.state = 'done' AND kind.service_workshop = 'issue'
           AND (line.id IS NULL OR job.approval <> 'approved'
                OR line.product_id <> move.product_id)
    """,
    "moved goods are not what the line says was issued": """
        WITH moved AS (
            SELECT move.sale_line_id,
                   SUM(CASE WHEN target.usage = 'customer' THEN move.quantity ELSE -move.quantity END)
                       AS quantity
              FROM stock_move move
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN stock_location source ON source.id = move.location_id
             WHERE move.state = 'done' AND (target.usage = 'customer' OR source.usage = 'customer')
          GROUP BY move.sale_line_id
        )
        SELECT line.id, line.issued_qty, sold.qty_delivered, moved.quantity
          FROM service_order_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
     LEFT JOIN moved ON moved.sale_line_id = sold.id
         WHERE line.kind = 'part'
           AND (ABS(COALESCE(line.issued_qty, 0) - COALESCE(moved.quantity, 0)) > 0.001
                OR ABS(COALESCE(sold.qty_delivered, 0) - COALESCE(moved.quantity, 0)) > 0.001)
    """,
    "more was issued than approved": """
        SELECT line.id, line.issued_qty, line.product_uom_qty
          FROM service_order_line line WHERE line.issued_qty > line.product_uom_qty + 0.001
    """,
    "a part is ordered twice": """
        SELECT line.id, line.product_uom_qty, SUM(bought.product_qty) AS ordered
          FROM service_order_line line
          JOIN purchase_order_line bought ON bought.service_line_id = line.id
          JOIN purchase_order purchase ON purchase.id = bought.order_id
         WHERE purchase.state <> 'cancel'
      GROUP BY line.id, line.product_uom_qty
        HAVING SUM(bought.product_qty) > line.product_uom_qty + 0.001
    """,
    "a purchase line for a car hangs on no line of it": """
        SELECT bought.id
          FROM purchase_order_line bought
          JOIN purchase_order purchase ON purchase.id = bought.order_id
          JOIN sale_order_line sold ON sold.id = bought.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE purchase.state <> 'cancel' AND bought.service_line_id IS NULL
           AND sale.service_order_id IS NOT NULL AND sale.state = 'sale'
    """,
    "a step is missing in an order's log": """
        WITH steps AS (
            SELECT res_id, id, from_state, to_state,
                   LAG(to_state, 1, 'draft') OVER (PARTITION BY res_id ORDER BY id) AS before
              FROM service_transition WHERE res_model = 'service.order'
        )
        SELECT res_id, before, from_state FROM steps WHERE before <> from_state
    """,
    "an order is not where its log says": """
        SELECT work.id, work.state, last.to_state
          FROM service_order work
          JOIN LATERAL (
            SELECT to_state FROM service_transition step
             WHERE step.res_model = 'service.order' AND step.res_id = work.id
          ORDER BY id DESC LIMIT 1
               ) last ON TRUE
         WHERE work.state <> last.to_state
    """,
    "a payer is billed for more than was delivered to him": """
        SELECT sold.id, sold.qty_invoiced, sold.qty_delivered
          FROM sale_order_line sold
          JOIN sale_order sale ON sale.id = sold.order_id
          JOIN service_order work ON work.id = sale.service_order_id
         WHERE work.state IN ('settled', 'delivered')
           AND sold.qty_invoiced > sold.qty_delivered + 0.001
    """,
    "a bill is not what its lines were approved for": """
        SELECT item.id, item.price_unit, sold.price_unit
          FROM account_move_line item
          JOIN account_move bill ON bill.id = item.move_id
          JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
          JOIN sale_order_line sold ON sold.id = link.order_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
         WHERE sale.service_order_id IS NOT NULL
           AND (ABS(item.price_unit - sold.price_unit) > 0.001
                OR bill.partner_id <> sale.partner_invoice_id)
    """,
    "the two sides of a share are not the same": """
        SELECT minus.id, minus.share_amount, plus.share_amount, sold.qty_delivered, other.qty_delivered
          FROM service_order_line minus
          JOIN service_order_line plus ON plus.id = minus.share_pair_id
     LEFT JOIN sale_order_line sold ON sold.id = minus.sale_line_id
     LEFT JOIN sale_order_line other ON other.id = plus.sale_line_id
         WHERE minus.share_amount < 0
           AND (ABS(minus.share_amount + plus.share_amount) > 0.005
                OR ABS(COALESCE(sold.qty_delivered, 0) - COALESCE(other.qty_delivered, 0)) > 0.001
                OR minus.order_id <> plus.order_id)
    """,
    "a job of a second visit is sold under the first": """
        SELECT line.id, line.order_id, sale.service_order_id
          FROM service_order_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
          JOIN service_order_job job ON job.id = line.job_id
         WHERE sale.service_order_id <> line.order_id OR job.order_id <> line.order_id
    """,
    "the house's own work was billed": """
        SELECT item.id
          FROM account_move_line item
          JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
          JOIN service_order_line line ON line.sale_line_id = link.order_line_id
          JOIN account_move bill ON bill.id = item.move_id
         WHERE line.payer = 'internal' AND bill.state = 'posted' AND item.price_total <> 0
    """,
}

# The board says that every part an agreed car waits for is here, coming, or flagged.
QUIET = {
    "an agreed part is ordered by nobody": """
        SELECT row.line_id, row.uncovered_qty FROM %(demand)s row
         WHERE row.is_agreed AND row.uncovered_qty > 0.001
    """,
    # a piece that came back, or that a car did not want any more, may make one on order too many
    "more of a part is on order than cars wait for": """
        SELECT owed.product_id, owed.ordered, owed.waiting, freed.quantity
          FROM (
            SELECT row.product_id, SUM(row.ordered_qty) AS ordered,
                   SUM(row.demand_qty - row.reserved_qty - row.issued_qty) AS waiting
              FROM %(demand)s row WHERE row.is_agreed GROUP BY row.product_id
               ) owed
     LEFT JOIN (
            SELECT move.product_id, SUM(move.product_qty) AS quantity
              FROM stock_move move
              JOIN stock_picking_type kind ON kind.id = move.picking_type_id
             WHERE (kind.service_workshop = 'return' AND move.state = 'done')
                OR (kind.service_workshop = 'issue' AND move.state = 'cancel')
          GROUP BY move.product_id
               ) freed ON freed.product_id = owed.product_id
         WHERE owed.ordered > owed.waiting + COALESCE(freed.quantity, 0) + 0.001
    """,
}

HOME = {
    "an order is stuck": """
        SELECT id, name, state, waiting_for FROM service_order
         WHERE state NOT IN ('delivered', 'cancelled')
    """,
    "goods are still owed to a car that went home": """
        SELECT move.id, move.state, sale.service_order_id
          FROM stock_move move
          JOIN sale_order_line sold ON sold.id = move.sale_line_id
          JOIN sale_order sale ON sale.id = sold.order_id
          JOIN stock_location target ON target.id = move.location_dest_id
         WHERE move.state NOT IN ('done', 'cancel') AND sale.service_order_id IS NOT NULL
           AND target.usage = 'customer'
    """,
    "what was delivered to a customer is on no bill": """
        SELECT line.id, sold.qty_delivered, sold.qty_invoiced
          FROM service_order_line line
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
          JOIN service_order work ON work.id = line.order_id
         WHERE work.state = 'delivered' AND line.payer = 'customer'
           AND ABS(sold.qty_delivered - sold.qty_invoiced) > 0.001
    """,
    "what a claim's payer accepted is on no bill": """
        SELECT line.id, sold.qty_delivered, sold.qty_invoiced, claim.state
          FROM service_claim claim
          JOIN service_order_line line
            ON line.order_id = claim.order_id AND line.payer_id = claim.payer_id
           AND line.payer = claim.payer
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
         WHERE (claim.state IN ('accepted', 'paid') AND line.claim_result IS DISTINCT FROM 'refused'
                AND ABS(sold.qty_delivered - sold.qty_invoiced) > 0.001)
            OR (claim.state IN ('draft', 'sent', 'refused') AND sold.qty_invoiced > 0.001)
    """,
    "a refused line is carried by nobody": """
        SELECT line.id, line.claim_result, line.payer
          FROM service_order_line line
          JOIN service_claim claim ON claim.id = line.claim_id
         WHERE line.claim_result = 'refused' AND claim.state IN ('accepted', 'refused', 'paid')
           AND (line.refusal_decision IS NULL OR line.payer <> 'internal')
    """,
    "a fleet's car is on no collective bill": """
        SELECT work.id, sold.qty_delivered, sold.qty_invoiced
          FROM service_order work
          JOIN service_order_line line ON line.order_id = work.id AND line.payer = 'customer'
          JOIN sale_order_line sold ON sold.id = line.sale_line_id
         WHERE work.collective_month IS NOT NULL
           AND ABS(sold.qty_delivered - sold.qty_invoiced) > 0.001
    """,
    "a bill is still a draft": """
        SELECT bill.id FROM account_move bill
         WHERE bill.state = 'draft' AND bill.move_type IN ('out_invoice', 'out_refund')
    """,
    "a customer took an unpaid car home": """
        SELECT DISTINCT bill.id, bill.payment_state, work.name
          FROM account_move bill
          JOIN account_move_line item ON item.move_id = bill.id
          JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
          JOIN service_order_line line ON line.sale_line_id = link.order_line_id
          JOIN service_order work ON work.id = line.order_id
         WHERE work.state = 'delivered' AND line.payer = 'customer' AND bill.state = 'posted'
           AND bill.move_type = 'out_invoice' AND work.release_user_id IS NULL
           AND bill.payment_state NOT IN ('paid', 'in_payment', 'reversed')
           AND bill.amount_residual > 0.005 AND work.collective_month IS NULL
    """,
    "a day's hours are booked wrong": """
        SELECT day.id, day.booked, COALESCE(SUM(booking.hours), 0)
          FROM service_capacity day
     LEFT JOIN service_capacity_booking booking ON booking.capacity_id = day.id
      GROUP BY day.id, day.booked
        HAVING ABS(COALESCE(day.booked, 0) - COALESCE(SUM(booking.hours), 0)) > 0.01
    """,
    "a delivered order was not looked after": """
        SELECT id, name FROM service_order WHERE is_aftercare_due
    """,
}

MONEY = """
    SELECT bill.partner_id,
           SUM(CASE WHEN bill.move_type = 'out_refund' THEN -1 ELSE 1 END * bill.amount_total)
      FROM account_move bill
     WHERE bill.state = 'posted' AND bill.move_type IN ('out_invoice', 'out_refund')
  GROUP BY bill.partner_id
"""


def broken(env, *groups):
    """``{sentence: rows}`` of the checks that do not hold."""
    env.flush_all()
    demand = env["service.part.demand"]._table_query
    found = {}
    for group in groups:
        for sentence, question in group.items():
            if "%(demand)s" in question:
                env.cr.execute("CREATE TEMP VIEW soak_demand AS " + demand_text(env, demand))
                question = question % {"demand": "soak_demand"}
                env.cr.execute(question)
                rows = env.cr.fetchall()
                env.cr.execute("DROP VIEW soak_demand")
            else:
                env.cr.execute(question)
                rows = env.cr.fetchall()
            if rows:
                found[sentence] = rows
    return found


def demand_text(env, query):
    """The board's own question with its values written into it."""
    return env.cr.mogrify(query.code, query.params).decode()


def goods_balance(env, before):
    """Parts that were lost or came from nowhere: shelf then + bought - issued is not shelf now.

    :param dict before: ``{product id: pieces}`` on the shelves at the start
    """
    env.flush_all()

    def sums(question):
        env.cr.execute(question)
        return {product: float(quantity) for product, quantity in env.cr.fetchall()}

    now = shelf(env)
    received = sums("""
        SELECT product_id, SUM(qty_received) FROM purchase_order_line
         WHERE product_id IS NOT NULL GROUP BY product_id
    """)
    issued = sums("""
        SELECT product_id, SUM(COALESCE(issued_qty, 0)) FROM service_order_line
         WHERE kind = 'part' GROUP BY product_id
    """)
    return [
        (product, before.get(product, 0), received.get(product, 0), issued.get(product, 0), left)
        for product, left in now.items()
        if abs(before.get(product, 0) + received.get(product, 0) - issued.get(product, 0) - left)
        > 0.001
    ]


def shelf(env):
    """``{product id: pieces}`` on the house's shelves."""
    env.cr.execute("""
        SELECT quant.product_id, SUM(quant.quantity)
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE location.usage = 'internal'
      GROUP BY quant.product_id
    """)
    return {product: float(quantity) for product, quantity in env.cr.fetchall()}


def money_balance(env):
    """``{payer id: (billed, owed)}``: posted bills less credit notes, and what was delivered for him
    at approved prices, what he refused left out."""
    env.flush_all()
    env.cr.execute(MONEY)
    billed = {payer: float(total) for payer, total in env.cr.fetchall()}
    owed = dict.fromkeys(billed, 0.0)
    claims = env["service.claim"].search([("state", "in", ("accepted", "paid"))])
    claimed = {(claim.order_id, claim.payer_id) for claim in claims}
    for order in env["service.order"].search([("state", "=", "delivered")]):
        lines = order._billable_lines().filtered(
            lambda line, order=order: line.payer == "customer" or (order, line.payer_id) in claimed
        )
        for payer, own in lines.grouped("payer_id").items():
            owed[payer.id] = owed.get(payer.id, 0.0) + own._totals(delivered=True)["total"]
    return {payer: (billed.get(payer, 0.0), total) for payer, total in owed.items()}
