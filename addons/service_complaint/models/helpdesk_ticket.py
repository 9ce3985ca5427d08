from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html
from odoo.tools.mail import html2plaintext

from odoo.addons.service_followup.rules.contact_plan import phone_key

from ..rules import case_lifecycle as life
from .helpdesk_ticket_channel import CHANNELS
from .service_route import PROBLEM_TYPES

# Written by the verbs, together with the step they carry out.
VERB_FIELDS = {
    "announced_at",
    "answer_due",
    "closed_reason",
    "hours_to_reply",
    "is_direct",
    "reopen_count",
    "replied_at",
    "transfer_count",
}


class HelpdeskTicket(models.Model):
    """One call opens one case with one owner, who keeps it to its end (S1-44).

    Only tickets of a team that works on service cases are cases; every other ticket is left as
    helpdesk made it. The step of a case is moved by its verbs alone, the stage follows.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "service.lifecycle"]
    _lifecycle = life.CASE
    _lifecycle_field = "case_state"

    is_service_case = fields.Boolean(
        string="Service Case", compute="_compute_is_service_case", store=True
    )
    case_state = fields.Selection(
        life.STATES,
        string="Step",
        compute="_compute_case_state",
        store=True,
        copy=False,
        index="btree_not_null",
    )

    # Who and what
    order_id = fields.Many2one(
        "service.order",
        string="Work Order",
        index="btree_not_null",
        tracking=True,
        domain="[('vehicle_id', '=?', vehicle_id)]",
        help="The visit the customer talks about.",
    )
    vehicle_id = fields.Many2one(
        "service.vehicle",
        compute="_compute_vehicle_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        help="Search by plate, VIN or owner.",
    )
    license_plate = fields.Char(related="vehicle_id.license_plate")
    caller_phone = fields.Char(
        string="Phone",
        compute="_compute_caller_phone",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        help="Where the customer is called back.",
    )
    phone_key = fields.Char(
        compute="_compute_phone_key",
        store=True,
        index="trigram",
        export_string_translation=False,
    )
    phone_search = fields.Char(
        string="Phone (any spelling)",
        compute="_compute_phone_search",
        search="_search_phone_search",
    )
    case_channel = fields.Selection(CHANNELS, compute="_compute_case_channel")
    problem_type = fields.Selection(
        PROBLEM_TYPES,
        tracking=True,
        copy=False,
        help="Decides together with the channel which department gets the case.",
    )
    is_complaint = fields.Boolean(
        string="Complaint",
        tracking=True,
        copy=False,
        help="A complaint is announced to the leader at once and is closed only after the customer "
        "was called back.",
    )
    verbatim = fields.Text(
        string="Customer's Words",
        copy=False,
        help="What the customer said, word for word. Cannot be changed once the case is recorded.",
    )
    call_id = fields.Many2one(
        "service.call",
        string="Opened by Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    call_ids = fields.One2many("service.call", "ticket_id", string="Calls")

    # The department
    route_id = fields.Many2one(
        "service.route",
        string="Department",
        compute="_compute_route_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        domain="[('problem_type', '=', problem_type), ('channel', '=', case_channel)]",
        help="Proposed from channel and problem type. Where several departments can help, choose one.",
    )
    department_feedback = fields.Text(
        copy=False,
        groups="base.group_user",
        help="What the department found out and did. For the hotline, not for the customer.",
    )
    answer_due = fields.Datetime(
        string="Feedback Due", readonly=True, copy=False, index="btree_not_null"
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late")
    transfer_count = fields.Integer(string="Transfers", readonly=True, copy=False)
    can_give_feedback = fields.Boolean(compute="_compute_can_give_feedback")

    # The answer and the end
    is_direct = fields.Boolean(string="Solved Directly", readonly=True, copy=False, tracking=True)
    answer = fields.Text(
        string="Answer to the Customer",
        copy=False,
        help="What the hotline tells, or told, the customer.",
    )
    replied_at = fields.Datetime(string="First Answered", readonly=True, copy=False)
    hours_to_reply = fields.Float(
        string="Hours to First Answer", readonly=True, copy=False, aggregator="avg"
    )
    confirmed_satisfied = fields.Boolean(
        string="Customer Is Satisfied",
        copy=False,
        tracking=True,
        help="The customer said so himself after he was answered.",
    )
    closed_reason = fields.Char(
        string="Closed Without Confirmation",
        readonly=True,
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Why a hotline manager closed the case although the customer did not confirm.",
    )
    reopen_count = fields.Integer(string="Re-Opened", readonly=True, copy=False)
    announced_at = fields.Datetime(
        string="Leader Informed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the complaint was announced to the leader (S1-68).",
    )

    _call_uniq = models.UniqueIndex(
        "(call_id) WHERE call_id IS NOT NULL", "This call already has its case."
    )

    # === COMPUTES === #

    @api.depends("team_id.is_service_case")
    def _compute_is_service_case(self):
        for ticket in self:
            ticket.is_service_case = ticket.team_id.is_service_case

    @api.depends("is_service_case")
    def _compute_case_state(self):
        for ticket in self:
            # a form works on a copy: its step is the one of the record behind it
            step = ticket._origin.case_state or life.DRAFT
            ticket.case_state = step if ticket.is_service_case else False

    @api.depends("team_id")
    def _compute_user_id(self):
        """A case keeps its owner wherever it is routed; other tickets follow their team."""
        cases = self.filtered(lambda ticket: ticket.team_id.is_service_case)
        for case in cases:
            case.user_id = case.user_id
        return super(HelpdeskTicket, self - cases)._compute_user_id()

    @api.depends("order_id")
    def _compute_vehicle_id(self):
        for ticket in self:
            ticket.vehicle_id = ticket.order_id.vehicle_id or ticket.vehicle_id

    @api.depends("partner_id", "order_id")
    def _compute_caller_phone(self):
        for ticket in self:
            ticket.caller_phone = (
                ticket.caller_phone or ticket.order_id.contact_phone or ticket.partner_id.phone
            )

    @api.depends("caller_phone")
    def _compute_phone_key(self):
        for ticket in self:
            ticket.phone_key = phone_key(ticket.caller_phone) or False

    def _compute_phone_search(self):
        for ticket in self:
            ticket.phone_search = ticket.caller_phone

    def _search_phone_search(self, operator, value):
        """Find a number however it was written: ``555-0100`` finds ``+1 (555) 0100``."""
        if operator not in ("ilike", "like") or not isinstance(value, str):
            return NotImplemented
        return Domain("phone_key", "like", phone_key(value) or value)

    @api.depends("channel_id")
    def _compute_case_channel(self):
        for ticket in self:
            ticket.case_channel = ticket.channel_id.service_channel or "phone"

    @api.depends("problem_type", "channel_id", "company_id", "is_service_case")
    def _compute_route_id(self):
        for ticket in self:
            if not (ticket.is_service_case and ticket.problem_type):
                ticket.route_id = False
                continue
            routes = self.env["service.route"]._candidates(
                ticket.case_channel, ticket.problem_type, ticket.company_id
            )
            if ticket.route_id not in routes:
                ticket.route_id = routes[:1]

    @api.depends("answer_due", "case_state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.is_late = (
                ticket.case_state == life.ROUTED and ticket.answer_due and ticket.answer_due < now
            )

    @api.depends("case_state", "team_id.user_ids")
    @api.depends_context("uid")
    def _compute_can_give_feedback(self):
        for ticket in self:
            ticket.can_give_feedback = ticket.case_state == life.ROUTED and (
                # sudo: a customer in the portal may read his ticket but not our teams
                ticket._is_hotline() or self.env.user in ticket.sudo().team_id.user_ids
            )

    @api.onchange("order_id")
    def _onchange_order_id(self):
        if self.order_id and not self.partner_id:
            self.partner_id = self.order_id.contact_id or self.order_id.partner_id

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        if self.vehicle_id and not self.partner_id:
            self.partner_id = self.vehicle_id.driver_id or self.vehicle_id.owner_id

    # === CRUD === #

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.context.get("service_case"):
            hotline = self.env["helpdesk.ticket.team"]._hotline(self.env.company)
            phone = self.env.ref(
                "helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False
            )
            for name, value in (
                ("team_id", hotline.id),
                ("user_id", self.env.uid),
                ("channel_id", phone and phone.id),
            ):
                if name in fields and not defaults.get(name):
                    defaults[name] = value
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        prepared = [self._prepare_case_vals(dict(vals)) for vals in vals_list]
        tickets = super().create(prepared)
        tickets._align_case_stage()
        return tickets

    def _prepare_case_vals(self, vals):
        """Complete what helpdesk wants of every ticket and a case says in its own words."""
        if self.env.context.get("service_case"):
            missing = [name for name in ("team_id", "user_id", "channel_id") if name not in vals]
            vals.update(self.default_get(missing))
        team = self.env["helpdesk.ticket.team"].browse(
            vals.get("team_id") or self.env.context.get("default_team_id")
        )
        # sudo: the sender of a mail or a portal form need not be able to read the team
        if not team.sudo().is_service_case:
            return vals
        written = sorted(name for name in (*VERB_FIELDS, "confirmed_satisfied") if vals.get(name))
        if written:
            raise UserError(self._verb_fields_message(written))
        if vals.get("order_id") and not vals.get("company_id"):
            # sudo: the branch alone is read, and the case must stand in the order's branch
            order = self.env["service.order"].sudo().browse(vals["order_id"])
            vals["company_id"] = order.company_id.id
        words = vals.get("verbatim") or html2plaintext(vals.get("description") or "").strip()
        vals["verbatim"] = words
        vals["name"] = vals.get("name") or words[:64] or self.env._("Case")
        vals["description"] = vals.get("description") or plaintext2html(words or vals["name"])
        vals["stage_id"] = self.env["helpdesk.ticket.stage"]._case_stages(team.company_id)[:1].id
        return vals

    def _align_case_stage(self):
        """Put the cases of ``self`` into the column of their step."""
        for case in self.filtered("is_service_case"):
            stage = case._case_stage(case.case_state)
            if stage and case.stage_id != stage:
                case.stage_id = stage

    def write(self, vals):
        if self._lifecycle_field in vals:
            for tickets in self.grouped("company_id").values():
                stage = tickets[:1]._case_stage(vals[self._lifecycle_field])
                moved = {**vals, "stage_id": stage.id} if stage else vals
                super(HelpdeskTicket, tickets).write(dict(moved))
            return True
        cases = self.filtered("is_service_case")
        others = self - cases
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or ())
        if not cases and not stage.case_state:
            result = super().write(vals)
            if "team_id" in vals:
                self._align_case_stage()
            return result
        if stage.case_state and others:
            raise UserError(
                self.env._(
                    "%(stage)s is a step of service cases; %(ticket)s belongs to another team.",
                    stage=stage.name,
                    ticket=others[0].display_name,
                )
            )
        rest = {name: value for name, value in vals.items() if name != "stage_id"}
        if others:
            super(HelpdeskTicket, others).write(dict(vals))
        if rest:
            cases._check_case_write(rest)
            super(HelpdeskTicket, cases).write(rest)
            (cases | others)._align_case_stage()
        if stage:
            settled = cases.filtered(lambda case: case.case_state == stage.case_state)
            moving = settled.filtered(lambda case: case.stage_id != stage)
            super(HelpdeskTicket, moving).write({"stage_id": stage.id})
            (cases - settled)._case_drag(stage)
        return True

    def _check_case_write(self, vals):
        """Refuse what would bend a case after the fact.

        1. The customer's words are fixed once the case is recorded.
        2. A recorded case changes its department by routing only.
        3. Satisfaction is confirmed after the answer, not before.
        4. A recorded complaint stays one, unless a hotline manager says otherwise.
        5. An open case is not put away in the archive.
        6. What the verbs write is written by nobody else.
        7. The hotline keeps the case; the department writes its feedback, no more.
        """
        for case in self:
            recorded = case.case_state != life.DRAFT
            if recorded and vals.get("verbatim", case.verbatim) != case.verbatim:
                raise UserError(
                    self.env._(
                        "The customer's words of %s are recorded and stay as they are.",
                        case.display_name,
                    )
                )
            if recorded and vals.get("team_id", case.team_id.id) != case.team_id.id:
                raise UserError(
                    self.env._("Use Route to hand %s to another department.", case.display_name)
                )
            if vals.get("confirmed_satisfied") and case.case_state not in life.ANSWERED:
                raise UserError(
                    self.env._(
                        "Answer the customer of %s first, then ask whether he is satisfied.",
                        case.display_name,
                    )
                )
            if (
                recorded
                and case.is_complaint
                and not vals.get("is_complaint", True)
                and not self._is_hotline_manager()
            ):
                raise UserError(
                    self.env._(
                        "Only a hotline manager says that %s is no complaint after all.",
                        case.display_name,
                    )
                )
            if not vals.get("active", True) and case.case_state not in (life.DRAFT, life.DONE):
                raise UserError(
                    self.env._(
                        "Close %s before you archive it; nobody may lose sight of it.",
                        case.display_name,
                    )
                )
        if self.env.su:
            return
        written = sorted(VERB_FIELDS & vals.keys())
        if written:
            raise UserError(self._verb_fields_message(written))
        if not self._is_hotline() and not (
            vals.keys() <= {"department_feedback"} and all(case.can_give_feedback for case in self)
        ):
            raise AccessError(
                self.env._("A case belongs to the hotline. Your department gives its feedback.")
            )

    def _verb_fields_message(self, names):
        return self.env._(
            "%(fields)s: written by the buttons of the case, not by hand.",
            fields=", ".join(self._fields[name]._description_string(self.env) for name in names),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded_case(self):
        for case in self.filtered("is_service_case"):
            if case.case_state != life.DRAFT or case.is_complaint:
                raise UserError(
                    self.env._("%s is recorded and is answered, not deleted.", case.display_name)
                )

    # === ROLES === #

    @api.model
    def _is_hotline(self):
        """The user himself, not the rights he runs with: ``sudo`` in a public page is no agent."""
        return self.env.uid == SUPERUSER_ID or self.env.user.has_group(
            "service_complaint.group_hotline_user"
        )

    @api.model
    def _is_hotline_manager(self):
        return self.env.uid == SUPERUSER_ID or self.env.user.has_group(
            "service_complaint.group_hotline_manager"
        )

    # === STAGES AND VIEWS === #

    def _case_stage(self, state):
        """The column of ``state``; the branch's own one before the common one."""
        return (
            self.env["helpdesk.ticket.stage"]
            ._case_stages(self.company_id)
            .filtered(lambda stage: stage.case_state == state)
            .sorted(lambda stage: not stage.company_id)[:1]
        )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """All columns on the board of cases, none of them on other teams' boards."""
        if self.env.context.get("service_case"):
            return self.env["helpdesk.ticket.stage"]._case_stages().sudo(self.env.su) | stages
        expanded = super()._read_group_stage_ids(stages, domain)
        return expanded.filtered(lambda stage: not stage.case_state or stage in stages)

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.is_service_case:
            return self.env.ref("service_complaint.helpdesk_ticket_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def _case_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Case"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("service_complaint.helpdesk_ticket_view_form").id, "form")],
            "context": {"service_case": True},
        }

    @api.model
    def _case_list_action(self, domain, cases):
        """The cases of ``domain`` in a list, a single one opened at once."""
        if len(cases) == 1:
            return cases._case_form_action()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_complaint.helpdesk_ticket_action"
        )
        action["domain"] = [("is_service_case", "=", True), *domain]
        action["context"] = {"service_case": True}
        return action

    # === PORTAL === #

    def _portal_attachments(self):
        """What the customer may download: his own files and those sent to him.

        Files of internal notes, and files that the staff filed without sending them, stay in
        the house.
        """
        self.ensure_one()
        sent = self.message_ids.filtered(
            lambda message: not message.is_internal and not message.subtype_id.internal
        ).attachment_ids
        noted = self.message_ids.attachment_ids - sent
        return self.attachment_ids.filtered(
            lambda file: (
                file in sent
                or (file not in noted and (file.create_uid.share or not self.is_service_case))
            )
        )
