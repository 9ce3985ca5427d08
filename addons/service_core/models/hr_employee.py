from datetime import datetime, time

import pytz

from odoo import api, fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    service_technician = fields.Boolean(
        help="Works on cars: the calendar hours count as workshop capacity.",
    )

    @api.model
    def _service_technicians(self, company):
        """Technicians of a branch."""
        # sudo: whoever books needs the hours, not the people's files
        return self.sudo().search_fetch(
            [("service_technician", "=", True), ("company_id", "=", company.id)],
            # what calendars are asked for: one read less for each booking
            ["resource_id", "company_id", "current_version_id"],
        )

    @api.model
    def _service_work_hours(self, company, first, last):
        """Calendar hours of a branch's technicians.

        :return: ``{date: hours}`` from ``first`` to ``last``, or ``None`` when the branch has no
            technician and its hours are therefore not counted
        """
        technicians = self._service_technicians(company)
        if not technicians:
            return None
        tz = company._service_tz()
        begin = tz.localize(datetime.combine(first, time.min))
        end = tz.localize(datetime.combine(last, time.max))
        # sudo: see _service_technicians
        intervals, _calendars = technicians.resource_id.sudo()._get_valid_work_intervals(begin, end)
        hours = {}
        for technician in technicians:
            own = {}
            for start, stop, _attendance in intervals[technician.resource_id.id]:
                date = start.astimezone(tz).date()
                own[date] = own.get(date, 0.0) + (stop - start).total_seconds() / 3600
            calendar = technician.resource_calendar_id
            # core answers with the whole day for people who choose their hours
            limit = 24.0
            if not calendar or calendar.flexible_hours:
                limit = calendar.hours_per_day or 8.0
            for date, worked in own.items():
                hours[date] = hours.get(date, 0.0) + min(worked, limit)
        return hours

    def _service_valid_skills(self, skills, on_date):
        """``{employee id: set of skill ids}`` of certificates valid on ``on_date``.

        The only reader of certificates: core's "current" skills list expired ones when there is
        no valid one, and future ones as if they were valid.
        """
        # sudo: a planner sees that a permit is missing, not the person's file
        rows = (
            self.env["hr.employee.skill"]
            .sudo()
            ._read_group(
                self._service_skill_domain(skills, on_date),
                ["employee_id", "skill_id"],
            )
        )
        held = {employee_id: set() for employee_id in self.ids}
        for employee, skill in rows:
            held[employee.id].add(skill.id)
        return held

    def _service_skill_domain(self, skills, on_date):
        """Which certificates count; an addon above leaves out the withdrawn ones."""
        return [
            ("employee_id", "in", self.ids),
            ("skill_id", "in", skills.ids),
            ("skill_type_id.is_certification", "=", True),
            ("valid_from", "<=", on_date),
            "|",
            ("valid_to", "=", False),
            ("valid_to", ">=", on_date),
        ]

    def _service_certified(self, skills, on_date):
        """Employees of ``self`` who hold every one of ``skills`` on ``on_date`` (S3-22)."""
        held = self._service_valid_skills(skills, on_date)
        wanted = set(skills.ids)
        return self.filtered(lambda employee: wanted <= held[employee.id])

    def _service_permit_gap(self, job, on_datetime):
        """What each employee lacks to do ``job`` at ``on_datetime``.

        :return: ``{employee: sentence or False}``
        """
        permit = self.env.ref("service_core.skill_work_permit")
        needed = permit | job.operation_id.required_skill_ids
        tz = job.order_id.company_id._service_tz()
        on_date = pytz.utc.localize(on_datetime).astimezone(tz).date()
        held = self._service_valid_skills(needed, on_date)
        gaps = {}
        for employee in self:
            missing = needed.filtered(lambda skill, own=held[employee.id]: skill.id not in own)
            gaps[employee] = (
                self.env._(
                    '%(employee)s has no valid %(certificates)s on %(date)s for "%(job)s".',
                    employee=employee.display_name,
                    certificates=", ".join(missing.mapped("name")),
                    date=on_date,
                    job=job.name,
                )
                if missing
                else False
            )
        return gaps
