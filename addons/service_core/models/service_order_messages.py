import re

from markupsafe import Markup

from odoo import models
from odoo.tools import format_datetime, plaintext2html

MOMENT = "EEE d MMM HH:mm"
DIALED = re.compile(r"\+?\d{6,15}")


class ServiceOrder(models.Model):
    """What the house tells the customer by itself: by text, else by mail, else through a person."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _tell(self, template_xmlid):
        """Send one prepared text to whoever brings each car, in his language.

        1. By SMS, where the branch has a provider and the number is one.
        2. By mail, where the contact has an address.
        3. Else as a task with the text to read out, for the person who looks after the order.

        What went out is logged on the order with its time and channel.

        :param str template_xmlid: an ``sms.template`` of work orders
        :return: ``{order id: "sms" | "mail" | "activity"}``
        """
        # sudo: templates and messages are closed to most roles, the caller has been guarded
        orders = self.sudo()
        template = self.env.ref(template_xmlid).sudo()
        if not orders:
            return {}
        texts = template._render_field("body", orders.ids, compute_lang=True)
        routes = {order.id: order._message_route() for order in orders}
        logs = orders._message_log_batch(
            bodies={
                order.id: order._told_words(texts[order.id], *routes[order.id]) for order in orders
            }
        )
        self._send_texts(orders, texts, routes, logs)
        self._send_mails(orders, template, texts, routes)
        for order in orders:
            if routes[order.id][0] == "activity":
                order._ask_person_to_tell(template, texts[order.id])
        return {order.id: routes[order.id][0] for order in orders}

    def _ask_person_to_tell(self, template, text):
        """The text as somebody's task; the same question is on his list once."""
        self.ensure_one()
        kind = self.env.ref("service_core.mail_activity_data_tell")
        user = self._desk_user()
        summary = template.with_context(lang=user.lang).name
        self.activity_ids.filtered(
            lambda task: task.activity_type_id == kind and task.summary == summary
        ).unlink()
        self.activity_schedule(
            "service_core.mail_activity_data_tell",
            user_id=user.id,
            summary=summary,
            note=plaintext2html(text),
        )

    def _phone_now(self):
        """The number that reaches the customer at this moment."""
        self.ensure_one()
        return self.contact_phone

    def _message_route(self):
        """How this customer can be reached: ``(channel, number or address)``."""
        self.ensure_one()
        phone = self._phone_now()
        if self.company_id._service_has_sms() and phone:
            country = (
                self.contact_id.country_id or self.partner_id.country_id
            ) or self.company_id.country_id
            number = self._phone_format(number=phone, country=country)
            # where the library of numbers is not installed, core hands the number back as typed
            number = re.sub(r"[\s()./-]", "", number or "")
            if DIALED.fullmatch(number):
                return "sms", number
        email = self.contact_id.email_normalized or self.partner_id.email_normalized
        if email:
            return "mail", email
        return "activity", False

    def _told_words(self, text, channel, address):
        """The log line: where to and what; the message's own date says when."""
        self.ensure_one()
        if channel == "sms":
            head = self.env._("Text message to %s", address)
        elif channel == "mail":
            head = self.env._("Mail to %s", address)
        else:
            head = self.env._("To be told in person, by %s", self._desk_user().name)
        return Markup("<b>%s</b><br/>%s") % (head, plaintext2html(text))

    def _send_texts(self, orders, texts, routes, logs):
        self.env["sms.sms"].sudo().create(  # sudo: see _tell
            [
                {
                    "number": routes[order.id][1],
                    "body": texts[order.id],
                    "partner_id": (order.contact_id or order.partner_id).id,
                    # core asks the message for the branch and so for the provider
                    "mail_message_id": message.id,
                }
                for order, message in zip(orders, logs, strict=True)
                if routes[order.id][0] == "sms"
            ]
        )

    def _send_mails(self, orders, template, texts, routes):
        # into the queue: a mail server that is down does not hold up the desk
        mails = [
            {
                "subject": template.with_context(lang=order.contact_id.lang).name,
                "body_html": plaintext2html(texts[order.id]),
                "email_to": routes[order.id][1],
                "email_from": order.company_id.email_formatted or self.env.user.email_formatted,
                "auto_delete": True,
            }
            for order in orders
            if routes[order.id][0] == "mail"
        ]
        if mails:
            self.env["mail.mail"].sudo().create(mails)  # sudo: see _tell

    def _desk_user(self):
        """Who looks after this order at the desk; a person wherever there is one."""
        self.ensure_one()
        user = self.advisor_id or self.env.user
        if self._is_person(user):
            return user
        last = self._last_transition().user_id
        if self._is_person(last):
            return last
        return self._desk_of(self.company_id) or user

    def _is_person(self, user):
        return user.active and user._is_internal() and user.id != self.env.ref("base.user_root").id

    def _desk_of(self, company):
        """Somebody of this branch's reception."""
        # sudo: a job without a person asks who works there
        group = self.env.ref("service_core.group_service_receptionist").sudo()
        return group.all_user_ids.filtered(
            lambda user: company in user.company_ids and self._is_person(user)
        ).sorted(lambda user: (user.company_id != company, user.id))[:1]

    def _moment_words(self, moment):
        """A time as it is told to the customer: in the branch's zone, in his language."""
        self.ensure_one()
        return format_datetime(
            self.env, moment, tz=self.company_id._service_tz().zone, dt_format=MOMENT
        )

    def _route_words(self):
        """Address, way and map of the branch, as far as it has told us."""
        self.ensure_one()
        company = self.company_id.sudo()  # sudo: an address is no secret
        address = company.partner_id._display_address(without_company=True)
        lines = [
            ", ".join(filter(None, (line.strip() for line in address.splitlines()))),
            company.with_context(lang=self.env.context.get("lang")).service_route_text,
            company.service_map_url,
        ]
        return "\n".join(filter(None, lines))
