def uninstall_hook(env):
    """Give the cases back to helpdesk as plain tickets: our stages and departments go."""
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
