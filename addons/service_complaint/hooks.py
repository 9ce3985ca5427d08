from odoo.addons.service_core.demo.dealership import is_wanted

from .demo import cases


def post_init_hook(env):
    """With demo data: what the demo dealership knows of this addon."""
    if is_wanted(env, "service_complaint"):
        cases.build(env)


def uninstall_hook(env):
    """Give the cases back to helpdesk as plain tickets: our stages, departments and reminders go."""
    ours = env["mail.activity.type"].search([("id", "in", _own_ids(env, "mail.activity.type"))])
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", ours.ids)]
    ).activity_type_id = env.ref("mail.mail_activity_data_todo")
    Stage = env["helpdesk.ticket.stage"]
    plain = Stage.search([("case_state", "=", False)])
    opened, closed = plain.filtered(lambda stage: not stage.closed), plain.filtered("closed")
    tickets = env["helpdesk.ticket"].with_context(active_test=False)
    for done, stages in ((True, closed), (False, opened)):
        cases = tickets.search(
            [("stage_id.case_state", "!=", False), ("stage_id.closed", "=", done)]
        )
        if cases and stages:
            # raw SQL: ``write`` still speaks our verbs and would refuse a foreign stage
            env.cr.execute(
                "UPDATE helpdesk_ticket SET stage_id = %s WHERE id IN %s",
                (stages[0].id, tuple(cases.ids)),
            )
    env.invalidate_all()


def _own_ids(env, model):
    return (
        env["ir.model.data"]
        .search([("module", "=", "service_complaint"), ("model", "=", model)])
        .mapped("res_id")
    )
