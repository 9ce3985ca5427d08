from . import (
    hr_payslip_employees,
    service_performance_dispute_answer,
    service_performance_dispute_open,
    service_performance_month,
    service_performance_whatif,
    service_permit_withdraw,
    service_rating_hold,
    service_rating_interview,
    service_rating_no_case,
    service_rating_process,
    service_review_ask,
)
