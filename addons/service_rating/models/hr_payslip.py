from odoo import api, models
from odoo.exceptions import LockError, UserError

from .service_performance import PAID_KEY

SCORE_CODE = "SERVICE_SCORE"
DIFFICULTY_CODE = "SERVICE_DIFFICULTY"
CODES = (SCORE_CODE, DIFFICULTY_CODE)


class HrPayslip(models.Model):
    """The locked month on the payslip: recomputed any number of times, paid once (S3-36)."""

    _inherit = "hr.payslip"

    # === INPUTS === #

    @api.model
    def _service_input_vals(self, contracts, month):
        """One input per code for ``month``, on the contract whose rules run first.

        With two contracts in a period every rule runs per contract while inputs are keyed by
        code: a second line would pay twice, or nothing.
        """
        if not month or not contracts:
            return []
        version = contracts[0]
        pay = month._pay_by(version)
        names = {
            SCORE_CODE: self.env._("Customer score, %s", month.display_name),
            DIFFICULTY_CODE: self.env._("Difficulty of repairs, %s", month.display_name),
        }
        facts = {
            SCORE_CODE: (month.score, pay["amount"]),
            DIFFICULTY_CODE: (month.difficulty_points, pay["difficulty"]),
        }
        return [
            {
                "name": names[code],
                "code": code,
                "contract_id": version.id,
                "amount_qty": facts[code][0],
                "amount": float(facts[code][1]),
                "service_performance_id": month.id,
                "service_base_amount": float(pay["base"]),
            }
            for code in CODES
        ]

    @api.model
    def get_inputs(self, contracts, date_from, date_to):
        """Add ours; called on an empty recordset by the batch wizard, so built from contracts.

        The wizard computes its slips at once, which brings the inputs of all of them in one go.
        """
        lines = super().get_inputs(contracts, date_from, date_to)
        if self.env.context.get("service_inputs_later"):
            return lines
        # sudo: a payroll clerk need not be allowed to read the customers' scores
        months = self.env["service.performance"].sudo()
        ours = {}
        for employee, versions in contracts.grouped("employee_id").items():
            month = months._for_payslips(employee, date_from, date_to)
            for vals in self._service_input_vals(versions, month[:1]):
                ours[vals["contract_id"], vals["code"]] = vals
        for line in lines:
            line.update(ours.pop((line["contract_id"], line["code"]), {}))
        return lines + list(ours.values())

    def _service_sync_inputs(self):
        """Make our inputs say what the ledger says now; other inputs are left alone."""
        if not self:
            return
        # sudo: as in get_inputs
        months = (
            self.env["service.performance"]
            .sudo()
            ._for_payslips(
                self.employee_id,
                min(self.mapped("date_from")),
                max(self.mapped("date_to")),
                self,
            )
            .grouped("employee_id")
        )
        obsolete, missing = self.env["hr.payslip.input"], []
        for slip in self:
            due = months.get(slip.employee_id, self.env["service.performance"]).filtered(
                lambda month, slip=slip: (
                    slip.date_from <= month.month <= slip.date_to
                    and month.payslip_id in (slip, month.payslip_id.browse())
                )
            )[:1]
            contracts = slip._get_employee_contracts() if due else self.env["hr.version"]
            kept, new = slip._service_match_inputs(slip._service_input_vals(contracts, due))
            obsolete |= slip.input_line_ids.filtered(lambda line: line.code in CODES) - kept
            missing += new
        obsolete.unlink()
        self.env["hr.payslip.input"].create(missing)

    def _service_match_inputs(self, vals_list):
        """Write what this slip's inputs should say; return (lines to keep, values of new ones)."""
        self.ensure_one()
        kept, new = self.env["hr.payslip.input"], []
        for vals in vals_list:
            line = (self.input_line_ids - kept).filtered(
                lambda line, vals=vals: (
                    line.code == vals["code"] and line.contract_id.id == vals["contract_id"]
                )
            )[:1]
            if line:
                line.write(vals)
            else:
                new.append({**vals, "payslip_id": self.id})
            kept |= line
        return kept, new

    def compute_sheet(self):
        self.filtered(
            lambda slip: slip.state in ("draft", "verify") and not slip.credit_note
        )._service_sync_inputs()
        return super().compute_sheet()

    # === PAYING ONCE === #

    def action_payslip_done(self):
        """Confirm, and mark the months as paid by this slip, under a lock."""
        res = super().action_payslip_done()
        for slip in self.filtered(lambda slip: slip.state == "done" and not slip.credit_note):
            # sudo: a payroll clerk has no right on months; confirming the slip is the permission
            month = slip.input_line_ids.service_performance_id.sudo()
            if not month:
                slip._service_note_unlocked()
                continue
            try:
                month.lock_for_update()
            except LockError as error:
                raise UserError(
                    self.env._(
                        "%s is being paid on another slip right now: try again.",
                        month[0].display_name,
                    )
                ) from error
            month.invalidate_recordset(["payslip_id"])
            other = month.payslip_id - slip
            if other:
                raise UserError(
                    self.env._(
                        "%(month)s was paid on %(slip)s: compute this slip again.",
                        month=month[0].display_name,
                        slip=other[0].number,
                    )
                )
            month.with_context(service_paid_key=PAID_KEY).write({"payslip_id": slip.id})
        return res

    def _service_note_unlocked(self):
        """Say on the slip that a month was not locked in time and is not paid by it."""
        self.ensure_one()
        # sudo: as in action_payslip_done
        months = (
            self.env["service.performance"]
            .sudo()
            .search(
                [
                    ("employee_id", "=", self.employee_id.id),
                    ("month", ">=", self.date_from),
                    ("month", "<=", self.date_to),
                    ("state", "!=", "locked"),
                ]
            )
        )
        for month in months:
            self.message_post(
                body=self.env._(
                    "%s is not locked: this payslip pays no performance pay for it.",
                    month.display_name,
                )
            )

    def _service_release_months(self):
        """These slips no longer pay: their months wait for the next one."""
        # sudo: as in action_payslip_done
        months = self.env["service.performance"].sudo().search([("payslip_id", "in", self.ids)])
        months.with_context(service_paid_key=PAID_KEY).write({"payslip_id": False})

    def action_payslip_cancel(self):
        res = super().action_payslip_cancel()
        self._service_release_months()
        return res

    def refund_sheet(self):
        """A refunded slip paid nothing in the end: the month may go on the corrected one."""
        res = super().refund_sheet()
        self._service_release_months()
        return res
