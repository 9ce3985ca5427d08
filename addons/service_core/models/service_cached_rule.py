from odoo import api, models


class ServiceCachedRule(models.AbstractModel):
    """Rules that every verb asks for and hardly anybody changes.

    Servers keep what they have read of them; whoever changes one makes all servers read again.
    """

    _name = "service.cached.rule"
    _description = "Rule Kept by the Server"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        res = super().write(vals)
        self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res
