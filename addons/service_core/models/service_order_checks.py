from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .service_check import CHECK_KEY

_ORDER_OF = {state: number for number, (state, _label) in enumerate(life.STATES)}


class ServiceOrder(models.Model):
    """Check lists on a work order: one click ticks a list, each answer has its author and time."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    check_ids = fields.One2many("service.check", "order_id", string="Checks", readonly=True)
    checklist_ids = fields.Many2many(
        "service.checklist", string="Check Lists", compute="_compute_checklist_ids"
    )

    @api.depends("state", "kind_id")
    def _compute_checklist_ids(self):
        """Lists of this kind of order whose time has come."""
        lists = self.env["service.checklist"].search([("item_ids", "!=", False)])
        for order in self:
            order.checklist_ids = lists.filtered(
                lambda one, order=order: (
                    (not one.kind_ids or order.kind_id in one.kind_ids)
                    and _ORDER_OF[one.first_state] <= _ORDER_OF.get(order.state, 0)
                )
            )

    def _check_open(self, code):
        """``{order: its mandatory items of the list that nobody has answered}``."""
        # sudo: which items there are is no secret, whoever asks
        checklist = self.env["service.checklist"].sudo().search([("code", "=", code)])
        mandatory = checklist.item_ids.filtered("is_mandatory")
        return {order: mandatory - order.sudo().check_ids.item_id for order in self}

    def _tick(self, code, result="done", items=None, note=False):
        """Answer the items of a list, all that are still open unless ``items`` says which.

        An answer given again replaces the one before, with its new author and time.

        :raises UserError: for an unknown list, for what is not done without a note, on a closed order
        """
        # sudo: as above
        checklist = self.env["service.checklist"].sudo().search([("code", "=", code)])
        if not checklist:
            raise UserError(self.env._('There is no check list "%s".', code))
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("service_core.group_service_user")):
            raise AccessError(self.env._("Staff of the service answer check lists."))
        closed = self.filtered(lambda order: order.state in (life.DELIVERED, life.CANCELLED))
        if closed:
            raise UserError(
                self.env._("%s is closed: its check lists stay.", closed[0].display_name)
            )
        if result != "done" and not (note or "").strip():
            raise UserError(self.env._("Say what happened, or why it is waived."))
        answer = {
            "result": result,
            "note": (note or "").strip() or False,
            "at": fields.Datetime.now(),
            "user_id": self.env.uid,
        }
        # sudo: checks are closed to everybody's write, the guards are above
        checks = self.env["service.check"].sudo().with_context(service_check_key=CHECK_KEY)
        vals_list = []
        for order in self.sudo():
            given = {check.item_id: check for check in order.check_ids}
            wanted = checklist.item_ids if items is None else items
            for item in wanted:
                if item not in given:
                    vals_list.append({"order_id": order.id, "item_id": item.id, **answer})
                elif items is not None:
                    given[item].with_context(service_check_key=CHECK_KEY).write(answer)
        return checks.create(vals_list)

    def action_tick_list(self, code=None):
        """Tick a list in one click, on every order (S0-47).

        :param str code: of the list; a button names it in the context as ``checklist_code``
        """
        self._tick(code or self.env.context.get("checklist_code"))
        return True

    # === GATES === #

    def _open_before(self, verb):
        """The first mandatory items before ``verb`` that nobody has answered, as a sentence."""
        self.ensure_one()
        if self.is_stopped:
            # a refused or stopped job leaves by the short way
            return False
        mandatory = self.env["service.checklist"]._mandatory(verb, self.kind_id.id)
        answered = set(self.check_ids.item_id.ids)
        missing = [item for item in mandatory if item not in answered]
        if not missing:
            return False
        # sudo: what the items are called is no secret
        items = self.env["service.checklist.item"].sudo().browse(missing[:3])
        return self.env._(
            "answer the check lists first: %(items)s%(more)s.",
            items=", ".join(items.mapped("name")),
            more="…" if len(missing) > 3 else "",
        )

    def _gate_checks_settle(self):
        return self._open_before("settle")

    def _gate_checks_deliver(self):
        return self._open_before("deliver")
