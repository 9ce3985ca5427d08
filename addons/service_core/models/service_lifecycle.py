from odoo import api, models
from odoo.exceptions import UserError

# An object, because a remote caller can send any context key but never this value.
_LIFECYCLE_KEY = object()


class ServiceLifecycle(models.AbstractModel):
    """The only writer of a state.

    A child names its table in ``_lifecycle`` and its field in ``_lifecycle_field``; every
    change of that field goes through :meth:`_lifecycle_move`, is checked against the table
    and leaves one line in ``service.transition``.
    """

    _name = "service.lifecycle"
    _description = "Service Lifecycle"

    _lifecycle = None
    _lifecycle_field = "state"

    @api.model_create_multi
    def create(self, vals_list):
        field = self._lifecycle_field
        if self.env.context.get("service_lifecycle_key") is not _LIFECYCLE_KEY:
            for vals in vals_list:
                if vals.get(field, self._lifecycle.initial) not in (self._lifecycle.initial, False):
                    raise UserError(
                        self.env._(
                            "A new record starts at its first step; use the buttons to move it on."
                        )
                    )
        return super().create(vals_list)

    def write(self, vals):
        if (
            self._lifecycle_field in vals
            and self.env.context.get("service_lifecycle_key") is not _LIFECYCLE_KEY
        ):
            raise UserError(
                self.env._(
                    "The status of %(document)s is moved by its buttons, not written.",
                    document=", ".join(self.mapped("display_name")) or self._description,
                )
            )
        return super().write(vals)

    def _lifecycle_label(self, state):
        """The state's label in the user's language."""
        selection = self._fields[self._lifecycle_field]._description_selection(self.env)
        return dict(selection).get(state, state)

    def _lifecycle_check(self, verb):
        """Raise a sentence for the first record that is not where ``verb`` starts."""
        for record in self:
            state = record[self._lifecycle_field]
            if not self._lifecycle.allows(verb, state):
                raise UserError(
                    self.env._(
                        '%(document)s is %(state)s: "%(verb)s" is possible only while it is '
                        "%(allowed)s.",
                        document=record.display_name,
                        state=record._lifecycle_label(state),
                        verb=verb.replace("_", " "),
                        allowed=" / ".join(
                            record._lifecycle_label(source)
                            for source in self._lifecycle.sources(verb)
                        ),
                    )
                )

    def _lifecycle_move(self, verb, to_state=None, values=None):
        """Check, write, log, announce.

        :param str verb: a verb of the table
        :param to_state: the target where the table leaves a choice; one state for all records,
            or ``{record id: state}``
        :param dict values: further values written with the state
        """
        self._lifecycle_check(verb)
        field = self._lifecycle_field
        from_states = {record.id: record[field] for record in self}
        by_target = {}
        for record in self:
            targets = self._lifecycle.targets(verb, from_states[record.id])
            wanted = to_state.get(record.id) if isinstance(to_state, dict) else to_state
            if wanted is None and len(targets) == 1:
                wanted = targets[0]
            if wanted not in targets:
                raise ValueError(f"{verb} of {self._name} leads to {targets}, not to {wanted}")
            by_target.setdefault(wanted, []).append(record.id)
        for target, ids in by_target.items():
            keyed = self.browse(ids).with_context(service_lifecycle_key=_LIFECYCLE_KEY)
            keyed.write({**(values or {}), field: target})
        # sudo: the log is closed to everybody, the verb itself was guarded above
        self.env["service.transition"].sudo().create(
            [
                {
                    "res_model": self._name,
                    "res_id": record.id,
                    "verb": verb,
                    "from_state": from_states[record.id],
                    "to_state": record[field],
                    "user_id": self.env.uid,
                }
                for record in self
            ]
        )
        self._on_transition(verb, from_states)

    def _on_transition(self, verb, from_states):
        """Hook: ``verb`` has just been carried out on ``self``.

        :param dict from_states: the state each record came from, by record id
        """

    def _last_transition(self):
        """The latest line of this record's log, or an empty recordset."""
        self.ensure_one()
        # sudo: the log may be read by service users only, the rule that asks may run for others
        return (
            self.env["service.transition"]
            .sudo()
            .search(
                [("res_model", "=", self._name), ("res_id", "=", self.id)],
                order="id desc",
                limit=1,
            )
        )
