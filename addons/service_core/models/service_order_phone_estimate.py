from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .service_order import PRICE_GROUPS

REPORT = "service_core.service_order_report_estimate"
TEMPLATE = "service_core.mail_template_phone_estimate"
ESTIMATORS = "service_core.group_service_advisor,service_core.group_service_manager"


class ServiceOrder(models.Model):
    """A price on the phone: the estimate sheet before anybody has seen the car (S2-34, S2-41).

    It asks for nothing and binds nobody: no round of approval, no signature, no goods. It leaves
    the house only when the customer wants to have it.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    phone_estimate_at = fields.Datetime(
        string="Estimate Given by Phone", readonly=True, copy=False, tracking=True
    )
    phone_estimate_by_id = fields.Many2one(
        "res.users", string="Given By", readonly=True, copy=False
    )
    phone_estimate_total = fields.Monetary(
        string="Told by Phone",
        readonly=True,
        copy=False,
        groups=PRICE_GROUPS,
        help="Total with tax as it was told; the estimate of the visit may differ.",
    )
    phone_estimate_sent_at = fields.Datetime(string="Sheet Sent", readonly=True, copy=False)

    def _is_phone_estimate(self):
        """Nobody has seen the car and nothing was agreed: a price is one given by phone."""
        self.ensure_one()
        return self.state in (life.DRAFT, life.BOOKED) and not self._is_agreed_visit()

    def action_phone_estimate(self):
        """Tell the price on the phone and print the sheet that says so."""
        self._give_phone_estimate()
        return self.env.ref(REPORT).report_action(self)

    def action_send_phone_estimate(self):
        """The customer wants it in writing: the sheet goes to his mail address."""
        self._guard_phone_estimate()
        for order in self:
            if not (order.contact_id.email or order.partner_id.email):
                raise UserError(
                    self.env._(
                        "%s: write down the customer's mail address, or print the sheet.",
                        order.display_name,
                    )
                )
        self._give_phone_estimate()
        # sudo: mail templates are closed to the desk, the guard is above
        template = self.env.ref(TEMPLATE).sudo()
        for order in self.sudo():
            template.send_mail(order.id)
        self.sudo().phone_estimate_sent_at = fields.Datetime.now()
        return True

    def _give_phone_estimate(self):
        self._guard_phone_estimate()
        for order in self.sudo():  # sudo: the record of it is nobody's to write
            total = order.line_ids.filtered(lambda line: line.payer == "customer")._totals()
            order.write(
                {
                    "phone_estimate_at": fields.Datetime.now(),
                    "phone_estimate_by_id": self.env.uid,
                    "phone_estimate_total": total["total"],
                }
            )

    def _guard_phone_estimate(self):
        self.check_access("read")
        if not self.env.user.has_groups(ESTIMATORS):
            raise AccessError(self.env._("Advisors tell prices on the phone."))
        for order in self:
            if not order._is_phone_estimate():
                raise UserError(
                    self.env._(
                        "%s: the car has been seen or its work agreed, use the estimate of the "
                        "visit.",
                        order.display_name,
                    )
                )
            if not order.line_ids.filtered(lambda line: line.payer == "customer"):
                raise UserError(
                    self.env._(
                        "%s: write down the work and its parts first, there is no price yet.",
                        order.display_name,
                    )
                )
