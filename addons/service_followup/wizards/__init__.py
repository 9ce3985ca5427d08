from . import service_followup_cancel, service_followup_log
