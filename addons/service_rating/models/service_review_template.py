from odoo import fields, models

from ..rules import reviews

KINDS = [
    ("call", "Call Review"),
    ("quality", "Quality Check"),
    ("shopper", "Mystery Shopper"),
    ("values", "5S and 4E"),
    ("expectation", "Expected and Perceived"),
    ("communication", "Communication Skills"),
    ("standards", "Standards Check"),
    ("self", "Self-Assessment"),
    ("summary", "Monthly Work Summary"),
    ("staff", "Staff Survey"),
    ("dealer", "Dealer Capability"),
    ("test", "Test"),
]
S_VALUES = [
    ("smiling", "Smiling"),
    ("sincere", "Sincere"),
    ("speciality", "Speciality"),
    ("speedy", "Speedy"),
    ("satisfied", "Satisfied"),
]
E_AIMS = [
    ("image", "Excellent image of customer service"),
    ("technology", "Excellent technology"),
    ("relationship", "Excellent customer relationship"),
    ("brand", "Excellent brand"),
]
SENSES = [("rational", "Rational"), ("emotional", "Emotional")]
ASPECTS = [("delivered", "Delivered service"), ("feeling", "Feeling against expectation")]


class ServiceReviewTemplate(models.Model):
    """A questionnaire of the house; the same for every branch, so that they can be compared.

    The items are data: they are edited, archived, added to as the house learns (S2-124, S4-25,
    S4-55).
    """

    _name = "service.review.template"
    _description = "Questionnaire"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True)
    subject = fields.Selection(
        [
            ("employee", "A colleague"),
            ("partner", "A dealer or customer"),
            ("branch", "The branch"),
        ],
        string="Is About",
        required=True,
        default="employee",
    )
    description = fields.Text(string="How to Fill In", translate=True)
    months = fields.Integer(
        string="Every (months)",
        help="For questionnaires about the branch: planned again by itself; 0 = when somebody asks.",
    )
    target = fields.Float(
        string="Target (%)",
        help="Below it a review is shown as needing something; 0 = a trend only.",
    )
    item_ids = fields.One2many("service.review.item", "template_id", string="Items", copy=True)
    item_count = fields.Integer(compute="_compute_item_count")
    active = fields.Boolean(default=True)

    def _compute_item_count(self):
        for template in self:
            template.item_count = len(template.item_ids)


class ServiceReviewItem(models.Model):
    """One question: how it is answered and what it tells about."""

    _name = "service.review.item"
    _description = "Questionnaire Item"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "service.review.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    section = fields.Char(translate=True)
    name = fields.Char(string="Question", required=True, translate=True)
    answer = fields.Selection(reviews.ANSWERS, required=True, default=reviews.SCORE)
    weight = fields.Float(default=1.0)
    s_value = fields.Selection(S_VALUES, string="5S Value")
    e_aim = fields.Selection(E_AIMS, string="4E Aim")
    expectation_id = fields.Many2one("service.expectation", index="btree_not_null")
    sense = fields.Selection(SENSES, string="Speaks To")
    aspect = fields.Selection(ASPECTS, string="Tells of")
    active = fields.Boolean(default=True)

    _weight_positive = models.Constraint("CHECK(weight >= 0)", "A weight cannot be negative.")
