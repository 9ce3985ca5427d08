from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class ServiceCustomerPortal(CustomerPortalHelpdesk):
    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """The customer sees the files he sent or was sent, not those of internal notes."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        if ticket.is_service_case:
            values["closed_stages"] = values["closed_stages"].browse()
        return {**values, "portal_attachments": ticket._portal_attachments()}
