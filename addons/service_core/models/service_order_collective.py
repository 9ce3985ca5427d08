import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    service_collective = fields.Boolean(
        string="Monthly Collective Invoice",
        tracking=True,
        help="Work orders of this customer are settled without a bill; one bill a month holds "
        "them all (design 4).",
    )


class ServiceOrder(models.Model):
    """Fleet customers: an order is settled by being marked, one bill a month holds them all."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    collective_month = fields.Date(
        string="On the Collective Invoice Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="First day of the month whose collective invoice holds this order.",
    )

    def _collective_payers(self):
        """Customers of these orders who get one bill a month."""
        customers = self.line_ids.filtered(lambda line: line.payer == "customer").payer_id
        return customers.filtered(lambda partner: partner.commercial_partner_id.service_collective)

    def _month(self):
        """First day of the current month, as the branch counts days."""
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self.company_id._service_tz()).date().replace(day=1)

    def _collective_sales(self):
        """Sale orders of these marked orders that still wait for their collective invoice."""
        return self.line_ids.sale_line_id.order_id.filtered(
            lambda sale: (
                sale.state == "sale"
                and sale.partner_id.commercial_partner_id.service_collective
                and any(line.qty_to_invoice for line in sale.order_line)
            )
        )

    def _invoice_collective(self):
        """One posted invoice per branch and payer over these orders."""
        sales = self._collective_sales()
        if not sales:
            return self.env["account.move"]
        invoices = sales.with_context(
            service_bill_collective=True, mail_auto_subscribe_no_notify=True
        )._create_invoices(final=True)
        invoices.action_post()
        return invoices

    def action_invoice_collective(self):
        """Bill these marked orders now, one invoice per payer (cashier)."""
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_cashier,service_core.group_service_manager"
        ):
            raise AccessError(self.env._("Cashiers make the collective invoices."))
        self._lock()
        # sudo: orders and sales are written by verbs only, the guard is above
        orders = self.sudo().filtered(
            lambda order: order.collective_month and order.state in ("settled", "delivered")
        )
        invoices = orders._invoice_collective()
        if not invoices:
            raise UserError(self.env._("Nothing waits for a collective invoice here."))
        return self._view(self.env._("Collective Invoices"), invoices.sudo(False))

    @api.model
    def _cron_collective(self):
        """At the beginning of a month the last one is billed, one payer at a time."""
        month = fields.Date.context_today(self).replace(day=1)
        orders = self.search(
            [
                ("collective_month", "<", month),
                ("state", "in", ("settled", "delivered")),
                # what was billed before last is not looked at for ever
                ("collective_month", ">=", month - relativedelta(months=3)),
            ]
        )
        groups = orders.grouped(
            lambda order: (order.company_id, order._collective_sales().partner_id[:1])
        )
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(groups))
        for (_company, partner), group in groups.items():
            if partner:
                group._invoice_collective()
            progress(1)

    def _credit_collective(self, invoice, reason):
        """Credit what ``invoice`` holds of this order; the other orders on it stay billed."""
        self.ensure_one()
        note = invoice._reverse_moves(
            [{"ref": reason, "invoice_date": fields.Date.context_today(self)}]
        )
        note.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids.order_id.service_order_id != self
        ).unlink()
        note.action_post()
        (invoice + note).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        return note

    def _billed_on(self, invoice):
        """What ``invoice`` and its credit notes still hold of this order."""
        self.ensure_one()
        notes = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted")
        return invoice._service_share(self) - sum(note._service_share(self) for note in notes)
