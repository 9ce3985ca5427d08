from . import (
    test_access,
    test_call_script,
    test_contact_plan,
    test_customer_file,
    test_followup_board,
    test_followup_call,
    test_followup_cron,
    test_followup_lifecycle,
    test_followup_planning,
    test_letter,
    test_performance,
    test_setup_data,
)
