from odoo import fields, models


class HrEmployeePublic(models.Model):
    _inherit = "hr.employee.public"

    # people are picked by users who see only this copy of the employee
    service_technician = fields.Boolean(readonly=True)
