from odoo import fields, models


class ServiceContactTopic(models.Model):
    """What a call is about: the seven contents of follow-up, and what a house adds (S1-11..S1-17)."""

    _name = "service.contact.topic"
    _description = "Contact Topic"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What belongs to it, for whoever makes the call."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex("(name)", "There is a topic of this name already.")
