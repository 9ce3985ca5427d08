from datetime import timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.fields import Domain

BATCH = 200

TODO = "mail.mail_activity_data_todo"


class ServiceDeadlineRule(models.Model):
    """How long something may take, counted in the branch's own time, and who hears of it."""

    _name = "service.deadline.rule"
    _description = "Deadline Rule"
    _order = "code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    model_id = fields.Many2one("ir.model", required=True, ondelete="cascade")
    model = fields.Char("Technical Model", related="model_id.model", store=True)
    start_field = fields.Char(
        help="Date or time on the record that the clock starts from; empty means now."
    )
    offset = fields.Float(
        required=True, default=1.0, help="May be negative: so long before the start."
    )
    unit = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("work_hours", "Working Hours"),
            ("work_days", "Working Days"),
        ],
        required=True,
        default="hours",
    )
    responsible_field = fields.Char(
        default="advisor_id", help="Field of the record that names who has to do it."
    )
    user_id = fields.Many2one(
        "res.users", string="Otherwise", help="Who has to do it where the record names nobody."
    )
    escalation_user_id = fields.Many2one(
        "res.users", string="Escalate To", help="Who hears of it when the time is missed."
    )
    text = fields.Char(translate=True, help="What is to be done, as the activity says it.")
    is_activity = fields.Boolean(
        string="Shown Beforehand",
        default=False,
        help="The responsible person has an activity from the start, not only once it is missed.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "Another deadline rule has this code.")

    @api.model
    @tools.ormcache("code")
    def _of(self, code):
        """Id of the active rule of this code, or nothing."""
        # sudo: the cache is everybody's
        return self.sudo().search([("code", "=", code)], limit=1).id

    @api.model_create_multi
    def create(self, vals_list):
        """The new rule counts from the next start on."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """The changed rule counts from the next start on; running clocks keep their time."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Clocks of a rule go with it."""
        self.env.registry.clear_cache()
        return super().unlink()

    def _due(self, record):
        """When this rule's time is up for one record, as naive UTC."""
        self.ensure_one()
        start = (self.start_field and record[self.start_field]) or fields.Datetime.now()
        start = fields.Datetime.to_datetime(start)
        if not self.unit.startswith("work_"):
            return start + timedelta(**{self.unit: self.offset})
        company = self._company(record)
        # sudo: whoever starts the clock may not read the branch's calendar
        calendar = company.sudo().resource_calendar_id
        local = pytz.utc.localize(start).astimezone(company._service_tz())
        if self.unit == "work_hours":
            planned = calendar.plan_hours(self.offset, local, compute_leaves=True)
        else:
            planned = calendar.plan_days(int(self.offset), local, compute_leaves=True)
        if not planned:
            # a calendar without hours ends nowhere: count plainly
            unit = "hours" if self.unit == "work_hours" else "days"
            return start + timedelta(**{unit: self.offset})
        return planned.astimezone(pytz.utc).replace(tzinfo=None)

    def _company(self, record):
        has_company = "company_id" in record._fields
        return (has_company and record.company_id) or self.env.company

    def _responsible(self, record):
        self.ensure_one()
        named = (
            self.responsible_field in record._fields and record[self.responsible_field]
        ) or self.env["res.users"]
        return named if named._name == "res.users" and named else self.user_id


class ServiceDeadline(models.Model):
    """One running clock: until when what has to be done, and whether it was (S2-30)."""

    _name = "service.deadline"
    _description = "Deadline"
    _order = "due, id"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "service.deadline.rule", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    record_name = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    due = fields.Datetime(required=True, readonly=True)
    met_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("met", "Met"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _one_running = models.UniqueIndex("(rule_id, res_id) WHERE state = 'running'")
    _due_idx = models.Index("(due) WHERE state = 'running'")
    _record_idx = models.Index("(res_model, res_id)")
    _unmet_idx = models.Index("(rule_id, due) WHERE met_at IS NULL AND state != 'cancelled'")

    @api.model
    def _start(self, code, records):
        """Start the clock ``code`` on these records; started again, it moves to the new time."""
        rule = self.env["service.deadline.rule"].browse(
            self.env["service.deadline.rule"]._of(code) or ()
        )
        if not rule or not records:
            return self.browse()
        # sudo: clocks are closed to everybody's write, they run for whoever acts
        rule, deadlines = rule.sudo(), self.sudo()
        running = {
            deadline.res_id: deadline
            for deadline in deadlines.search(
                [
                    ("rule_id", "=", rule.id),
                    ("res_id", "in", records.ids),
                    ("state", "=", "running"),
                ]
            )
        }
        vals_list = []
        moved = deadlines
        for record in records.sudo():
            due = rule._due(record)
            if record.id in running:
                running[record.id].due = due
                moved |= running[record.id]
                continue
            vals_list.append(
                {
                    "rule_id": rule.id,
                    "company_id": rule._company(record).id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "record_name": record.display_name,
                    "user_id": rule._responsible(record).id,
                    "due": due,
                }
            )
        started = deadlines.create(vals_list)
        if rule.is_activity:
            started._remind()
            for deadline in moved.filtered("activity_id"):
                deadline.activity_id.date_deadline = deadline._due_day()
        return started | moved

    @api.model
    def _meet(self, code, records):
        """What had to be done is done; after its time it stays missed, with the moment noted."""
        now = fields.Datetime.now()
        open_ones = self._open(code, records, ("running", "missed"))
        late = open_ones.filtered(lambda deadline: deadline.due < now)
        # those the scheduled action has not seen yet
        unseen = late.filtered(lambda deadline: deadline.state == "running")
        late.write({"state": "missed", "met_at": now})
        unseen._tell_records()
        (open_ones - late).write({"state": "met", "met_at": now})
        open_ones._forget_activities()
        return open_ones

    @api.model
    def _cancel(self, code, records):
        """It does not have to be done any more."""
        running = self._open(code, records, ("running",))
        running.write({"state": "cancelled"})
        running._forget_activities()
        return running

    def _open(self, code, records, states):
        # sudo: see _start
        return self.sudo().search(
            [
                ("rule_id.code", "=", code),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("state", "in", states),
                ("met_at", "=", False),
            ]
        )

    @api.model
    def _overdue(self, code, records):
        """Which of these records, or which at all when none are given, are over time by now."""
        domain = Domain("rule_id.code", "=", code) & Domain("res_model", "=", records._name)
        domain &= Domain("met_at", "=", False) & Domain("state", "in", ("running", "missed"))
        domain &= Domain("due", "<=", fields.Datetime.now())
        if records.ids:
            domain &= Domain("res_id", "in", records.ids)
        # sudo: see _start; the records stay behind their own rule
        return records.browse(self.sudo().search(domain).mapped("res_id"))

    def _forget_activities(self):
        activities = self.activity_id
        if activities:
            activities.unlink()

    def _due_day(self):
        """The day it is due, as the branch's clock has it."""
        self.ensure_one()
        zone = (self.company_id or self.env.company)._service_tz()
        return pytz.utc.localize(self.due).astimezone(zone).date()

    def _remind(self, escalate=False):
        """Show these clocks as activities, one write for all of them."""
        shown = self.filtered(
            lambda deadline: (
                "activity_ids" in self.env[deadline.res_model]._fields
                and (deadline.rule_id.escalation_user_id or deadline.user_id)
            )
        )
        kind = self.env.ref(TODO, raise_if_not_found=False)
        vals_list = []
        for deadline in shown:
            rule = deadline.rule_id
            user = (escalate and rule.escalation_user_id) or deadline.user_id
            user = user or rule.escalation_user_id
            text = rule.with_context(lang=user.lang).text or rule.name
            vals_list.append(
                {
                    "activity_type_id": kind.id if kind else False,
                    "res_model_id": self.env["ir.model"]._get_id(deadline.res_model),
                    "res_id": deadline.res_id,
                    "user_id": user.id,
                    "date_deadline": deadline._due_day(),
                    "summary": self.env._("Overdue: %s", text) if escalate else text,
                }
            )
        # to-do entries only, nobody is mailed about a clock
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(vals_list)
        )
        for deadline, activity in zip(shown, activities, strict=True):
            deadline.activity_id = activity

    @api.model
    def _cron_missed(self, limit=BATCH):
        """Mark what was missed and tell those who must know, some at a time."""
        domain = [("state", "=", "running"), ("due", "<", fields.Datetime.now())]
        while True:
            found = self.search(domain, order="due, id", limit=limit)
            late = found.try_lock_for_update()
            if not late:
                return
            done = late
            idle = late - late._still_running()
            idle.write({"state": "cancelled"})
            idle._forget_activities()
            late -= idle
            late.write({"state": "missed"})
            late._tell_records()
            alive = late.filtered(
                lambda deadline: self.env[deadline.res_model].browse(deadline.res_id).exists()
            )
            alive._forget_activities()
            alive._remind(escalate=True)
            # what somebody else is just writing waits for the next run, it is no work left undone
            left = self.search_count(domain) - (len(found) - len(done))
            if not self.env["ir.cron"]._commit_progress(len(done), remaining=max(left, 0)):
                return

    def _still_running(self):
        """Clocks whose records still want them: ``_deadline_stands(code)`` says which do.

        A verb that makes a clock idle need not look for it; it is put away when its time comes.
        """
        idle = self.browse()
        for (model, code), clocks in self.grouped(
            lambda deadline: (deadline.res_model, deadline.rule_id.code)
        ).items():
            records = self.env[model].browse(clocks.mapped("res_id")).exists()
            if records and hasattr(records, "_deadline_stands"):
                gone = records - records._deadline_stands(code)
                idle |= clocks.filtered(lambda clock, ids=gone.ids: clock.res_id in ids)
        return self - idle

    def _tell_records(self):
        """Records that want to know what they missed are told: ``_on_deadline_missed(code)``."""
        for (model, code), missed in self.grouped(
            lambda deadline: (deadline.res_model, deadline.rule_id.code)
        ).items():
            records = self.env[model].browse(missed.mapped("res_id")).exists()
            if records and hasattr(records, "_on_deadline_missed"):
                records._on_deadline_missed(code)

    def action_open_record(self):
        """Go to what the clock runs for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
