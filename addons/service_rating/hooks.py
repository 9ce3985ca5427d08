from odoo.addons.service_core.demo.dealership import is_wanted

from .demo import months

# What we ship and people's records point to goes with its table, not before those records.
POINTED_TO = (
    "service.performance.policy",
    "service.course",
    "service.review.template",
    "service.review.item",
)


def post_init_hook(env):
    """Give every existing branch our salary structure."""
    env["res.company"].search([("active", "in", (True, False))])._service_payroll_structure()
    env["hr.employee.skill"].search([])._number_permits()
    # the test shipped with us is still in memory: a user made now would be looked for in it by
    # core before he has his groups, and be refused as an outsider
    env.flush_all()
    env.invalidate_all()
    if is_wanted(env, "service_rating"):
        months.build(env)


def uninstall_hook(env):
    """Take back what stands in payroll's tables, and keep what its payslips still show.

    1. The structures of the branches go; the main one goes with our data.
    2. Rules that payslips were computed by stay, archived: a payslip line needs its rule.
    3. What our own records point to goes with its table, not before them.
    """
    main = env.ref("service_rating.payroll_structure_service", raise_if_not_found=False)
    if main:
        env["hr.payroll.structure"].search(
            [("code", "=", main.code), ("id", "!=", main.id)]
        ).unlink()
    ours = env["ir.model.data"].search([("module", "=", "service_rating")])
    rules = ours.filtered(lambda data: data.model == "hr.salary.rule")
    used = env["hr.payslip.line"]._read_group(
        [("salary_rule_id", "in", rules.mapped("res_id"))], aggregates=["salary_rule_id:recordset"]
    )[0][0]
    used.active = False
    ours.filtered(
        lambda data: (
            data.model in POINTED_TO
            or (data.model == used._name and data.res_id in used.ids)
            or (data.model == used.category_id._name and data.res_id in used.category_id.ids)
        )
    ).unlink()
