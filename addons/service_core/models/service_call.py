from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceCall(models.Model):
    """One telephone call, in the customer's words. What he said is never rewritten."""

    _name = "service.call"
    _description = "Call"
    _inherit = ["mail.thread"]
    _order = "started desc, id desc"
    _rec_names_search = ["partner_id.name", "phone"]
    _check_company_auto = True

    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null")
    phone = fields.Char(
        compute="_compute_phone", store=True, readonly=False, precompute=True, index="trigram"
    )
    do_not_call = fields.Boolean(related="partner_id.service_do_not_call")
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, default="out"
    )
    purpose = fields.Selection(
        [
            ("booking", "Booking"),
            ("progress", "Progress"),
            ("approval", "Approval"),
            ("pickup", "Pick-up"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    rings = fields.Integer(help="How often it rang before it was answered.")
    started = fields.Datetime(required=True, default=fields.Datetime.now)
    duration = fields.Integer(string="Duration (seconds)")
    result = fields.Selection(
        [
            ("answered", "Answered"),
            ("no_answer", "No Answer"),
            ("busy", "Busy"),
            ("refused", "Refused to Talk"),
            ("wrong_number", "Wrong Number"),
        ],
        tracking=True,
    )
    verbatim = fields.Text(
        string="Customer's Words", help="Word for word; cannot be changed once saved."
    )
    note = fields.Text(string="Our Note")
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Answered By",
        index="btree_not_null",
        default=lambda self: self.env.user.employee_id,
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _not_negative = models.Constraint(
        "CHECK(rings >= 0 AND duration >= 0)", "Rings and seconds cannot be negative."
    )

    @api.depends("partner_id", "order_id")
    def _compute_phone(self):
        for call in self:
            call.phone = call.phone or call.order_id.contact_phone or call.partner_id.phone

    @api.depends("partner_id.display_name", "started")
    def _compute_display_name(self):
        for call in self:
            call.display_name = " ".join(
                filter(
                    None,
                    [
                        call.partner_id.display_name or call.phone,
                        fields.Datetime.to_string(call.started),
                    ],
                )
            )

    def write(self, vals):
        if "verbatim" in vals:
            for call in self:
                if call.verbatim and call.verbatim != vals["verbatim"]:
                    raise UserError(
                        self.env._(
                            "The customer's words are not changed once saved; add what you want "
                            "to say to our note."
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_words(self):
        if self.filtered("verbatim"):
            raise UserError(self.env._("A call with the customer's words is kept."))
