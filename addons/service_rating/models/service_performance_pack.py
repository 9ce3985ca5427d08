import base64
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from ..reports.performance_pack import digest, pack_workbook
from ..rules import performance_lifecycle as life
from .service_performance import HR_MANAGER

# An object, because a remote caller can send any context key but never this value.
_PACK_KEY = object()

# How many months back the schedule looks for a month that was locked late.
PACK_MONTHS = 3


class ServicePerformancePack(models.Model):
    """HR's workbook of a locked month, kept with the facts it was made of.

    The facts are frozen with it, so the workbook is rebuilt byte for byte at any time; whether the
    ledger still says the same is asked by the same button.
    """

    _name = "service.performance.pack"
    _description = "HR's Monthly Pack"
    _inherit = ["mail.thread"]
    _order = "month desc, company_id, id desc"
    _rec_name = "name"

    name = fields.Char(readonly=True, required=True)
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, help="Its first day.")
    facts = fields.Json(readonly=True, required=True, groups=fields.NO_ACCESS)
    file = fields.Binary(string="Workbook", readonly=True, attachment=True)
    checksum = fields.Char(
        readonly=True, required=True, help="SHA-256 of the facts, as the last sheet shows it."
    )
    people_count = fields.Integer(string="People", readonly=True)
    amount = fields.Monetary(string="Performance and Difficulty Pay", readonly=True)
    unpaid_count = fields.Integer(
        string="Not on a Payslip", readonly=True, help="When the pack was made."
    )
    sent_at = fields.Datetime(string="Sent to HR", readonly=True)

    _month_uniq = models.Constraint(
        "UNIQUE(company_id, month, checksum)", "This pack was already made."
    )

    # === CRUD === #

    def _refuse_foreign(self):
        if self.env.context.get("service_pack_key") is not _PACK_KEY:
            raise UserError(self.env._("A pack is made from a locked month only."))

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign()
        return super().create(vals_list)

    def write(self, vals):
        if not all(name.startswith(("message_", "activity_")) for name in vals):
            self._refuse_foreign()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A pack stays: it says what was paid and why."))

    # === MAKING === #

    @api.model
    def _make(self, company, month):
        """The pack of a month all of whose rows are locked; the one that says so if it exists.

        A second pack is made where the facts have changed since: the payslips are in now.
        """
        months = (
            # sudo: wages, payslips and permits are put together for HR, who may read them
            self.env["service.performance"]
            .sudo()
            .search([("company_id", "=", company.id), ("month", "=", month)])
        )
        if not months:
            raise UserError(self.env._("Nobody has a row in this month yet: compute it first."))
        if waiting := months.filtered(lambda one: one.state != life.LOCKED):
            raise UserError(
                self.env._(
                    "%(count)s people are not locked yet, %(name)s among them: lock them first.",
                    count=len(waiting),
                    name=waiting[0].display_name,
                )
            )
        facts = months._pack_facts(company, month)
        checksum = digest(facts)
        # sudo: nobody writes packs; who may ask for one was looked at by the caller
        packs = self.sudo().with_context(service_pack_key=_PACK_KEY)
        found = packs.search(
            [
                ("company_id", "=", company.id),
                ("month", "=", month),
                ("checksum", "=", checksum),
            ],
            limit=1,
        )
        people = facts["people"]
        amount = sum((Decimal(one["pay"]) + Decimal(one["hard"]) for one in people), Decimal(0))
        pack = found or packs.create(
            {
                "name": facts["labels"]["title"],
                "company_id": company.id,
                "month": month,
                "facts": facts,
                "file": base64.b64encode(pack_workbook(facts)),
                "checksum": checksum,
                "people_count": len(people),
                "amount": amount,
                "unpaid_count": len([one for one in people if not one["slip"]]),
            }
        )
        return pack.with_env(self.env)

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self._file_name()}?download=true",
            "target": "download",
        }

    def _file_name(self):
        return f"performance-{self.company_id.id}-{self.month:%Y-%m}.xlsx"

    def action_rebuild(self):
        """Build the workbook again and look at the ledger again; say whether both are the same."""
        self.ensure_one()
        if not self.env.user.has_group(HR_MANAGER):
            raise UserError(self.env._("HR looks after the packs."))
        self.check_access("read")
        # sudo: the facts are closed to everybody, they are compared and nothing else
        kept = self.sudo()
        if pack_workbook(kept.facts) != base64.b64decode(kept.file):
            raise UserError(
                self.env._("The rebuilt workbook differs from the kept one: ask for support.")
            )
        if differs := kept._differing():
            raise UserError(
                self.env._("The ledger says something else today for: %s.", ", ".join(differs))
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Rebuilt byte for byte; the ledger still says the same."),
            },
        }

    def _differing(self):
        """Names of those whose locked figures are not what the pack says."""
        self.ensure_one()
        months = self.env["service.performance"].search(
            [("company_id", "=", self.company_id.id), ("month", "=", self.month)]
        )
        now = {month.id: month._pack_figures() for month in months}
        return [
            person["name"]
            for person in self.facts["people"]
            if {name: person[name] for name in now.get(person["id"], {})} != now.get(person["id"])
        ]

    # === SENDING === #

    def action_send(self):
        """Mail the pack to HR of its branch."""
        if not self.env.user.has_group(HR_MANAGER):
            raise UserError(self.env._("HR looks after the packs."))
        self.check_access("read")
        for pack in self:
            if not pack._send():
                raise UserError(
                    self.env._("Enter HR's mail address in the settings, or on HR's users, first.")
                )
        return True

    def _receivers(self):
        """HR's mail address of the branch, else those of its HR managers."""
        self.ensure_one()
        # sudo: who is in HR is asked by the schedule and by HR alike
        company = self.company_id.sudo()
        if company.service_pack_email:
            return company.service_pack_email
        users = self.env.ref(HR_MANAGER).sudo().all_user_ids
        return ",".join(
            user.email_formatted for user in users if company in user.company_ids and user.email
        )

    def _send(self):
        """Queue one mail with the workbook; False where nobody would get it."""
        self.ensure_one()
        receivers = self._receivers()
        if not receivers:
            return False
        # sudo: packs and attachments are written by nobody else
        pack = self.sudo().with_context(service_pack_key=_PACK_KEY)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": pack._file_name(),
                    "raw": base64.b64decode(pack.file),
                    "res_model": self._name,
                    "res_id": pack.id,
                }
            )
        )
        self.env.ref("service_rating.mail_template_pack").sudo().send_mail(
            pack.id,
            email_values={"email_to": receivers, "attachment_ids": [attachment.id]},
        )
        pack.write({"sent_at": fields.Datetime.now()})
        return True

    # === SCHEDULE === #

    @api.model
    def _cron_make_packs(self):
        """Make and mail the pack of every month that has been locked whole, a month at a time."""
        # sudo: the schedule has all rights
        months = self.env["service.performance"].sudo()
        since = fields.Date.today().replace(day=1) - relativedelta(months=PACK_MONTHS)
        states = {}
        for company, month, state in months._read_group(
            [("month", ">=", since)], ["company_id", "month:month", "state"]
        ):
            states.setdefault((company, month), set()).add(state)
        made = {
            (company, month)
            for company, month in self._read_group(
                [("month", ">=", since)], ["company_id", "month:month"]
            )
        }
        due = [
            (company, month)
            for (company, month), found in states.items()
            if found == {life.LOCKED} and (company, month) not in made
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for company, month in due:
            pack = self.with_company(company)._make(company, fields.Date.to_date(month))
            pack._send()
            if not cron._commit_progress(1):
                break


class ServicePerformance(models.Model):
    """What the pack wants to know of a month's rows."""

    _inherit = "service.performance"

    def action_pack(self):
        """HR's pack of the month these rows belong to."""
        if not self.env.user.has_group(HR_MANAGER):
            raise UserError(self.env._("HR makes the pack of a month."))
        self.check_access("read")
        months = {(row.company_id, row.month) for row in self}
        if len(months) != 1:
            raise UserError(self.env._("Choose records of one branch and one month."))
        [(company, month)] = months
        pack = self.env["service.performance.pack"]._make(company, month)
        return {
            "type": "ir.actions.act_window",
            "res_model": pack._name,
            "res_id": pack.id,
            "view_mode": "form",
        }

    def _pack_figures(self):
        """The locked figures of one row, as the pack keeps them: decimals as text."""
        self.ensure_one()
        return {
            "answers": self.answer_count,
            "raw": f"{self.raw_score:.6f}",
            "mean": f"{self.unit_mean:.6f}",
            "corrections": f"{self.correction_points:.2f}",
            "score": f"{self.score:.2f}",
            "points": f"{self.difficulty_points:.2f}",
        }

    def _pack_facts(self, company, month):
        """Everything the workbook shows, as JSON: sorted, decimals as text."""
        rows = self.sorted(lambda one: (one.employee_id.name or "", one.id))
        last_day = month + relativedelta(months=1, days=-1)
        before = self.search(
            [
                ("company_id", "=", company.id),
                ("month", "=", month - relativedelta(months=1)),
                ("state", "=", life.LOCKED),
            ]
        )
        return {
            "month": f"{month:%Y-%m}",
            "last_day": str(last_day),
            "branch": company.name,
            "currency": company.currency_id.name,
            "digits": company.currency_id.decimal_places,
            "labels": self._pack_labels(company, month),
            "people": rows._pack_people(before),
            "ratings": rows._pack_ratings(company),
            "difficulty": [
                [
                    line.employee_id.name,
                    line.order_id.name or "",
                    line.note or "",
                    line.given,
                    f"{line.weight:.6f}",
                ]
                for row in rows
                for line in row.difficulty_line_ids
            ],
            "cases": rows._pack_cases(),
            "permits": self._pack_permits(company, last_day),
            "signed": rows._pack_signed(),
        }

    def _pack_people(self, before):
        pays, pays_before = self._pay(), before._pay()
        earlier = {
            row.employee_id: [
                f"{row.score:.2f}",
                str(pays_before[row]["amount"] + pays_before[row]["difficulty"]),
            ]
            for row in before
        }
        people = []
        for row in self:
            policy, pay = row.policy_id, pays[row]
            slip = row.payslip_id
            paid = {
                code: sum(
                    (Decimal(f"{line.total:.2f}") for line in slip.line_ids if line.code == code),
                    Decimal(0),
                )
                for code in ("SERVICE_SCORE", "SERVICE_DIFFICULTY")
            }
            people.append(
                {
                    "id": row.id,
                    "name": row.employee_id.name or "",
                    "unit": row.employee_id.department_id.name or row.company_id.name,
                    **row._pack_figures(),
                    "k": f"{policy.shrinkage:.2f}",
                    "minimum": policy.minimum_answers,
                    "floor": f"{policy.floor:.2f}",
                    "base": str(pay["base"]),
                    "pay": str(pay["amount"]),
                    "rate": f"{policy.difficulty_rate:.{row.currency_id.decimal_places}f}",
                    "hard": str(pay["difficulty"]),
                    "slip": slip.number or "",
                    "slip_pay": str(paid["SERVICE_SCORE"]),
                    "slip_hard": str(paid["SERVICE_DIFFICULTY"]),
                    "before": earlier.get(row.employee_id),
                    "basis": policy.name,
                }
            )
        return people

    def _pack_ratings(self, company):
        dimensions = dict(
            self.env["service.performance.line"]
            ._fields["dimension"]
            ._description_selection(self.env)
        )
        lines = self.score_line_ids.filtered(lambda line: line.kind == "rating")
        return [
            [
                line.employee_id.name,
                line.order_id.name or "",
                line.vehicle_id.license_plate or line.vehicle_id.vin or "",
                str(company._service_local_date(line.share_id.rating_id.submitted_at)),
                dimensions[line.dimension],
                line.given,
                f"{line.weight:.6f}",
                f"{line.points:.6f}",
            ]
            for line in lines.sorted(lambda line: (line.employee_id.name or "", line.id))
        ]

    def _pack_cases(self):
        kinds = dict(
            self.env["service.performance.line"]._fields["kind"]._description_selection(self.env)
        )
        cases = [
            [
                kinds[line.kind],
                line.employee_id.name,
                line.order_id.name or "",
                line.note or "",
                "",
                f"{line.points:.2f}",
            ]
            for row in self
            for line in row.score_line_ids
            if line.kind not in ("rating", "unit")
        ]
        disputes = self.env["service.performance.dispute"].search(
            [("performance_id", "in", self.ids)], order="id"
        )
        states = dict(disputes._fields["state"]._description_selection(self.env))
        return cases + [
            [
                self.env._("Dispute"),
                dispute.employee_id.name,
                dispute.order_id.name or "",
                dispute.decision or dispute.reason,
                states[dispute.state],
                None,
            ]
            for dispute in disputes
        ]

    def _pack_permits(self, company, last_day):
        permits = self.env["service.permit"].search(
            [("company_id", "=", company.id)], order="employee_id"
        )
        return [
            [
                permit.employee_id.name or "",
                permit.number or "",
                str(permit.valid_from or ""),
                str(permit.valid_to or ""),
            ]
            for permit in permits.sorted(lambda one: (one.employee_id.name or "", one.id))
        ]

    def _pack_signed(self):
        steps = (
            (self.env._("Computed by"), "computed_by_id", "computed_at"),
            (self.env._("Checked by"), "checked_by_id", "checked_at"),
            (self.env._("Locked by"), "locked_by_id", "locked_at"),
        )
        signed = []
        for label, who, when in steps:
            people = {}
            for row in self:
                people[row[who].name] = max(people.get(row[who].name, row[when]), row[when])
            signed += [
                [
                    label,
                    name,
                    format_datetime(self.env, moment, tz=self.company_id[:1]._service_tz().zone),
                ]
                for name, moment in sorted(people.items())
            ]
        return signed

    def _pack_labels(self, company, month):
        """Every word of the workbook, in the maker's language; kept, for languages change too."""
        _ = self.env._
        return {
            "title": _(
                "%(month)s, %(branch)s",
                month=format_date(self.env, month, date_format="MMMM yyyy"),
                branch=company.name,
            ),
            "summary": _("Summary"),
            "people": _("People"),
            "units": _("Units"),
            "ratings": _("Ratings"),
            "difficulty": _("Difficulty"),
            "cases": _("Cases"),
            "permits": _("Permits"),
            "reconciliation": _("Reconciliation"),
            "difference": _("Difference"),
            "signoff": _("Sign-off"),
            "checksum": _("Checksum"),
            "person": _("Employee"),
            "unit": _("Unit"),
            "answers": _("Answers (n)"),
            "raw": _("Raw score (%)"),
            "mean": _("Unit mean (%)"),
            "k": _("k"),
            "minimum": _("Least answers"),
            "corrections": _("Corrections"),
            "score": _("Score (%)"),
            "floor": _("Floor (%)"),
            "base": _("Base at 100 %"),
            "pay": _("Performance pay"),
            "points": _("Difficulty points"),
            "rate": _("Rate per point"),
            "hard": _("Difficulty pay"),
            "sum": _("Both"),
            "basis": _("Policy"),
            "average": _("Mean score (%)"),
            "order": _("Work order"),
            "car": _("Car"),
            "day": _("Rated on"),
            "dimension": _("Dimension"),
            "given": _("Given (%)"),
            "share": _("Share"),
            "score_points": _("Points of the score"),
            "repair": _("Repair"),
            "grade": _("Grade"),
            "kind": _("Kind"),
            "reason": _("Reason"),
            "status": _("Status"),
            "number": _("Number"),
            "since": _("Valid from"),
            "until": _("Valid until"),
            "month_end": _("End of the month"),
            "none": _("none"),
            "expired": _("expired"),
            "valid": _("valid"),
            "ledger": _("Ledger"),
            "payslip": _("Payslip"),
            "slip_pay": _("Performance pay on it"),
            "slip_hard": _("Difficulty pay on it"),
            "open": _("Difference to the ledger"),
            "unpaid": _("not on a payslip"),
            "agrees": _("agrees"),
            "differs": _("differs"),
            "score_before": _("Score last month"),
            "sum_before": _("Both last month"),
            "change": _("Change"),
            "step": _("Step"),
            "name": _("Name"),
            "moment": _("When"),
            "signature": _("Signature"),
            "sign_hr": _("Human resources"),
            "sign_management": _("Management"),
            "what": _("What"),
            "figure": _("Figure"),
            "facts": _("SHA-256 of the facts"),
            "sum_scores": _("Sum of all scores"),
            "sum_people": _("Both, person by person"),
            "sum_units": _("Both, unit by unit"),
            "sum_difference": _("Difference of the two"),
            "branch": _("Branch"),
            "currency": _("Currency"),
            "total": _("Total"),
            "how": _(
                "Score = (n x raw + k x unit mean) / (n + k) + corrections, within -50 and 200. "
                "Pay = base x max(score, floor) / 100."
            ),
        }
