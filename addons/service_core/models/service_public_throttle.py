from datetime import timedelta

from odoo import api, fields, models

# scope -> (requests, seconds); what is not named here gets the default
LIMITS = {
    "book": (10, 3600),
    "approve": (20, 3600),
    "rate": (20, 3600),
    "rate_find": (10, 3600),
    "rate_visit": (5, 3600),
    "rate_send": (3, 3600),
}
DEFAULT_LIMIT = (60, 60)
KEEP_HOURS = 24


class ServicePublicThrottle(models.Model):
    """Counts what comes from one address to one public page. Holds no address, only its hash."""

    _name = "service.public.throttle"
    _description = "Public Page Throttle"
    _order = "at desc"
    _rec_name = "scope"
    _log_access = False

    scope = fields.Char(required=True, readonly=True)
    origin_hash = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)

    _window_idx = models.Index("(scope, origin_hash, at)")
    _age_idx = models.Index("(at)")

    @api.model
    def _hit(self, scope, origin_hash):
        """Count one request.

        :return: True when ``origin_hash`` has used up its requests for ``scope``; a request over
            the limit is not counted, so whoever waits gets in again
        """
        limit, seconds = LIMITS.get(scope, DEFAULT_LIMIT)
        now = fields.Datetime.now()
        # sudo: the public user counts, nobody reads
        log = self.sudo()
        seen = log.search_count(
            [
                ("scope", "=", scope),
                ("origin_hash", "=", origin_hash),
                ("at", ">", now - timedelta(seconds=seconds)),
            ],
            limit=limit,
        )
        if seen >= limit:
            return True
        log.create({"scope": scope, "origin_hash": origin_hash, "at": now})
        return False

    @api.autovacuum
    def _gc_old_hits(self):
        old = fields.Datetime.now() - timedelta(hours=KEEP_HOURS)
        hits = self.sudo().search([("at", "<", old)], limit=10000)  # sudo: nobody reads the log
        hits.unlink()
        return len(hits), len(hits) == 10000
