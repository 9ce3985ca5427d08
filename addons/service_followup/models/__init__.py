from . import (
    res_company,
    res_partner,
    service_call,
    service_call_script,
    service_contact_policy,
    service_contact_topic,
    service_customer_file,
    service_customer_visit,
    service_followup,
    service_letter,
    service_order,
    service_vehicle,
)
