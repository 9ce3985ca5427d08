from werkzeug.exceptions import BadRequest, NotFound, RequestEntityTooLarge
from werkzeug.utils import redirect

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


def _record_id(value):
    """A record id out of a request, 0 for whatever is none."""
    return int(value) if str(value or "").isdecimal() else 0


class ServiceTicketController(HelpdeskTicketController):
    """helpdesk's pages with their doors shut."""

    @http.route()
    def support_ticket_close(self, **kw):
        """Close one's own ticket.

        1. Only a ticket that the user's own rights show, and for a customer only one of his firm;
           any other, and whatever is no number, is not found.
        2. Only into a stage of its own team that may be reached from the portal.
        3. A service case is never closed here: the customer's word is recorded by the hotline.
        """
        ticket = request.env["helpdesk.ticket"].search(
            [("id", "=", _record_id(kw.get("ticket_id")))]
        )
        stage_id = _record_id(kw.get("stage_id"))
        if not self._owns(ticket) or not stage_id:
            raise NotFound()
        # sudo: stages of the ticket's team are looked at, not shown
        stages = ticket.sudo().team_id._get_applicable_stages().filtered("close_from_portal")
        if ticket.is_service_case or stage_id not in stages.ids:
            return redirect(f"/my/ticket/{ticket.id}")
        return super().support_ticket_close(ticket_id=ticket.id, stage_id=stage_id)

    def _owns(self, ticket):
        if request.env.user._is_internal():
            return bool(ticket) and ticket.has_access("write")
        mine = request.env.user.partner_id.commercial_partner_id
        # sudo: partners of a portal user's own firm may be closed to him
        return bool(ticket) and ticket.sudo().partner_id.commercial_partner_id == mine

    @http.route(methods=["POST"])
    def submit_ticket(self, **kw):
        """Take a ticket from the portal form, and only from the form: a link makes none.

        Files are held to the size that the page promises; ids that the form does not offer are
        ignored.
        """
        if not (kw.get("subject") or "").strip() or not (kw.get("description") or "").strip():
            raise BadRequest()
        limit = request.env["ir.http"].session_info()["max_file_upload_size"]
        for upload in request.httprequest.files.getlist("attachment"):
            upload.seek(0, 2)
            size = upload.tell()
            upload.seek(0)
            if size > limit:
                raise RequestEntityTooLarge()
        return super().submit_ticket(**self._offered_ids(kw))

    def _prepare_submit_ticket_vals(self, **kw):
        """An enquiry for nobody in particular is the hotline's, where it wants them (S3-68)."""
        vals = super()._prepare_submit_ticket_vals(**kw)
        if not vals.get("team_id"):
            # sudo: the customer need not be able to read the team that takes his enquiry
            hotline = request.env["helpdesk.ticket.team"].sudo()._find_hotline(request.env.company)
            if hotline.show_in_portal:
                vals["team_id"] = hotline.id
        return vals

    def _offered_ids(self, kw):
        offered = {
            "category": self._get_categories(),
            "team": self._get_teams() or request.env["helpdesk.ticket.team"],
        }
        for name, records in offered.items():
            if name in kw:
                chosen = _record_id(kw[name])
                kw[name] = str(chosen) if chosen in records.ids else ""
        return kw
