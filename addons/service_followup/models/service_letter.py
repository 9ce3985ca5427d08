from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..rules import letter_lifecycle as life

# What was posted is a record (S1-33).
FROZEN = frozenset(
    (
        "name",
        "letter_type",
        "company_id",
        "partner_id",
        "vehicle_id",
        "order_id",
        "followup_id",
        "subject",
        "body",
        "letter_date",
        "activity_date",
        "activity_place",
        "address",
        "sent_date",
        "sent_by_id",
        "attachment_id",
    )
)


class ServiceLetter(models.Model):
    """A letter to a customer: printed on the branch's letterhead, registered, kept (S1-10, S1-33).

    Nothing is mailed: the house prints the PDF and posts it.
    """

    _name = "service.letter"
    _description = "Letter"
    _inherit = ["mail.thread", "service.lifecycle", "service.contact.guard"]
    _order = "sent_date desc, id desc"
    _rec_names_search = ["name", "subject", "partner_id.name"]
    _check_company_auto = True
    _lifecycle = life.LETTER
    _guarded_fields = frozenset(("name", "sent_date", "sent_by_id", "attachment_id"))
    # a note about a posted letter may still be written, the letter itself may not
    _mail_post_access = "read"

    name = fields.Char(
        string="Number", readonly=True, copy=False, index="trigram", help="Given when it is sent."
    )
    state = fields.Selection(
        life.STATES, required=True, readonly=True, copy=False, default=life.DRAFT
    )
    letter_type = fields.Selection(
        life.TYPES, string="Type", required=True, default=life.NOTIFICATION
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one("res.partner", string="Addressee", required=True, index=True)
    vehicle_id = fields.Many2one("service.vehicle", index="btree_not_null")
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    followup_id = fields.Many2one(
        "service.followup",
        check_company=True,
        index="btree_not_null",
        help="The contact this letter follows or replaces.",
    )
    subject = fields.Char(required=True)
    body = fields.Html(string="Content", sanitize_style=True)
    letter_date = fields.Date(
        string="Date",
        copy=False,
        default=lambda self: self.env.company._contact_today(),
        help="Printed on the letter.",
    )
    activity_date = fields.Date(help="When the activity takes place that the letter announces.")
    activity_place = fields.Char(help="Where it takes place.")
    address = fields.Text(
        compute="_compute_address",
        store=True,
        readonly=False,
        help="As printed; stays when the customer moves.",
    )
    sent_date = fields.Date(readonly=True, copy=False, index=True)
    sent_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Document",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The letter as it was printed.",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name IS NOT NULL", "Another letter has this number."
    )

    # === COMPUTES === #

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = " ".join(filter(None, [letter.name, letter.subject]))

    @api.depends("partner_id")
    def _compute_address(self):
        for letter in self.filtered(lambda letter: letter.state != life.SENT):
            partner = letter.partner_id
            written = partner._display_address(without_company=True).split("\n")
            letter.address = (
                "\n".join(line.strip() for line in written if line.strip())
                if partner.street or partner.city
                else False
            )

    # === CRUD === #

    def write(self, vals):
        if FROZEN & set(vals):
            for letter in self:
                if letter.state == life.SENT:
                    raise UserError(
                        self.env._(
                            "%s has been sent and stays as it is; write another letter.",
                            letter.display_name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for letter in self:
            if letter.state == life.SENT:
                raise UserError(
                    self.env._("%s has been sent and stays in the register.", letter.display_name)
                )

    # === ACTIONS === #

    def action_print(self):
        """The document as sent; a draft is previewed."""
        self.ensure_one()
        if self.attachment_id:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.attachment_id.id}?download=true",
                "target": "self",
            }
        return self.env.ref("service_followup.service_letter_report").report_action(self)

    def action_send(self):
        """Number, print and register: from here on the letter is a record (S1-15, S1-33)."""
        self._lifecycle_check("send")
        for letter in self:
            letter._check_complete()
        for letter in self:
            letter._enter_register()

    def action_cancel(self):
        """The letter is not sent after all."""
        self._lifecycle_move("cancel")

    def action_redraft(self):
        """Take a cancelled letter up again."""
        self._lifecycle_move("redraft")

    # === BUSINESS === #

    def _check_complete(self):
        """A letter needs content, date and address; an invitation says when and where (S1-15)."""
        self.ensure_one()
        facts = [
            (self.env._("content"), not is_html_empty(self.body)),
            (self.env._("date"), self.letter_date),
            (self.env._("address of the addressee"), (self.address or "").strip()),
        ]
        if self.letter_type == life.INVITATION:
            facts += [
                (self.env._("date of the activity"), self.activity_date),
                (self.env._("place of the activity"), self.activity_place),
            ]
        missing = [name for name, value in facts if not value]
        if missing:
            raise UserError(
                self.env._(
                    '"%(letter)s" cannot be sent yet. Fill in: %(facts)s.',
                    letter=self.subject,
                    facts=", ".join(missing),
                )
            )

    def _enter_register(self):
        """Give the number, print, keep the print, close the letter."""
        self.ensure_one()
        self.check_access("write")
        # sudo: a sequence is read by settings users only
        sequence = self.env["ir.sequence"].sudo().with_company(self.company_id)
        self._guarded().write(
            {
                "name": self.name or sequence.next_by_code("service.letter"),
                "sent_date": self.company_id._contact_today(),
                "sent_by_id": self.env.uid,
            }
        )
        content, extension = self.env["ir.actions.report"]._render_qweb_pdf(
            "service_followup.service_letter_report", self.ids
        )
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.name}.{extension}".replace("/", "-"),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._guarded()._lifecycle_move("send", values={"attachment_id": attachment.id})
