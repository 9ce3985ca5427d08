"""A server outside test mode says nothing to anybody who did not ask.

Odoo keeps silent in its own tests, so silence is proven here: a real server with its crons, a mail
server that takes everything, and a way out to the web that leads nowhere and keeps count. The day of
``test_journey`` runs on it with a customer who has a telephone and a mail address.
"""

import json
import time

import pytest
import sinks
import test_journey as journey

ADDRESS = "ada.journey@example.com"
# the day, without the refusals' own stations and the month's end
STATIONS = (
    journey.test_receptionist_books_and_the_day_gives_its_hours,
    journey.test_advisor_receives_the_car_with_its_papers,
    journey.test_technician_diagnoses_and_sees_no_price,
    journey.test_advisor_quotes_and_the_customer_gets_his_link,
    journey.test_customer_approves_job_by_job_with_a_signature_and_once,
    journey.test_missing_part_became_a_request_to_its_supplier,
    journey.test_parts_clerk_confirms_a_date_receives_and_issues,
    journey.test_leader_cannot_assign_who_has_no_permit,
    journey.test_technician_clocks_on_pauses_and_off,
    journey.test_four_inspections_are_signed_by_four_people,
    journey.test_cashier_settles_what_was_explained_and_signed,
    journey.test_car_leaves_when_it_is_paid,
    journey.test_first_call_is_due_and_logging_it_plans_the_second,
    journey.test_letter_is_printed_as_pdf_and_registered,
    journey.test_dissatisfied_answer_is_a_case_and_ends_with_the_customers_word,
)


class Ears:
    """What was heard, and whether the crons have all had their turn."""

    def __init__(self, pg, database, mails, calls):
        self.pg, self.database = pg, database
        self.mails, self.calls = mails, calls

    def rows(self, query):
        return [row for row in self.pg.query(self.database, query).splitlines() if row]

    def hold(self):
        """No cron is due by itself: the day must not meet core's scheduler, which gives up on a conflict."""
        self.pg.query(
            self.database,
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' + INTERVAL '1 day'",
        )

    def hurry(self, which="NOT LIKE 'Base: Auto-vacuum%'"):
        """Crons are due now; wait until each has run (the sweeper of old rows has time)."""
        due = f"active AND cron_name {which}"
        began = self.rows("SELECT date_trunc('second', now() AT TIME ZONE 'UTC')::text")[0]
        self.pg.query(
            self.database,
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - INTERVAL '1 minute' "
            f"WHERE {due}",
        )
        self.pg.query("postgres", f"NOTIFY cron_trigger, '{self.database}'")
        deadline = time.monotonic() + 120
        while waiting := self.rows(
            f"SELECT cron_name FROM ir_cron WHERE {due} AND COALESCE(lastcall, '2000-01-01') < '{began}'"
        ):
            assert time.monotonic() < deadline, f"never had their turn: {waiting}"
            time.sleep(1)


@pytest.fixture(scope="module")
def ears(pg, database, server):
    """A demo dealership on a day on which Ada comes, heard from outside."""
    name = database(demo=True)
    with sinks.mail() as mails, sinks.web() as calls:
        proxy = f"http://127.0.0.1:{calls.port}"
        outside = {f"{kind}_proxy": proxy for kind in ("http", "https")}
        outside |= {kind.upper(): value for kind, value in outside.items()}
        outside["no_proxy"] = outside["NO_PROXY"] = "127.0.0.1,localhost"
        options = ("--smtp", "127.0.0.1", "--smtp-port", str(mails.port))
        ears = Ears(pg, name, mails.heard, calls.heard)
        ears.hold()
        with server(
            name, crons=True, allow=journey.REFUSALS, options=options, environment=outside
        ) as running:
            ears.day = journey.Day(running, pg)
            for station in STATIONS:
                station(ears.day)
            # what core would look up at a service of its own, with the customer's address
            ears.day.advisor.make("crm.lead", name="Next car", email_from=ADDRESS)
            ears.hurry()
            yield ears


def test_no_mail_or_text_goes_to_a_customer_by_itself(ears):
    # Odoo's digest goes to the staff, who may switch it off
    staff = set(
        ears.rows(
            "SELECT partner.email FROM res_users JOIN res_partner partner ON partner.id = partner_id "
            "WHERE NOT share"
        )
    )
    assert not {to for receivers, _text in ears.mails for to in receivers} - staff
    assert not ears.rows(
        "SELECT mail.id FROM mail_mail mail JOIN mail_mail_res_partner_rel ON mail_mail_id = mail.id "
        "JOIN res_partner partner ON partner.id = res_partner_id WHERE partner_share"
    )
    assert not ears.rows("SELECT id FROM mail_mail WHERE email_to IS NOT NULL")
    assert not ears.rows("SELECT id FROM sms_sms")
    assert not ears.rows("SELECT id FROM snailmail_letter")


def test_nothing_outside_is_called(ears):
    assert not ears.calls


def test_browser_of_the_administrator_is_not_told_to_call_out(ears):
    admin = ears.day.admin.session
    info = admin.json("/web/session/get_session_info")
    assert not info.get("iap_company_enrich"), json.dumps(info)[:300]


def test_what_was_asked_for_does_arrive(ears):
    """The other half of the proof: these ears do hear."""
    ears.day.say("advisor", "action_send_rating_link")
    ears.hurry("LIKE 'Mail: Email Queue%'")
    [text] = [text for receivers, text in ears.mails if ADDRESS in receivers]
    assert "how did we do" in text


def test_fresh_install_without_demo_data_asks_nobody_either(pg, template):
    assert not pg.query(
        template,
        "SELECT cron_name FROM ir_cron JOIN ir_model_data label ON label.model = 'ir.cron' "
        "AND res_id = ir_cron.id WHERE active AND label.name IN "
        "('ir_cron_module_update_notification', 'ir_cron_lead_enrichment')",
    ).split()
    assert not pg.query(
        template, "SELECT name FROM res_company WHERE iap_enrich_auto_done IS NOT TRUE"
    ).split()
