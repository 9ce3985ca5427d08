from datetime import timedelta

from odoo import api, fields, models

from .product_template import PART_CATEGORIES

# So many failures of one part within so many days are no accident any more (S1-60).
BATCH_COUNT = 3
BATCH_DAYS = 90


class ServicePartFailure(models.Model):
    """Part-quality feedback of the after-sales warehouse; a batch pattern is reported (S1-59)."""

    _name = "service.part.failure"
    _description = "Part Failure"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "found_on desc, id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one("product.product", string="Part", required=True, index=True)
    category = fields.Selection(
        PART_CATEGORIES,
        string="Part Group",
        required=True,
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
    )
    origin = fields.Selection(
        [("genuine", "Genuine"), ("other", "Other Maker")],
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
    )
    kind = fields.Selection(
        [
            ("arrival", "Defective on arrival"),
            ("fitting", "Failed when fitted"),
            ("service", "Failed in use"),
            ("wrong", "Wrong part in the box"),
        ],
        string="What Happened",
        required=True,
        default="service",
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    batch = fields.Char(index="btree_not_null", help="Batch or lot on the part.")
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        compute="_compute_from_product",
        store=True,
        readonly=False,
        precompute=True,
    )
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    vehicle_id = fields.Many2one(
        "service.vehicle", compute="_compute_vehicle_id", store=True, readonly=False
    )
    found_on = fields.Date(required=True, default=fields.Date.context_today, index=True)
    note = fields.Text(string="Findings")
    is_batch = fields.Boolean(
        string="Batch Pattern",
        readonly=True,
        help="The same part, or the same batch of it, failed three times within 90 days.",
    )
    user_id = fields.Many2one(
        "res.users", string="Reported By", readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "A failure needs a quantity above zero."
    )

    @api.depends("product_id")
    def _compute_from_product(self):
        for failure in self:
            # sudo: whoever finds a broken part need not read suppliers
            product = failure.product_id.sudo()
            failure.category = product.service_part_category or failure.category or "other"
            failure.origin = product.service_origin or failure.origin
            failure.vendor_id = product.seller_ids[:1].partner_id or failure.vendor_id

    @api.depends("order_id")
    def _compute_vehicle_id(self):
        for failure in self:
            failure.vehicle_id = failure.order_id.vehicle_id or failure.vehicle_id

    @api.model_create_multi
    def create(self, vals_list):
        failures = super().create(vals_list)
        failures._look_for_pattern()
        return failures

    def write(self, vals):
        res = super().write(vals)
        if {"product_id", "batch", "found_on"} & set(vals):
            self._look_for_pattern()
        return res

    def _look_for_pattern(self):
        """Repeated failures of one part are laid on the quality inspection's desk, once (S1-60)."""
        # sudo: a pattern shows over all branches
        everything = self.sudo().search(
            [
                ("product_id", "in", self.product_id.ids),
                ("found_on", ">=", min(self.mapped("found_on")) - timedelta(days=BATCH_DAYS)),
            ]
        )
        for failure in self:
            since = failure.found_on - timedelta(days=BATCH_DAYS)
            same = everything.filtered(
                lambda other, f=failure, s=since: (
                    other.product_id == f.product_id
                    and s <= other.found_on <= f.found_on
                    and (not f.batch or other.batch == f.batch)
                )
            )
            if len(same) < BATCH_COUNT:
                continue
            told = any(same.mapped("is_batch"))
            same.is_batch = True
            if not told:
                # sudo: who reports a part may not write tasks for the inspector
                failure.sudo()._report_pattern(same)

    def _report_pattern(self, same):
        """An activity for an inspector of the branch, and a note that stays."""
        self.ensure_one()
        group = self.env.ref("service_core.group_service_inspector")
        managers = self.env.ref("service_core.group_service_manager")
        inspectors = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        ).sorted(lambda user: (managers in user.all_group_ids, user.id))
        note = self.env._(
            "%(part)s%(batch)s failed %(count)s times since %(date)s: look whether the batch is bad "
            "and stop its issue.",
            part=self.product_id.display_name,
            batch=f" ({self.batch})" if self.batch else "",
            count=len(same),
            date=fields.Date.to_string(min(same.mapped("found_on"))),
        )
        self.message_post(body=note)
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=(inspectors[:1] or self.env.ref("base.user_admin")).id,
            summary=self.env._("Batch pattern"),
            note=note,
        )
