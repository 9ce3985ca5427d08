import base64

from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import fields, models

from ..rules import order_lifecycle as life

# How far the car is on its way through the house, as the customer counts.
STEP_OF = {
    life.BOOKED: 0,
    life.RECEIVED: 1,
    life.DIAGNOSED: 1,
    life.QUOTED: 2,
    life.AGREED: 3,
    life.IN_REPAIR: 3,
    life.IN_INSPECTION: 4,
    life.WASHING: 4,
    life.READY: 5,
    life.SETTLED: 5,
    life.DELIVERED: 6,
}
URGENCY = {"red": 0, "yellow": 1, "green": 2}


class ServiceOrder(models.Model):
    """What the customer is told on the status page: plain words, nothing of another payer."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _customer_question(self):
        """The open round the customer is to answer, if any."""
        self.ensure_one()
        return self.approval_ids.filtered(lambda a: a.state == "asked" and a.payer == "customer")[
            :1
        ]

    def _customer_jobs(self):
        """Jobs the customer pays for, with what he was told about each."""
        self.ensure_one()
        return self.job_ids.filtered(lambda job: job.payer == "customer")

    def _status_words(self):
        """Where the car is and what it waits for, in the customer's language."""
        self.ensure_one()
        words = {
            "draft": self.env._("We have your request and will call you."),
            "booked": self.env._("Your appointment is booked."),
            "received": self.env._("Your car is with us and is being looked at."),
            "diagnosed": self.env._("We know what it needs and are preparing the estimate."),
            "quoted": self.env._("The estimate is ready."),
            "agreed": self.env._("Work is agreed and will begin shortly."),
            "in_repair": self.env._("Your car is being worked on."),
            "in_inspection": self.env._("The work is done and is being checked."),
            "washing": self.env._("Your car is being washed."),
            "ready": self.env._("Your car is ready."),
            "settled": self.env._("The bill is made. You can pick up your car."),
            "delivered": self.env._("Your car is back with you. Thank you for your visit."),
        }
        waits = {
            "customer": self.env._("We are waiting for your answer below."),
            "payer": self.env._("We are waiting for the answer of the warranty or insurance."),
            "parts": self.env._("We are waiting for parts."),
        }
        sentence = words.get(self.state, "")
        waiting = waits.get(self.waiting_for, "")
        if self.waiting_for == "parts":
            dates = [date for date in self.line_ids.mapped("expected_date") if date]
            if dates:
                waiting = self.env._(
                    "We are waiting for parts, expected on %s.",
                    self.env["ir.qweb.field.date"].value_to_html(max(dates), {}),
                )
        return " ".join(filter(None, [sentence, waiting]))

    def _status_photos(self):
        """Photos that somebody released to the customer."""
        self.ensure_one()
        return self.mark_ids.filtered(lambda mark: mark.is_released and mark.photo)

    def _status_promise(self):
        """Whether the promised time says something: not once it is over, nor on an old estimate."""
        self.ensure_one()
        if not self.promised_date or STEP_OF.get(self.state, 0) >= STEP_OF[life.READY]:
            return False
        agreed = STEP_OF.get(self.state, 0) >= STEP_OF[life.AGREED]
        return agreed or self.promised_date > fields.Datetime.now()

    def _status_steps(self):
        """``(words, "done" | "now" | "later")`` of each step; empty before anything is booked."""
        self.ensure_one()
        if self.state not in STEP_OF:
            return []
        reached = STEP_OF[self.state]
        words = [
            self.env._("Booked"),
            self.env._("Received"),
            self.env._("Estimate"),
            self.env._("In work"),
            self.env._("Checked"),
            self.env._("Ready"),
        ]
        return [
            (word, "done" if number < reached else "now" if number == reached else "later")
            for number, word in enumerate(words)
        ]

    def _status_findings(self):
        """What was seen on the car, the urgent first.

        What is good, and what the customer was asked or told about. Work that another pays for,
        or that nobody has spoken to him about yet, is not here.
        """
        self.ensure_one()
        asked = self.approval_ids.job_ids
        told = STEP_OF.get(self.state, 0) >= STEP_OF[life.QUOTED]

        def is_told(finding):
            job = finding.job_id
            if not job:
                return finding.color == "green"
            return job.payer == "customer" and (
                job in asked or (told and job.approval == "deferred")
            )

        return self.finding_ids.filtered(
            lambda finding: (
                finding.color
                and (not finding.point_id or finding.point_id.template_id.is_for_customer)
                and is_told(finding)
            )
        ).sorted(lambda finding: (URGENCY[finding.color], finding.sequence, finding.id))

    def _status_old_parts(self):
        """Replaced parts that lie in the customer's boot."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: line.payer == "customer" and line.old_part == "boot" and line.old_part_at
        )

    def _status_bills(self):
        """The customer's own posted bills; never another payer's."""
        self.ensure_one()
        payers = self.job_ids.filtered(lambda job: job.payer == "customer").line_ids.filtered(
            lambda line: line.payer == "customer"
        )
        partners = payers.payer_id.commercial_partner_id
        return self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.commercial_partner_id in partners
                and move.commercial_partner_id == self.partner_id.commercial_partner_id
            )
        )

    def _status_can_pay(self):
        """Whether a provider of this branch takes payments from the page of a bill."""
        self.ensure_one()
        if "payment.provider" not in self.env:
            return False
        # sudo: a visitor may not read providers, whether there is one is no secret
        return bool(
            self.env["payment.provider"]
            .sudo()
            .search_count(
                [
                    ("state", "=", "enabled"),
                    ("is_published", "=", True),
                    ("company_id", "=", self.company_id.id),
                ],
                limit=1,
            )
        )

    def _status_color(self):
        """The progress card's color as the page's own class."""
        self.ensure_one()
        return {"red": "danger", "yellow": "warning", "green": "success"}.get(
            self.progress_color, "secondary"
        )

    def _status_code(self):
        """The link as a picture for the intake slip; nothing while there is no link."""
        self.ensure_one()
        # sudo: who prints the slip hands the link to the customer, but does not read it
        link = self.sudo().status_url
        return self._picture_of(link) if link else False

    def _picture_of(self, link):
        """A QR code as the source of an image."""
        # drawn as lines: pictures of points need a backend that not every server has
        picture = createBarcodeDrawing("QR", value=link, width=220, height=220).asString("svg")
        if isinstance(picture, str):
            picture = picture.encode()
        return "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
