"""States and verbs as a table: the only place that says what may follow what.

Plain Python on purpose: the server guards with it, the tests walk every cell of it,
and a newcomer reads it in a minute.
"""


class Lifecycle:
    """A table of verbs, the states each is allowed from and the states it leads to.

    :param str initial: state of a new record
    :param dict verbs: ``{verb: {from_state: (to_state, ...)}}``; more than one target
        means that the verb's own rule chooses among them
    """

    def __init__(self, initial, verbs):
        self.initial = initial
        self.verbs = {verb: dict(table) for verb, table in verbs.items()}
        states = [initial]
        for table in self.verbs.values():
            for state, targets in table.items():
                states += [state, *targets]
        self.states = tuple(dict.fromkeys(states))

    def allows(self, verb, state):
        """Whether ``verb`` may be said while in ``state``."""
        return state in self.verbs[verb]

    def targets(self, verb, state):
        """States that ``verb`` may lead to from ``state``; empty when it is refused."""
        return self.verbs[verb].get(state, ())

    def sources(self, verb):
        """States from which ``verb`` may be said."""
        return tuple(self.verbs[verb])
