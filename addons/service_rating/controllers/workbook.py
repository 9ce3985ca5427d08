from datetime import datetime

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

from ..models.service_performance import HR_MANAGER
from ..reports.performance_workbook import performance_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ServicePerformanceWorkbook(http.Controller):
    """HR's workbook of a month: one sheet with live formulas."""

    @http.route(
        "/service/performance/xlsx", type="http", auth="user", methods=["GET"], sitemap=False
    )
    def service_performance_xlsx(self, company_id, month, **_kwargs):
        env = request.env
        if not env.user.has_group(HR_MANAGER):
            raise AccessError(env._("HR fetches the workbook of the month."))
        try:
            first_day = datetime.strptime(month, "%Y-%m").date()
            company = env["res.company"].browse(int(company_id)).exists()
        except ValueError:
            raise request.not_found() from None
        if not company or company not in env.user.company_ids:
            raise request.not_found()
        months = (
            env["service.performance"]
            .with_context(allowed_company_ids=company.ids)
            .search([("company_id", "=", company.id), ("month", "=", first_day)])
        )
        name = f"performance-{company.id}-{month}.xlsx"
        return request.make_response(
            performance_workbook(months),
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
