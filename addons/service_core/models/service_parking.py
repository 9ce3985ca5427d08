from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ServiceParking(models.Model):
    """A parking bay kept free for one plate around its arrival (S0-54)."""

    _name = "service.parking"
    _description = "Parking Reservation"
    _order = "start, id"
    _rec_name = "bay_id"
    _check_company_auto = True

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    license_plate = fields.Char(related="order_id.license_plate", string="Plate")
    bay_id = fields.Many2one(
        "service.bay",
        required=True,
        domain="[('kind', '=', 'parking')]",
        check_company=True,
        ondelete="cascade",
    )
    start = fields.Datetime(required=True)
    stop = fields.Datetime(required=True)

    _bay_idx = models.Index("(bay_id, start, stop)")
    _order_uniq = models.Constraint("UNIQUE(order_id)", "One bay is kept free for each car.")
    _period = models.Constraint("CHECK(start < stop)", "A reservation ends after it begins.")

    @api.model_create_multi
    def create(self, vals_list):
        reservations = super().create(vals_list)
        reservations._check_free()
        return reservations

    def write(self, vals):
        res = super().write(vals)
        if {"bay_id", "start", "stop"} & set(vals):
            self._check_free()
        return res

    def _check_free(self):
        """Nobody else has the bay at that time; whoever reserves the same bay waits for us."""
        self.bay_id._lock_parking()
        self.flush_recordset()
        for reservation in self:
            rival = self.sudo().search(  # sudo: the bay is taken whoever may see by whom
                [
                    ("bay_id", "=", reservation.bay_id.id),
                    ("id", "!=", reservation.id),
                    ("start", "<", reservation.stop),
                    ("stop", ">", reservation.start),
                ],
                limit=1,
            )
            if rival:
                raise UserError(
                    self.env._(
                        "%(bay)s is already kept free for %(plate)s at that time: choose another "
                        "bay.",
                        bay=reservation.bay_id.name,
                        plate=rival.license_plate or rival.order_id.name,
                    )
                )


class ServiceBay(models.Model):
    _inherit = "service.bay"

    parking_ids = fields.One2many("service.parking", "bay_id", string="Kept Free")

    def _lock_parking(self):
        """Serialize reservations of the same bays; the loser meets the winner's reservation."""
        if self:
            # SQL: a lock that waits and, being an update, makes the second start over with a
            # fresh view of what the first has reserved
            self.env.cr.execute(
                SQL("UPDATE service_bay SET sequence = sequence WHERE id IN %s", tuple(self.ids)),
                log_exceptions=False,
            )

    @api.model
    def _free_parking(self, company, start, stop):
        """Parking bays of this branch that nobody has reserved between ``start`` and ``stop``."""
        bays = self.search([("kind", "=", "parking"), ("company_id", "=", company.id)])
        taken = self.env["service.parking"].search(
            [("bay_id", "in", bays.ids), ("start", "<", stop), ("stop", ">", start)]
        )
        return bays - taken.bay_id
