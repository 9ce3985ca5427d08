from odoo import api, fields, models

from ..rules import dissatisfaction

LANGUAGES = [
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("ru", "Russian"),
]


class ServiceRatingWord(models.Model):
    """Words of extreme dissatisfaction; with a low score they propose a complaint (S3-39)."""

    _name = "service.rating.word"
    _description = "Word of Dissatisfaction"
    _order = "language, name"

    name = fields.Char(
        string="Word",
        required=True,
        help="Found in any comment, capital or small. A star at the end stands for any ending.",
    )
    language = fields.Selection(LANGUAGES, required=True, default="en")
    active = fields.Boolean(default=True)

    _once = models.Constraint("UNIQUE(name, language)", "This word is already on the list.")

    @api.model
    def _found_in(self, comment):
        """The words on the list that stand in ``comment``; people write in any language."""
        # sudo: a visitor's comment is read by the house's own list
        words = self.sudo().search_fetch([], ["name"]).mapped("name")
        return dissatisfaction.found(words, comment)
