from odoo import fields, models
from odoo.tools import SQL


class IrSequence(models.Model):
    """The first two orders of a year, taken at the same moment, both get their number."""

    _inherit = "ir.sequence"

    def _create_date_range_seq(self, date):
        """Write the sequence's own row first: who comes second is tried again by Odoo.

        Without it both would make the year's range, and the second would be told about a
        "same date range" he knows nothing of.
        """
        # raw SQL: nothing changes but the row's stamp, and no other write may hang on it
        self.env.cr.execute(
            SQL(
                "UPDATE ir_sequence SET write_date = %s WHERE id = %s",
                fields.Datetime.now(),
                self.id,
            )
        )
        return super()._create_date_range_seq(date)
