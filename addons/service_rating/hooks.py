def post_init_hook(env):
    """Give every existing branch our salary structure."""
    env["res.company"].search([("active", "in", (True, False))])._service_payroll_structure()


def uninstall_hook(env):
    """Take back the structures of the branches; the main one goes with our data."""
    main = env.ref("service_rating.payroll_structure_service", raise_if_not_found=False)
    if main:
        env["hr.payroll.structure"].search(
            [("code", "=", main.code), ("id", "!=", main.id)]
        ).unlink()
