from . import (
    service_approval_answer,
    service_arrival_answer,
    service_booking,
    service_check_answer,
    service_claim_decision,
    service_clocking_pause,
    service_import,
    service_order_reason,
    service_part_confirm,
    service_part_sale,
    service_reception,
    service_share,
)
