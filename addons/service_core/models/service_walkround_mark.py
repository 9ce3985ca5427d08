from odoo import fields, models


class ServiceWalkroundMark(models.Model):
    """What was seen on the walk round the car at reception: a place, a damage, a photo."""

    _name = "service.walkround.mark"
    _description = "Walk-Round Mark"
    _order = "order_id, id"
    _rec_name = "position"

    order_id = fields.Many2one("service.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    position = fields.Selection(
        [
            ("front", "Front"),
            ("rear", "Rear"),
            ("left", "Left Side"),
            ("right", "Right Side"),
            ("roof", "Roof"),
            ("interior", "Interior"),
        ],
        required=True,
        default="front",
    )
    kind = fields.Selection(
        [("scratch", "Scratch"), ("dent", "Dent"), ("glass", "Glass"), ("other", "Other")],
        string="Damage",
        help="Empty: only a photo of how the car came.",
    )
    note = fields.Char()
    # big pictures stay out of the table; a phone's 12 megapixels are more than a scratch needs
    photo = fields.Image(max_width=1600, max_height=1600)
    photo_small = fields.Image(
        string="Thumbnail", related="photo", max_width=256, max_height=256, store=True
    )
    is_released = fields.Boolean(
        string="Shown to Customer",
        help="The photo stands on the customer's own page about his car.",
    )
    user_id = fields.Many2one(
        "res.users", string="Seen By", readonly=True, default=lambda self: self.env.uid
    )
