from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import call_script
from ..rules import contact_plan as plan


class ServiceCallScript(models.Model):
    """What the caller says, by kind of contact; helps and never blocks (S3-100, S4-08).

    The most specific script is shown: branch and kind of order, then branch, then kind, then any.
    """

    _name = "service.call.script"
    _description = "Call Script"
    _order = "kind, company_id, kind_id, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(plan.KINDS, string="Contact", required=True, index=True)
    company_id = fields.Many2one(
        "res.company", string="Branch", index="btree_not_null", help="Empty: for every branch."
    )
    kind_id = fields.Many2one(
        "service.order.kind",
        string="Kind of Order",
        index="btree_not_null",
        help="Empty: for every kind of work order.",
    )
    opening = fields.Text(
        required=True, translate=True, help="Greeting and questions. Gaps in braces are filled."
    )
    thanks = fields.Text(translate=True, help="Said when the customer is satisfied (S3-102).")
    apology = fields.Text(translate=True, help="Said when he is not (S3-101).")
    topic_ids = fields.Many2many(
        "service.contact.topic",
        string="Topics",
        help="Planned content of the call. The second call must differ from the first.",
    )
    gap_help = fields.Text(string="Gaps", compute="_compute_gap_help")

    _scope_uniq = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0), COALESCE(kind_id, 0)) WHERE active",
        "There is already a script for this contact, branch and kind of order.",
    )

    def _compute_gap_help(self):
        text = "\n".join(f"{{{gap}}}: {meaning}" for gap, meaning in call_script.GAPS.items())
        for script in self:
            script.gap_help = text

    @api.constrains("opening", "thanks", "apology")
    def _check_gaps(self):
        for script in self:
            for text in (script.opening, script.thanks, script.apology):
                unknown = call_script.unknown_gaps(text)
                if unknown:
                    raise ValidationError(
                        self.env._(
                            "The script has a gap nobody can fill: {%(gap)s}. Use one of: %(gaps)s.",
                            gap=unknown[0],
                            gaps=", ".join(call_script.GAPS),
                        )
                    )

    @api.model
    def _resolver(self, companies, kinds):
        """``resolve(contact kind, company, order kind)`` -> script, for a batch with one search."""
        # sudo: the script is for whoever makes the call
        scripts = self.sudo().search(
            [
                ("company_id", "in", [*companies.ids, False]),
                ("kind_id", "in", [*kinds.ids, False]),
            ]
        )
        rows = [
            ((script.kind, script.company_id.id, script.kind_id.id), script) for script in scripts
        ]

        def resolve(kind, company, order_kind):
            # the kind of contact is always named, so it never counts as "fits everything"
            return plan.best_match(rows, (kind, company.id, order_kind.id)) or self.browse()

        return resolve
