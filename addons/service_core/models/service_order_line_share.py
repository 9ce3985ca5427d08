from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_order import PRICE_GROUPS
from .service_order_job import APPROVAL_KEY


class ServiceOrderLine(models.Model):
    """A share of the bill: a minus on one payer's side, the same plus on another's (design 3).

    Goods move once, with the lines they belong to; only money changes sides, each side with the
    tax of the one who pays it.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    share_pair_id = fields.Many2one(
        "service.order.line",
        string="Other Side of the Share",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    share_amount = fields.Float(
        digits="Product Price",
        readonly=True,
        copy=False,
        groups=PRICE_GROUPS,
        help="What changes sides; below zero where it is taken off.",
    )
    share_tax_ids = fields.Many2many(
        "account.tax",
        "service_order_line_share_tax_rel",
        string="Taxes of What Is Shared",
        readonly=True,
        copy=False,
        groups=PRICE_GROUPS,
        help="Before they are mapped to the one who pays.",
    )

    def _list_price(self):
        """A share has no list price: it is worth what changes sides."""
        self.ensure_one()
        return self.share_amount if self.share_amount else super()._list_price()

    def _map_taxes(self, partner):
        """Taxes of what is shared, as ``partner`` pays them."""
        self.ensure_one()
        company = self.company_id or self.env.company
        position = (
            self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(partner)
        )
        # a line being written holds its taxes as drafts: the fiscal position knows the saved ones
        taxes = (self.share_tax_ids if self.share_amount else self.product_id.taxes_id)._origin
        return position.map_tax(taxes._filter_taxes_by_company(company))

    @api.depends("share_amount", "share_tax_ids")
    def _compute_tax_ids(self):
        shares = self.filtered("share_amount")
        res = super(ServiceOrderLine, self - shares)._compute_tax_ids()
        for line in shares:
            line.tax_ids = line._map_taxes(line.payer_id or line.order_id.partner_id)
        return res

    def _share_price_for(self, price, partner):
        """``price`` of this line's payer as a price of ``partner``: the net is the same."""
        self.ensure_one()
        own, other = self._map_taxes(self.payer_id), self._map_taxes(partner)
        if own == other:
            return price
        net = own.compute_all(price, currency=self.currency_id)["total_excluded"]
        included = other.filtered("price_include")
        if not included:
            return net
        grossed = included.with_context(force_price_include=False).compute_all(
            net, currency=self.currency_id
        )
        return grossed["total_included"]

    def _share(self, payer, partner, ratio):
        """Let ``partner`` take ``ratio`` (0 to 1) of these lines: a pair for each kind of tax.

        :returns: the new lines, minus and plus
        """
        values = []
        product = self.env.ref("service_core.product_share")
        for (job, taxes, owner), lines in self.grouped(
            lambda line: (
                line.job_id,
                line.share_tax_ids if line.share_amount else line.product_id.taxes_id,
                line.payer_id,
            )
        ).items():
            price = self.env.company.currency_id.round(
                sum(line.price_unit * line.product_uom_qty for line in lines) * ratio
            )
            if not price:
                continue
            common = {
                "order_id": job.order_id.id,
                "job_id": job.id,
                "kind": "fee",
                "product_id": product.id,
                "product_uom_qty": 1.0,
                "share_tax_ids": [fields.Command.set(taxes.ids)],
                "sequence": max(lines.mapped("sequence")) + 1,
            }
            values += [
                {
                    **common,
                    "name": self.env._("Paid by %s", partner.name),
                    "payer": lines[0].payer,
                    "payer_id": owner.id,
                    "share_amount": -price,
                },
                {
                    **common,
                    "name": self.env._("Share of %(job)s", job=job.name),
                    "payer": payer,
                    "payer_id": partner.id,
                    "share_amount": lines[0]._share_price_for(price, partner),
                },
            ]
        pairs = self.create(values)
        for minus, plus in zip(pairs[::2], pairs[1::2], strict=True):
            minus.share_pair_id, plus.share_pair_id = plus, minus
        return pairs

    def _share_delivered(self):
        """Which part of what this share takes over was done and issued, from 0 to 1."""
        self.ensure_one()
        minus = self if self.share_amount < 0 else self.share_pair_id
        shared = (minus.job_id.line_ids - minus - minus.share_pair_id).filtered(
            lambda line: (
                line.payer_id == minus.payer_id
                and line.sale_line_id
                and not line.share_amount
                and line.product_id.taxes_id == minus.share_tax_ids
            )
        )
        whole = sum(line.price_unit * line.product_uom_qty for line in shared)
        done = sum(line.price_unit * line.sale_line_id.qty_delivered for line in shared)
        return min(done / whole, 1.0) if whole else 0.0

    def write(self, vals):
        """The two sides of a share stay equal: take it back and share anew."""
        if (
            {"product_uom_qty", "price_unit", "product_id", "payer", "payer_id", "job_id"}
            & set(vals)
            and self.env.context.get("service_approval_key") is not APPROVAL_KEY
            and self.filtered("share_pair_id")
        ):
            raise UserError(self.env._("A share stays as it was made: delete it and share anew."))
        return super().write(vals)

    def unlink(self):
        """Taking back one side of a share takes back the other."""
        return super(ServiceOrderLine, self | self.share_pair_id).unlink()


class ServiceOrderJob(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order.job"  # pylint: disable=consider-merging-classes-inherited

    def action_share(self):
        """Open the form in which an advisor says who takes what of this job."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Share %s", self.name),
            "res_model": "service.share",
            "view_mode": "form",
            "target": "new",
            "context": {"default_job_id": self.id},
        }
