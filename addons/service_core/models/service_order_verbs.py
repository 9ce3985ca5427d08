from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .sale_order import SERVICE_KEY
from .service_order_job import APPROVAL_KEY

# Who may say a verb; a manager may say all of them.
VERB_ROLES = {
    "book": ("receptionist",),
    "receive": ("receptionist",),
    "diagnose": ("advisor", "technician", "team_leader"),
    "quote": ("advisor",),
    "agree": ("advisor",),
    "start": ("technician", "team_leader", "advisor"),
    "finish": ("technician", "team_leader"),
    "pass": ("technician", "team_leader", "inspector", "advisor"),
    "fail": ("team_leader", "inspector", "advisor"),
    "wash_done": ("receptionist", "team_leader"),
    "settle": ("cashier",),
    "deliver": ("advisor",),
    "revise": ("advisor",),
    "stop": ("advisor",),
    "split": ("advisor",),
    "cancel": ("receptionist",),
    "unsettle": ("manager",),
    "undo": ("receptionist", "team_leader"),
}


class ServiceOrder(models.Model):
    """The verbs: guard, change, log, announce.

    ``action_x`` is the button and the RPC entry; it works on many records, in documents its
    user may not touch by ``sudo`` after its own guard.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    # === GUARD === #

    def _begin(self, verb, gates=True):
        """Guard of a verb: the branch, the role, the row lock, the table, the gates.

        :returns: the same orders, as superuser under the same user id
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(
            ",".join(
                f"service_core.group_service_{role}" for role in (*VERB_ROLES[verb], "manager")
            )
        ):
            raise AccessError(
                self.env._('Your role does not include "%s".', verb.replace("_", " "))
            )
        self._lock()
        self._lifecycle_check(verb)
        # sudo: the verb acts in documents its user may not touch; the guard is above
        orders = self.sudo()
        if gates:
            orders._check_gates(verb)
        return orders

    def _lock(self):
        """Serialize verbs on the same order: the second waits and then meets the new state.

        A plain ``FOR UPDATE`` on purpose: it waits where ``lock_for_update`` gives up, and when
        the row has changed meanwhile PostgreSQL makes Odoo retry on a fresh snapshot.
        """
        if self.ids:
            self.flush_recordset()
            # raw SQL: the ORM knows no waiting lock
            self.env.cr.execute(
                "SELECT id FROM service_order WHERE id IN %s ORDER BY id FOR UPDATE",
                [tuple(self.ids)],
            )

    def _ask_reason(self, verb):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": dict(
                self.env["service.order.reason"]._fields["verb"]._description_selection(self.env)
            )[verb],
            "res_model": "service.order.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "default_verb": verb},
        }

    # === BOOKING AND RECEPTION === #

    def action_book(self):
        """The appointment is agreed and its hours are taken out of the day (S0-43)."""
        orders = self._begin("book")
        # one read: the branch's clock is asked first, who is to be told of the booking last
        (orders.company_id.partner_id | orders.contact_id).mapped("tz")
        for order in orders:
            if not order.planned_start:
                raise UserError(self.env._("%s: choose a reception time.", order.display_name))
        self.env["service.capacity"].sudo()._take(orders)
        orders._ensure_token()
        orders._lifecycle_move("book")
        return True

    def action_receive(self):
        """The car is in the house: customer, car, odometer and papers are known (S4-39)."""
        orders = self._begin("receive")
        for order in orders:
            missing = [
                order._fields[name]._description_string(self.env)
                for name in ("vehicle_id", "partner_id", "contact_phone", "odometer")
                if not order[name]
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(order)s: still to fill in: %(fields)s.",
                        order=order.display_name,
                        fields=", ".join(missing),
                    )
                )
            if not order.job_ids:
                raise UserError(
                    self.env._(
                        "%s: write down what the customer wants, in his words.",
                        order.display_name,
                    )
                )
            order.vehicle_id._log_odometer(order.odometer, order)
        if self.env.user.has_group("service_core.group_service_advisor"):
            # who took the car in speaks for it until somebody else is named
            orders.filtered(lambda order: not order.advisor_id).advisor_id = self.env.user
        agreed = orders.filtered(lambda order: order._is_agreed_visit())
        agreed._check_gates("agree")
        orders._ensure_token()
        orders._lifecycle_move(
            "receive",
            to_state={
                order.id: life.AGREED if order in agreed else life.RECEIVED for order in orders
            },
        )
        return True

    def action_diagnose(self):
        """The diagnosis is finished (S0-65)."""
        self._begin("diagnose")._lifecycle_move("diagnose")
        return True

    # === ESTIMATE AND AGREEMENT === #

    def action_quote(self):
        """The estimate goes to every payer as one round of approval each (S0-69)."""
        orders = self._begin("quote", gates=False)
        for order in orders:
            if order.state == life.RECEIVED and order.kind_id._wants_diagnosis():
                raise UserError(self.env._("%s: finish the diagnosis first.", order.display_name))
        orders._check_gates("quote")
        orders._ensure_token()
        orders._ask_rounds()
        orders._lifecycle_move("quote")
        return True

    def action_ask(self):
        """Work found in repair: a new round of approval, the state stays (S2-62)."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors ask the customer."))
        self._lock()
        for order in self:
            if order.state not in (life.AGREED, life.IN_REPAIR):
                raise UserError(
                    self.env._(
                        "%s: additional work is asked for while the order is agreed or in repair.",
                        order.display_name,
                    )
                )
        # sudo: rounds are closed to everybody's write
        orders = self.sudo()
        orders._check_gates("quote")
        orders._ask_rounds()
        return True

    def action_record_answer(self):
        """Open the form for the answer that is awaited, the customer's first."""
        self.ensure_one()
        asked = self.approval_ids.filtered(lambda a: a.state == "asked")
        if not asked:
            raise UserError(self.env._("%s: nobody is being asked.", self.display_name))
        return asked.sorted(lambda a: a.payer != "customer")[0].action_answer()

    def _ask_rounds(self):
        """One open round per payer over his pending jobs; internal work answers itself."""
        rounds = self.env["service.approval"].create(
            [vals for order in self for vals in order._prepare_rounds()]
        )
        for approval in rounds.filtered(lambda a: a.payer == "internal"):
            approval._answer(
                dict.fromkeys(approval.job_ids.ids, "approved"),
                "in_person",
                self.env.user.name,
            )
        return rounds

    def _prepare_rounds(self):
        """Values of this order's next rounds, one per payer.

        :raises UserError: a sentence for what cannot be asked yet
        """
        self.ensure_one()
        asked = self.approval_ids.filtered(lambda a: a.state == "asked")
        pending = self.job_ids.filtered(lambda job: job.approval == "pending") - asked.job_ids
        lines = self.line_ids.filtered(lambda line: line.job_id in pending)
        priced = pending & lines.job_id
        if not priced:
            raise UserError(self.env._("%s: there is no priced job to ask for.", self.display_name))
        empty = pending - priced
        if empty:
            raise UserError(
                self.env._(
                    '%(order)s: "%(job)s" has neither labour nor parts.',
                    order=self.display_name,
                    job=empty[0].name,
                )
            )
        nameless = lines.filtered(lambda line: not line.payer_id)
        if nameless:
            raise UserError(
                self.env._(
                    '%(order)s: say who pays for "%(line)s".',
                    order=self.display_name,
                    line=nameless[0].name,
                )
            )
        twice = asked.filtered(
            lambda a: (
                (a.payer, a.payer_id) in lines.grouped(lambda line: (line.payer, line.payer_id))
            )
        )
        if twice:
            raise UserError(
                self.env._(
                    "%(order)s: %(payer)s is already being asked. Wait for the answer or take the "
                    "question back, then ask for everything at once.",
                    order=self.display_name,
                    payer=twice[0].payer_id.display_name,
                )
            )
        return [
            {
                "order_id": self.id,
                "payer": payer,
                "payer_id": partner.id,
                "job_ids": [fields.Command.set(group.job_id.ids)],
                "amount_total": group._total_with_tax(),
            }
            for (payer, partner), group in lines.grouped(
                lambda line: (line.payer, line.payer_id)
            ).items()
        ]

    def _answered(self):
        """After an answer: go on by itself where nothing is left to ask (called as superuser)."""
        self.ensure_one()
        if self.approval_ids.filtered(lambda a: a.state == "asked"):
            return
        if not self.job_ids.filtered(lambda job: job.approval == "approved"):
            if self.advisor_id:
                self.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=self.advisor_id.id,
                    summary=self.env._("Estimate refused"),
                    note=self.env._("Nothing was approved: talk to the customer, revise or stop."),
                )
            return
        if not self.env.user._is_internal():
            # nobody is there to press the button; what is still missing waits for the advisor
            try:
                with self.env.cr.savepoint():
                    self._agree()
            except UserError as error:
                if self.advisor_id:
                    self.activity_schedule(
                        "mail.mail_activity_data_todo",
                        user_id=self.advisor_id.id,
                        summary=self.env._("Estimate approved, not yet agreed"),
                        note=str(error),
                    )

    def action_agree(self):
        """What was approved becomes one sale order per payer; missing parts are ordered."""
        self._begin("agree", gates=False)._agree()
        return True

    def _agree(self):
        """Rule of :meth:`action_agree`, also reached by the customer's own answer."""
        # one read for all orders of what is asked for order by order below
        self.job_ids.line_ids.mapped("tax_ids")
        for order in self:
            asked = order.approval_ids.filtered(lambda a: a.state == "asked")
            if asked:
                raise UserError(
                    self.env._(
                        "%(order)s: %(payer)s has not answered yet.",
                        order=order.display_name,
                        payer=asked[0].payer_id.display_name,
                    )
                )
            if not order.job_ids.filtered(lambda job: job.approval == "approved"):
                raise UserError(
                    self.env._(
                        "%s: nothing was approved. Revise the estimate or stop the order.",
                        order.display_name,
                    )
                )
        self._check_gates("agree")
        self.approval_ids._make_sale_orders()
        self._lifecycle_move("agree")

    def action_revise(self):
        """The estimate changes: everything asked or approved is void (design: approval)."""
        orders = self._begin("revise")
        seen = self.env.context.get("service_seen")
        for order in orders:
            # the customer may have answered while the advisor looked at the form
            if seen and seen != [order.state, order.waiting_for]:
                raise UserError(
                    self.env._(
                        "%s has moved on, the customer may have just answered: look again before "
                        "revising.",
                        order.display_name,
                    )
                )
            if order.line_ids.sale_line_id.filtered("qty_delivered"):
                raise UserError(
                    self.env._(
                        "%s: parts are already issued. Return them first, or add work and ask "
                        "for it.",
                        order.display_name,
                    )
                )
        lines = orders.line_ids
        lines.sale_line_id.order_id.with_context(service_key=SERVICE_KEY)._action_cancel()
        lines.with_context(service_approval_key=APPROVAL_KEY).sale_line_id = False
        orders.job_ids.with_context(service_approval_key=APPROVAL_KEY).approval = "pending"
        orders.approval_ids._void()
        orders._lifecycle_move("revise")
        return True

    # === WORKSHOP === #

    def action_start(self):
        """The car enters the workshop."""
        self._begin("start")._lifecycle_move("start")
        return True

    def action_finish(self):
        """The last job is done; running clockings are closed (S4-47)."""
        orders = self._begin("finish")
        for order in orders:
            waiting = order.approval_ids.filtered(lambda a: a.state == "asked")
            if waiting:
                raise UserError(
                    self.env._(
                        "%s: additional work still waits for its answer.", order.display_name
                    )
                )
            if order.waiting_for == "parts":
                raise UserError(
                    self.env._("%s: approved parts are still missing.", order.display_name)
                )
        orders._close_clockings()
        orders._lifecycle_move("finish")
        return True

    def _close_clockings(self):
        self.clocking_ids._close_open()

    def action_pass(self):
        """Sign the next inspection level; the last one releases the car (S0-94)."""
        orders = self._begin("pass")
        targets = {}
        for order in orders:
            level = order._next_level()
            if level:
                order._sign_inspection(level, "pass")
            if order._next_level():
                targets[order.id] = life.IN_INSPECTION
            else:
                order._deliver_labour()
                targets[order.id] = life.WASHING if order.wash_accepted else life.READY
        orders._lifecycle_move("pass", to_state=targets)
        return True

    def _next_level(self):
        """The next inspection level to sign since the order last came from the workshop."""
        self.ensure_one()
        done = self._current_inspections().mapped("level")
        return next(
            (level for level in self.kind_id._inspection_levels() if level not in done), False
        )

    def _current_inspections(self):
        """Passed inspections after the last failure: a comeback to the workshop starts anew."""
        self.ensure_one()
        inspections = self.inspection_ids.sorted("id")
        failed = inspections.filtered(lambda i: i.result == "fail")[-1:]
        return inspections.filtered(
            lambda i: i.result == "pass" and (not failed or i.id > failed.id)
        )

    def _sign_inspection(self, level, result, cause=False):
        """One signature of the current user, who holds the level's role (S0-94).

        A failure may be found by anybody who may say it, whatever level is next. That nobody signs the third inspection of his own repair is the inspection's own rule.
        """
        self.ensure_one()
        if result == "pass" and not self.env.user.has_groups(
            f"service_core.group_service_{level},service_core.group_service_manager"
        ):
            labels = dict(
                self.env["service.inspection"]._fields["level"]._description_selection(self.env)
            )
            raise AccessError(
                self.env._('Inspection "%s" is signed by somebody of that role.', labels[level])
            )
        self.inspection_ids = [
            fields.Command.create(
                {
                    "level": level,
                    "result": result,
                    "cause": cause,
                    "inspector_id": self.env.uid,
                }
            )
        ]

    def action_fail(self):
        """Open the form in which the inspector writes the causes of a failed inspection."""
        return self._ask_reason("fail")

    def _fail(self, cause):
        """The car goes back to the workshop with a failure report (S0-98)."""
        if not (cause or "").strip():
            raise UserError(self.env._("Write down what failed and why."))
        orders = self._begin("fail")
        for order in orders:
            level = order._next_level() or order.kind_id._inspection_levels()[-1]
            order._sign_inspection(level, "fail", cause.strip())
        orders._lifecycle_move("fail")
        return True

    def action_wash_done(self):
        """The car is clean and parked nose to the exit (S0-104)."""
        self._begin("wash_done")._lifecycle_move("wash_done")
        return True

    # === WAYS OUT === #

    def action_cancel(self):
        """Open the form that asks why; nothing has been received yet."""
        return self._ask_reason("cancel")

    def _cancel(self, reason, no_show=False):
        """The visit does not take place; its hours go back to the day."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the visit is cancelled."))
        orders = self._begin("cancel")
        self.env["service.capacity"].sudo()._give_back(
            orders.filtered(lambda order: order.state == life.BOOKED)
        )
        orders._lifecycle_move(
            "cancel", values={"closed_reason": reason.strip(), "no_show": no_show}
        )
        return True

    def action_stop(self):
        """Open the form that asks why and what becomes of the open jobs."""
        return self._ask_reason("stop")

    def _stop(self, reason, disposition="declined"):
        """Refused estimate or stopped mid-way: only what was done and issued is billed.

        1. Clockings close. 2. Open jobs become declined or deferred. 3. Approved jobs bill the
        hours worked, at most the standard ones. 4. Unissued parts are released, their
        purchases flagged. 5. Open questions are void.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the order is stopped."))
        if disposition not in ("declined", "deferred"):
            raise UserError(self.env._("Open jobs are either declined or deferred."))
        orders = self._begin("stop")
        orders._close_clockings()
        orders.job_ids.filtered(lambda job: job.approval == "pending").with_context(
            service_approval_key=APPROVAL_KEY
        ).write({"approval": disposition})
        done = orders.filtered(lambda order: order.state == life.IN_INSPECTION)
        done._deliver_labour()
        (orders - done)._deliver_labour(worked_only=True)
        orders.line_ids._release_unissued()
        orders.approval_ids.filtered(lambda a: a.state == "asked")._void()
        orders._lifecycle_move("stop", values={"closed_reason": reason.strip(), "is_stopped": True})
        return True

    def action_undo(self):
        """One step back while no signature, issue or invoice hangs on it."""
        orders = self._begin("undo")
        targets = {}
        for order in orders:
            last = order._last_transition()
            back = last.from_state
            if (
                last.to_state != order.state
                or back not in life.ORDER.targets("undo", order.state)
                or last.verb in ("undo", "fail", "stop", "split", "revise", "unsettle")
            ):
                raise UserError(
                    self.env._("%s: the last step cannot be undone.", order.display_name)
                )
            order._check_undo()
            targets[order.id] = back
            if order.state == life.RECEIVED and back == life.BOOKED:
                order._release_reception()
            if order.state == life.QUOTED:
                # what the house had answered to itself is asked anew as well
                order.job_ids.with_context(service_approval_key=APPROVAL_KEY).approval = "pending"
                order.approval_ids._void()
        self.env["service.capacity"].sudo()._give_back(
            orders.filtered(lambda order: order.state == life.BOOKED)
        )
        orders._lifecycle_move("undo", to_state=targets)
        return True

    def _release_reception(self):
        """Hook: reception is taken back; the odometer reading stays as it was read."""

    def _check_undo(self):
        self.ensure_one()
        answered = self.approval_ids.filtered(
            lambda a: a.state == "answered" and a.payer != "internal"
        )
        if self.state == life.QUOTED and answered:
            raise UserError(
                self.env._(
                    "%s: the estimate is already answered. Revise it instead.", self.display_name
                )
            )
        if self.state in (life.RECEIVED, life.IN_REPAIR) and self.clocking_ids:
            raise UserError(
                self.env._("%s: somebody has already clocked on it.", self.display_name)
            )
        if self.state == life.IN_REPAIR and self.line_ids.filtered(
            lambda line: line.sale_line_id.qty_delivered
        ):
            raise UserError(self.env._("%s: parts are already issued.", self.display_name))
        if self.state == life.IN_INSPECTION and self._current_inspections():
            raise UserError(self.env._("%s: an inspection is already signed.", self.display_name))
        if self.state == life.READY and self.settlement_signed_by:
            raise UserError(
                self.env._("%s: the settlement form is already signed.", self.display_name)
            )
