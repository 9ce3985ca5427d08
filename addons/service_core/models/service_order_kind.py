from odoo import api, fields, models
from odoo.tools import ormcache

from ..rules import gates


class ServiceOrderKind(models.Model):
    """What an order of this kind must pass: an oil change does not walk a gearbox's road."""

    _name = "service.order.kind"
    _description = "Work Order Kind"
    _inherit = ["service.cached.rule"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_internal = fields.Boolean(
        help="Work for the house itself: jobs are charged internally unless said otherwise."
    )
    needs_diagnosis = fields.Boolean(
        default=True, help="The order passes Diagnosed before it can be quoted."
    )
    inspect_technician = fields.Boolean(string="1. Technician", default=True)
    inspect_team_leader = fields.Boolean(string="2. Team leader", default=True)
    inspect_inspector = fields.Boolean(string="3. Quality inspector", default=True)
    inspect_advisor = fields.Boolean(string="4. Advisor", default=True)
    wash_offered = fields.Boolean(
        default=True, help="The car is washed unless the customer declines."
    )
    is_reception_led = fields.Boolean(
        string="Reception May Lead",
        help="Fixed work such as maintenance: reception may prepare the visit by itself.",
    )
    callback = fields.Boolean(
        string="Follow-up Call",
        default=True,
        help="The customer is called some days after delivery.",
    )
    gate_ids = fields.One2many("service.order.kind.gate", "kind_id", string="Checks")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another kind of work order has this code.")

    @api.model_create_multi
    def create(self, vals_list):
        """A kind answers for every gate from its first day; a new one starts by blocking."""
        kinds = super().create(vals_list)
        self.env["service.order.kind.gate"].create(
            [
                {
                    "kind_id": kind.id,
                    "gate": code,
                    "level": gates.default_level(kind.code, code),
                }
                for kind in kinds
                for code in gates.GATES
                if code not in kind.gate_ids.mapped("gate")
            ]
        )
        return kinds

    def _inspection_levels(self):
        """Levels this kind requires, in the order they are signed (S0-94)."""
        self.ensure_one()
        return [
            level
            for level in ("technician", "team_leader", "inspector", "advisor")
            if self[f"inspect_{level}"]
        ]

    def _gate_levels(self):
        """``{gate code: level}`` of this kind."""
        self.ensure_one()
        return self._rules_of(self.id)[0]

    def _wants_diagnosis(self):
        """Whether orders of this kind pass Diagnosed; as :meth:`_gate_levels`, without a query."""
        self.ensure_one()
        return self._rules_of(self.id)[1]

    @api.model
    @ormcache("kind_id")
    def _rules_of(self, kind_id):
        """Every verb asks, hardly anybody changes it: kept by the server until somebody does."""
        # sudo: the verb asks, whoever says it
        kind = self.sudo().browse(kind_id)
        # a gate that came with a later version has no line yet on kinds made before it
        levels = {code: gates.default_level(kind.code, code) for code in gates.GATES}
        levels.update((line.gate, line.level) for line in kind.gate_ids)
        return levels, kind.needs_diagnosis


class ServiceOrderKindGate(models.Model):
    """How strictly one kind asks for one check."""

    _name = "service.order.kind.gate"
    _description = "Work Order Kind Check"
    _inherit = ["service.cached.rule"]
    _order = "kind_id, id"

    kind_id = fields.Many2one("service.order.kind", required=True, ondelete="cascade", index=True)
    gate = fields.Selection(gates.SELECTION, string="Check", required=True)
    level = fields.Selection(gates.LEVELS, required=True, default=gates.BLOCK)

    _gate_uniq = models.Constraint("UNIQUE(kind_id, gate)", "A kind answers once for each check.")
