from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life

STAMPS = {"user_id", "asked_at", "answered_by_id", "answered_at"}
DOUBT = "service_core.service_checklist_bill_risks_doubt"


class ServiceChargeDoubt(models.Model):
    """What a customer does not understand on his bill, and what he was answered by whom (S0-115).

    Answered before he signs the settlement form.
    """

    _name = "service.charge.doubt"
    _description = "Doubt About a Charge"
    _order = "id desc"
    _rec_name = "question"

    order_id = fields.Many2one("service.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    line_id = fields.Many2one(
        "service.order.line",
        string="Charge",
        domain="[('order_id', '=', order_id), ('payer', '=', 'customer')]",
        ondelete="set null",
        index="btree_not_null",
        help="Empty: the bill as a whole.",
    )
    question = fields.Char(string="Doubt", required=True)
    user_id = fields.Many2one("res.users", string="Noted By", readonly=True)
    asked_at = fields.Datetime(string="Noted", readonly=True)
    answer = fields.Char()
    answered_by_id = fields.Many2one("res.users", string="Answered By", readonly=True)
    answered_at = fields.Datetime(string="Answered", readonly=True)

    @api.constrains("order_id", "line_id")
    def _check_line(self):
        for doubt in self.filtered("line_id"):
            if doubt.line_id.order_id != doubt.order_id:
                raise UserError(self.env._("Choose a charge of this work order."))

    @api.model_create_multi
    def create(self, vals_list):
        """Who noted it and when is the house's own clock; each doubt counts as an incident."""
        doubts = super().create([self._stamped(vals, new=True) for vals in vals_list])
        for order, group in doubts.grouped("order_id").items():
            if order.state in (life.DELIVERED, life.CANCELLED):
                raise UserError(
                    self.env._("%s is closed: open a complaint instead.", order.display_name)
                )
            order._record_risk(DOUBT, "; ".join(group.mapped("question")))
        return doubts

    def write(self, vals):
        """An answer carries its author."""
        return super().write(self._stamped(vals))

    def _stamped(self, vals, new=False):
        vals = {name: value for name, value in vals.items() if name not in STAMPS}
        now = fields.Datetime.now()
        if new:
            vals.update(user_id=self.env.uid, asked_at=now)
        if "answer" in vals:
            said = (vals["answer"] or "").strip()
            vals.update(
                answer=said or False,
                answered_by_id=self.env.uid if said else False,
                answered_at=now if said else False,
            )
        return vals

    def action_answer(self):
        """Open the doubt to write down what the customer was told."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class ServiceOrder(models.Model):
    """Before the customer signs: his doubts are answered, the drive with him is done."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    doubt_ids = fields.One2many("service.charge.doubt", "order_id", string="Doubts")
    test_drive = fields.Selection(
        [("no", "Not needed"), ("needed", "Needed"), ("done", "Done")],
        string="Test Drive",
        copy=False,
        tracking=True,
        help="Whether the customer is to feel the work on the road before he signs (S2-96).",
    )
    test_drive_result = fields.Char(string="Result of the Drive", copy=False)
    test_drive_by_id = fields.Many2one(
        "res.users", string="Driven With", readonly=True, copy=False, index="btree_not_null"
    )
    test_drive_at = fields.Datetime(string="Driven At", readonly=True, copy=False)

    def action_note_doubt(self):
        """Open the form in which a doubt about a charge is noted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Doubt About a Charge"),
            "res_model": "service.charge.doubt",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._drive_stamped(vals) for vals in vals_list])

    def write(self, vals):
        """A drive that is done carries who went along and when."""
        return super().write(self._drive_stamped(vals))

    def _drive_stamped(self, vals):
        if not self.env.su:
            vals = {
                name: value
                for name, value in vals.items()
                if name not in ("test_drive_by_id", "test_drive_at")
            }
        if "test_drive" in vals:
            done = vals["test_drive"] == "done"
            vals = {
                **vals,
                "test_drive_by_id": self.env.uid if done else False,
                "test_drive_at": fields.Datetime.now() if done else False,
            }
        return vals

    def _sign_settlement(self, signed_by, signature=False):
        self.ensure_one()
        # sudo: whoever has it signed may not write doubts, he is only stopped by them
        open_doubts = self.sudo().doubt_ids.filtered(lambda doubt: not doubt.answer)
        if open_doubts:
            raise UserError(
                self.env._(
                    '%(order)s: answer the doubt first: "%(doubt)s".',
                    order=self.display_name,
                    doubt=open_doubts[-1].question,
                )
            )
        if self.test_drive == "needed":
            raise UserError(
                self.env._("%s: drive with the customer before he signs.", self.display_name)
            )
        return super()._sign_settlement(signed_by, signature)
