from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..rules import integrity
from ..rules import rating_lifecycle as life


class ServiceRating(models.Model):
    """How the link reaches the customer, and nobody else: by text, else by mail.

    Neither road shows the link to an employee: the text of the message hangs on no document.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.rating"  # pylint: disable=consider-merging-classes-inherited

    def _rating_url(self):
        """The link, for who may read the token: nobody but the system.

        No sudo here: a message template could be made to call this by whoever writes one.
        """
        self.ensure_one()
        return f"{self.get_base_url()}/service/rate/{self.access_token}"

    def _send_link(self):
        """Queue the message with the link to the contact of each order.

        :raises UserError: where the link is closed, nothing reaches the customer, or what would
            reach him is a colleague's
        """
        now = fields.Datetime.now()
        # sudo: an advisor sends the link without any right to write or read it
        for rating in self.sudo():
            channel, address = rating._link_route()
            rating._note_contact_changes()
            note = rating.message_post(body=rating._sent_words(channel))
            if channel == "sms":
                rating._send_link_text(address, note)
            else:
                rating._send_link_mail(address)
            rating.write({"sent_at": now, "sent_by_id": self.env.uid, "sent_channel": channel})

    def _send_links_unasked(self):
        """Send where the branch has its links sent by themselves; what cannot go says why."""
        for rating in self:
            try:
                rating._send_link()
            except UserError as error:
                rating.message_post(body=str(error))

    def _link_route(self):
        """``("sms", number)`` or ``("mail", address)`` of the customer himself."""
        self.ensure_one()
        if self.state != life.SENT or self.expires_at <= fields.Datetime.now():
            raise UserError(self.env._("%s is closed: its link cannot be sent.", self.display_name))
        channel, number = self.order_id._message_route() if self.order_id else (None, None)
        if channel == "sms":
            if name := self._colleague_by_phone(number):
                raise UserError(
                    self.env._(
                        "%s is the number of a colleague: the link goes to the customer only.", name
                    )
                )
            return channel, number
        address = self.partner_id.email_normalized
        if not address:
            raise UserError(
                self.env._(
                    "Enter an e-mail address of %s first: the link goes to the customer only.",
                    self.partner_id.display_name,
                )
            )
        if self._is_staff_address(address):
            raise UserError(
                self.env._(
                    "%s is a colleague's address: the link goes to the customer only.", address
                )
            )
        return "mail", address

    def _sent_words(self, channel):
        """Who sent it and on which road, never the link itself."""
        user = self.env.user
        if not user._is_internal():
            return self.env._("The customer asked for his rating link and got it.")
        if channel == "sms":
            return self.env._("%s sent the rating link by text message.", user.name)
        return self.env._("%s sent the rating link by mail.", user.name)

    def _send_link_mail(self, address):
        template = self.env.ref("service_rating.mail_template_rating_link")
        house = self.company_id.partner_id
        # the link travels in the context: the template chosen by hand shows none
        mailer = template.with_user(SUPERUSER_ID).with_context(rating_url=self._rating_url())
        mailer.with_company(self.company_id).send_mail(
            self.id,
            email_values={
                "model": False,
                "res_id": False,
                "author_id": house.id,
                "email_to": address,
                # once: core would add the partner as a second receiver of the same letter
                "recipient_ids": [],
            },
        )

    def _send_link_text(self, number, note):
        template = self.env.ref("service_rating.sms_template_rating_link")
        writer = template.with_user(SUPERUSER_ID).with_context(rating_url=self._rating_url())
        body = writer._render_field("body", self.ids, compute_lang=True)[self.id]
        self.env["sms.sms"].create(
            {
                "number": number,
                "body": body,
                "partner_id": self.partner_id.id,
                # core asks the message for the branch and so for the provider
                "mail_message_id": note.id,
            }
        )

    @api.model
    def _is_staff_address(self, address):
        # sudo: whether an address belongs to a colleague is asked for people who may not read staff
        users = self.env["res.users"].sudo().with_context(active_test=False)
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        internal = [("share", "=", False)]
        return bool(
            users.search_count(
                [*internal, "|", ("email_normalized", "=", address), ("login", "=ilike", address)],
                limit=1,
            )
            or employees.search_count(
                ["|", ("work_email", "=ilike", address), ("private_email", "=ilike", address)],
                limit=1,
            )
        )

    def _note_contact_changes(self):
        """Write down what of the contact changed since the car came in, when the link goes out.

        The flag is kept even if the address is changed back before the vote.
        """
        self.ensure_one()
        changes, additions = self._contact_changes(), self._contact_additions()
        if changes:
            self._add_flags({integrity.CONTACT_CHANGED: ", ".join(changes)})
        if changes or additions:
            self.message_post(
                body=self.env._(
                    "Changed on the contact between reception and this link: %s.",
                    ", ".join(changes + additions),
                )
            )
