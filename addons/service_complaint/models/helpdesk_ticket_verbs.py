from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, plaintext2html

from ..rules import case_lifecycle as life


class HelpdeskTicket(models.Model):
    """The verbs of a case: who may, what must be there, what is written, who is told."""

    _inherit = "helpdesk.ticket"

    # === BUTTONS === #

    def action_record(self):
        """Customer and problem are written down; the words are fixed from here on (S3-53, S1-69)."""
        self._check_hotline()
        self._lifecycle_check("record")
        for case in self:
            if not (case.verbatim or "").strip():
                raise UserError(self.env._("Write down what the customer of %s said.", case.number))
            if not (case.partner_id or case.partner_name or case.caller_phone):
                raise UserError(
                    self.env._("Write down who called and under which number (%s).", case.number)
                )
        orphans = self.filtered(lambda case: not case.user_id)
        if orphans:
            orphans._lifecycle_move("record", values={"user_id": self.env.uid})
        if self - orphans:
            (self - orphans)._lifecycle_move("record")
        self._announce_complaint()

    def action_direct(self):
        """The hotline knows the solution (S3-54, S3-55)."""
        self._check_hotline()
        self._lifecycle_check("direct")
        self._check_answer_written()
        self._lifecycle_move("direct", values={"is_direct": True})

    def action_route(self):
        """Hand the case to the department of its route; the owner stays (S3-56..S3-60)."""
        self._check_hotline()
        self._lifecycle_check("route")
        for case in self:
            route = case._case_route()
            case._lifecycle_move(
                "route",
                values={
                    **case._prepare_route_values(route),
                    "is_direct": False,
                    "transfer_count": case.transfer_count + 1,
                },
            )
            case._brief_department()

    def action_return(self):
        """The department feeds the hotline back, never the customer (S3-61)."""
        self._check_department()
        self._lifecycle_check("return")
        if len(self) == 1 and not (self.department_feedback or "").strip():
            return self._wizard_action("helpdesk.ticket.feedback", self.env._("Feedback"))
        self._case_return()
        return True

    def action_reply(self):
        """The hotline answers the customer (S3-61, S3-78)."""
        self._check_hotline()
        self._lifecycle_check("reply")
        self._check_answer_written()
        now = fields.Datetime.now()
        for case in self:
            values = {}
            if not case.replied_at:
                hours = (now - case.create_date).total_seconds() / 3600
                values = {"replied_at": now, "hours_to_reply": hours}
            case._lifecycle_move("reply", values=values)
            case._log_words(self.env._("Told to the customer"), case.answer)
            case._settle_activities("mail_activity_type_answer")
            if case.is_complaint:
                case._ask_owner(
                    self.env._("Call the customer back: is he satisfied?"), now + timedelta(days=1)
                )

    def action_call_back(self):
        """Open the callback record (S3-62)."""
        self.ensure_one()
        self._check_hotline()
        self._lifecycle_check("call_back")
        return self._wizard_action("helpdesk.ticket.callback", self.env._("Call Back"))

    def action_close(self):
        """Close what the customer confirmed; a manager is asked for his reason otherwise."""
        self._check_hotline()
        self._lifecycle_check("close")
        if len(self) == 1 and self._close_gap() and self._is_hotline_manager():
            return self._wizard_action(
                "helpdesk.ticket.reason", self.env._("Close Without Confirmation"), verb="close"
            )
        self._case_close()
        return True

    def action_reopen(self):
        """Not satisfied: the case goes to a department again (S3-67)."""
        self.ensure_one()
        self._check_hotline()
        self._lifecycle_check("reopen")
        return self._wizard_action("helpdesk.ticket.reason", self.env._("Re-Open"), verb="reopen")

    def assign_to_me(self):
        """A case is owned by an agent, whatever department has it."""
        cases = self.filtered("is_service_case")
        if not cases:
            return super().assign_to_me()
        cases._check_hotline()
        cases.write({"user_id": self.env.uid})
        return True

    # === RULES BEHIND THE BUTTONS === #

    def _case_return(self, feedback=None):
        self._check_department()
        self._lifecycle_check("return")
        for case in self:
            text = (feedback or case.department_feedback or "").strip()
            if not text:
                raise UserError(
                    self.env._(
                        "Write what your department found out about %s first.", case.display_name
                    )
                )
            # sudo: the department reads the case and answers it, the hotline owns it
            case = case.sudo()
            case._lifecycle_move("return", values={"department_feedback": text})
            case._log_words(self.env._("Feedback of %s", case.team_id.name), text)
            case._settle_activities("mail_activity_type_department")
            case._ask_owner(self.env._("Answer the customer"), fields.Datetime.now())

    def _case_call_back(self, words, satisfied, result="answered", duration=0):
        """Log the call; only a conversation moves the case.

        :param str words: the customer's own words
        :param bool satisfied: what he said when asked
        :return: the logged call
        """
        self.ensure_one()
        self._check_hotline()
        self._lifecycle_check("call_back")
        reached = result == "answered"
        if reached and not (words or "").strip():
            raise UserError(self.env._("Write down what the customer said, in his own words."))
        values = {"result": result, "duration": duration}
        if reached:
            values["satisfied"] = "yes" if satisfied else "no"
        call = self._log_call("out", "case", words, **values)
        if reached:
            self._settle_activities("mail_activity_type_answer")
            self._lifecycle_move("call_back", values={"confirmed_satisfied": satisfied})
        return call

    def _close_gap(self):
        """Why this case cannot be closed on the customer's word yet, or False."""
        self.ensure_one()
        if self.is_complaint and self.case_state != life.CALLED_BACK:
            return self.env._(
                "%s is a complaint: call the customer back and ask whether he is satisfied.",
                self.display_name,
            )
        if not self.confirmed_satisfied:
            return self.env._(
                "The customer of %s has not confirmed that he is satisfied. Ask him, or re-open the "
                "case.",
                self.display_name,
            )
        return False

    def _case_close(self, reason=None):
        """S3-78, S3-80, S1-79: answered, and confirmed by the customer or by a manager's reason."""
        self._check_hotline()
        self._lifecycle_check("close")
        reason = (reason or "").strip()
        for case in self:
            gap = case._close_gap()
            if gap and not reason:
                raise UserError(gap)
            if gap and not self._is_hotline_manager():
                raise AccessError(
                    self.env._("Only a hotline manager closes a case without the customer's word.")
                )
            case._lifecycle_move("close", values={"closed_reason": gap and reason})
            case._settle_activities(
                "mail_activity_type_answer",
                "mail_activity_type_department",
                "mail_activity_type_complaint",
            )

    def _case_reopen(self, reason):
        self._check_hotline()
        self._lifecycle_check("reopen")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write down why the case is opened again."))
        for case in self:
            route = case._case_route()
            case._lifecycle_move(
                "reopen",
                values={
                    **case._prepare_route_values(route),
                    "confirmed_satisfied": False,
                    "department_feedback": False,
                    "answer": False,
                    "is_direct": False,
                    "closed_reason": False,
                    "closed_date": False,
                    "reopen_count": case.reopen_count + 1,
                },
            )
            case._log_words(self.env._("Opened again"), reason)
            case._settle_activities("mail_activity_type_answer")
            case._brief_department(reason)

    def _case_drag(self, stage):
        """Dragging a card says the verb between the two columns, or is refused with a sentence."""
        for case in self:
            verb = stage.case_state and life.verb_between(case.case_state, stage.case_state)
            if verb == "call_back":
                raise UserError(
                    self.env._(
                        "Use Call Back on %s and write down what the customer says.",
                        case.display_name,
                    )
                )
            if verb == "reopen":
                raise UserError(
                    self.env._("Use Re-Open on %s and write down why.", case.display_name)
                )
            if not verb:
                raise UserError(
                    self.env._(
                        "%(case)s is at %(step)s and cannot go straight to %(stage)s.",
                        case=case.display_name,
                        step=case._lifecycle_label(case.case_state),
                        stage=stage.name,
                    )
                )
            case._drag_verbs()[verb]()

    def _drag_verbs(self):
        return {
            "record": self.action_record,
            "direct": self.action_direct,
            "route": self.action_route,
            "return": self._case_return,
            "reply": self.action_reply,
            "close": self._case_close,
        }

    # === OPENING === #

    @api.model
    def _open_from_call(self, call):
        """The complaint behind a call, opened once (S3-97).

        :param call: ``service.call`` in which the customer was not satisfied
        """
        # sudo: the caller of the follow-up has no rights on the hotline's cases
        Ticket = self.sudo().with_context(active_test=False)
        existing = Ticket.search([("call_id", "=", call.id)], limit=1)
        if existing:
            return existing
        order = call.sudo().order_id
        company = order.company_id or call.company_id
        hotline = self.env["helpdesk.ticket.team"]._hotline(company)
        case = Ticket.create(
            {
                "name": self.env._(
                    "Not satisfied: %s", order.display_name or call.partner_id.display_name
                ),
                "team_id": hotline.id,
                "user_id": hotline._leader(company).id,
                "company_id": company.id,
                "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone").id,
                "partner_id": call.partner_id.id,
                "partner_name": call.partner_id.name,
                "partner_email": call.partner_id.email,
                "caller_phone": call.phone,
                "order_id": order.id,
                "call_id": call.id,
                "is_complaint": True,
                "verbatim": call.verbatim or call.sudo().complaint,
            }
        )
        call.sudo().ticket_id = case
        case._announce_complaint()
        return case

    def _log_call(self, direction, purpose, words, **values):
        """Register a call of this case.

        :param dict values: further values of the ``service.call``; answered unless said otherwise
        """
        self.ensure_one()
        # sudo: the call log belongs to the counter, the hotline adds its own calls to it
        return (
            self.env["service.call"]
            .sudo()
            .create(
                {
                    "partner_id": self.partner_id.id,
                    "phone": self.caller_phone,
                    "direction": direction,
                    "purpose": purpose,
                    "result": "answered",
                    "verbatim": words,
                    "order_id": self.order_id.id,
                    "ticket_id": self.id,
                    "company_id": self.company_id.id,
                    "employee_id": self.env.user.sudo().employee_id.id,
                    **values,
                }
            )
        )

    # === GUARDS === #

    def _check_cases(self):
        self.check_access("read")
        for ticket in self:
            if not ticket.is_service_case:
                raise UserError(
                    self.env._(
                        "%s belongs to a team that does not work on service cases.",
                        ticket.display_name,
                    )
                )

    def _check_hotline(self):
        self._check_cases()
        if not self._is_hotline():
            raise AccessError(
                self.env._("Only the hotline moves a case; your department gives its feedback.")
            )

    def _check_department(self):
        self._check_cases()
        for case in self:
            if not self._is_hotline() and self.env.user not in case.team_id.user_ids:
                raise AccessError(
                    self.env._(
                        "%(case)s is with %(team)s; only its people give the feedback.",
                        case=case.display_name,
                        team=case.team_id.name,
                    )
                )

    def _check_answer_written(self):
        for case in self:
            if not (case.answer or "").strip():
                raise UserError(
                    self.env._("Write what the customer of %s is told first.", case.display_name)
                )

    def _case_route(self):
        self.ensure_one()
        if not self.problem_type:
            raise UserError(
                self.env._(
                    "Choose the type of problem of %s, it decides who gets the case.",
                    self.display_name,
                )
            )
        if not self.route_id:
            raise UserError(
                self.env._(
                    "No department takes this type of problem. A hotline manager adds a route under "
                    "Configuration / Case Routes."
                )
            )
        return self.route_id

    def _prepare_route_values(self, route):
        return {
            "team_id": route.team_id.id,
            "answer_due": route._answer_due(self.company_id),
        }

    # === WHO IS TOLD === #

    def _announce_complaint(self):
        """Tell the leader and the advisor of a complaint, in writing and at once (S1-68, S1-78)."""
        for case in self.filtered("is_complaint").sudo():
            if case.announced_at:
                continue
            leader = self.env["helpdesk.ticket.team"]._hotline(case.company_id)
            leader = leader._leader(case.company_id)
            people = (leader | case.order_id.advisor_id).filtered(lambda user: not user.share)
            case._tell(
                people,
                self.env._("Complaint of %s", case.partner_id.name or case.partner_name or "?"),
                case.verbatim,
            )
            if leader:
                case._schedule(
                    "mail_activity_type_complaint",
                    leader,
                    self.env._("Complaint received"),
                    fields.Datetime.now(),
                )
            case.write({"announced_at": fields.Datetime.now()})

    def _brief_department(self, reason=None):
        """Hand over in writing, with a date to answer by (S1-72, S1-78)."""
        for case in self.sudo():
            team = case.team_id
            case._settle_activities("mail_activity_type_department")
            case._tell(
                team._people(case.company_id),
                self.env._(
                    "For %(team)s, answer the hotline by %(due)s",
                    team=team.name,
                    due=format_datetime(self.env, case.answer_due, dt_format="short"),
                ),
                reason or case.verbatim,
            )
            responsible = team._leader(case.company_id)
            if responsible:
                case._schedule(
                    "mail_activity_type_department",
                    responsible,
                    self.env._("Feed the hotline back"),
                    case.answer_due,
                )

    def _ask_owner(self, summary, due):
        for case in self.sudo():
            hotline = self.env["helpdesk.ticket.team"]._hotline(case.company_id)
            owner = case.user_id or hotline._leader(case.company_id)
            if owner:
                case._schedule("mail_activity_type_answer", owner, summary, due)

    def _schedule(self, activity_type, user, summary, due):
        """An activity without core's mail about it: the note beside it has told everything."""
        self.ensure_one()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            f"service_complaint.{activity_type}",
            date_deadline=fields.Datetime.context_timestamp(self.with_user(user), due).date(),
            summary=summary,
            user_id=user.id,
        )

    def _settle_activities(self, *activity_types):
        # sudo: whoever did the work takes it off the lists of those who were asked to
        self.sudo().activity_unlink([f"service_complaint.{name}" for name in activity_types])

    def _tell(self, users, title, words):
        """A note in the case, sent to colleagues and to nobody else."""
        self.ensure_one()
        self.message_post(
            body=Markup("<b>%s</b>%s") % (title, plaintext2html(words or "")),
            subtype_xmlid="mail.mt_note",
            partner_ids=users.partner_id.ids,
        )

    def _log_words(self, title, words):
        for case in self:
            case._tell(self.env["res.users"], title, words)

    def message_post(self, **kwargs):
        """Only the hotline writes to the customer of a case (S3-61)."""
        author = self.env.user
        if (
            (kwargs.get("subtype_xmlid") == "mail.mt_comment")
            or kwargs.get("subtype_id") == self.env.ref("mail.mt_comment").id
        ) and author._is_internal():
            for case in self:
                # sudo: a follower who may only post is asked the same question
                if case.sudo().is_service_case and not case._is_hotline():
                    raise UserError(
                        self.env._(
                            "The hotline answers the customer. Log a note, or give your department's "
                            "feedback."
                        )
                    )
        return super().message_post(**kwargs)

    def _wizard_action(self, model, title, **defaults):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                **{f"default_{name}": value for name, value in defaults.items()},
            },
        }
