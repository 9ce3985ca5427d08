from odoo import api, fields, models

from ..rules import contact_plan as plan
from ..rules import followup_lifecycle as life


class ServiceFollowupLog(models.TransientModel):
    """The call form: script on one side, what the customer says on the other."""

    _name = "service.followup.log"
    _description = "Log Call"

    followup_id = fields.Many2one(
        "service.followup", string="Follow-up", required=True, ondelete="cascade"
    )
    kind = fields.Selection(related="followup_id.kind")
    partner_name = fields.Char(compute="_compute_partner_name", string="Customer")
    vehicle_id = fields.Many2one(related="followup_id.vehicle_id")
    script = fields.Text(related="followup_id.script")
    script_thanks = fields.Text(related="followup_id.script_thanks")
    script_apology = fields.Text(related="followup_id.script_apology")
    previous_verbatim = fields.Text(related="followup_id.previous_verbatim")
    previous_topic_ids = fields.Many2many(related="followup_id.previous_topic_ids")
    candidate_ids = fields.Many2many(
        "service.followup", string="Candidates", compute="_compute_candidate_ids"
    )
    also_ids = fields.Many2many(
        "service.followup",
        string="Also For",
        compute="_compute_also_ids",
        store=True,
        readonly=False,
        help="Other contacts of this telephone that the same call serves, so that the customer is "
        "not called again for them.",
    )

    direction = fields.Selection(
        [("out", "We called"), ("in", "The customer called")], required=True, default="out"
    )
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False, required=True)
    started = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    result = fields.Selection(
        [
            (plan.ANSWERED, "Answered"),
            (plan.NO_ANSWER, "No answer"),
            (plan.BUSY, "Busy"),
            (plan.WRONG_NUMBER, "Wrong number"),
            (plan.REFUSED, "Refused to talk"),
        ],
        required=True,
        default=plan.ANSWERED,
    )
    verbatim = fields.Text(
        string="Customer's Words",
        help="Word for word, not summed up. It cannot be changed once saved.",
    )
    satisfied = fields.Selection(
        [("yes", "Satisfied"), ("no", "Dissatisfied"), ("unknown", "Did not say")], string="Verdict"
    )
    car_use = fields.Text(string="How the Car Runs")
    requirement = fields.Text(string="Needs", help="What the customer needs next.")
    wish = fields.Text(string="Wishes", help="What he would like to have.")
    complaint = fields.Text(string="Complaints", help="What he complains about.")
    topic_ids = fields.Many2many(
        "service.contact.topic",
        string="Talked About",
        compute="_compute_topic_ids",
        store=True,
        readonly=False,
    )
    retry_on = fields.Date(string="Call Again On", help="When the customer named a day.")
    do_not_call = fields.Boolean(
        string="Asked not to be called again",
        help="Takes every planned call of this customer off the list.",
    )

    # === COMPUTES === #

    @api.depends("followup_id")
    def _compute_partner_name(self):
        for wizard in self:
            followup = wizard.followup_id
            wizard.partner_name = followup.contact_id.name or followup.partner_id.name

    @api.depends("followup_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard.followup_id.other_ids.filtered(
                lambda other, wizard=wizard: other.company_id == wizard.followup_id.company_id
            )

    @api.depends("candidate_ids")
    def _compute_also_ids(self):
        """What is due for the same number is settled by the same call."""
        for wizard in self:
            today = wizard.followup_id.company_id._contact_today()
            wizard.also_ids = wizard.candidate_ids.filtered(
                lambda other, today=today: other.due_from <= today
            )

    @api.depends("followup_id")
    def _compute_phone(self):
        for wizard in self:
            wizard.phone = wizard.followup_id.phone

    @api.depends("followup_id")
    def _compute_topic_ids(self):
        for wizard in self:
            wizard.topic_ids = wizard.followup_id.topic_ids

    # === ACTIONS === #

    def action_log(self):
        """Record the call."""
        self.ensure_one()
        self._log()
        return {"type": "ir.actions.act_window_close"}

    def action_log_next(self):
        """Record the call and open the next contact of today."""
        self.ensure_one()
        company = self.followup_id.company_id
        self._log()
        following = self.env["service.followup"].search(
            [
                ("is_today", "=", True),
                ("company_id", "=", company.id),
                ("user_id", "in", (self.env.uid, False)),
            ],
            limit=1,
        )
        if not following:
            return self.env["ir.actions.act_window"]._for_xml_id(
                "service_followup.service_followup_action"
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.followup",
            "view_mode": "form",
            "res_id": following.id,
            "target": "main",
        }

    def _log(self):
        followups = self.followup_id | self.also_ids
        if self.phone != self.followup_id.phone:
            # the right number was found while calling: it holds for all contacts of this customer
            followups.filtered(lambda followup: followup.state in life.OPEN).phone = self.phone
        return followups._log_call(self._prepare_call())

    def _prepare_call(self):
        """Values of the call, only what its result gives room for."""
        values = {
            "direction": self.direction,
            "phone": self.phone,
            "started": self.started,
            "result": self.result,
            "do_not_call": self.do_not_call,
        }
        if self.result == plan.ANSWERED:
            values.update(
                verbatim=self.verbatim,
                satisfied=self.satisfied,
                car_use=self.car_use,
                requirement=self.requirement,
                wish=self.wish,
                complaint=self.complaint,
                topic_ids=self.topic_ids.ids,
            )
        else:
            values.update(retry_on=self.retry_on)
        return values
