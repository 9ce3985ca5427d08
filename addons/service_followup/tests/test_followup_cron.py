from odoo.tests import freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-07 10:00:00")
class TestFollowupCron(FollowupCommon):
    def run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"service_followup.ir_cron_followup_{name}").method_direct_trigger()

    def contact(self, due_to, **values):
        return self.make_followup(due_from="2026-10-01", due_to=due_to, **values)

    def test_closed_windows_are_missed(self):
        past = self.contact("2026-11-06")
        last_day = self.contact("2026-11-07")
        self.run_cron("miss")
        self.assertEqual(past.state, "missed")
        self.assertEqual(last_day.state, "planned")

    def test_missed_counts_on_the_branchs_clock(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        contact = self.contact("2026-11-07")
        with freeze_time("2026-11-07 16:30:00"):
            self.run_cron("miss")
        self.assertEqual(contact.state, "missed")

    def test_missed_contact_can_still_be_called_and_counts_as_late(self):
        contact = self.contact("2026-11-06")
        self.run_cron("miss")
        self.log(contact)
        self.assertEqual((contact.state, contact.timing), ("done", "late"))

    def test_old_contacts_expire(self):
        old = self.contact("2026-11-06", expires_on="2026-11-06")
        young = self.contact("2026-11-06", expires_on="2026-11-07")
        self.run_cron("expire")
        self.assertEqual((old.state, young.state), ("expired", "planned"))

    def test_closed_contacts_are_left_alone(self):
        done = self.contact("2026-11-06", expires_on="2026-11-06")
        done._cancel("Car sold")
        self.run_cron("miss")
        self.run_cron("expire")
        self.assertEqual(done.state, "cancelled")

    def test_a_big_backlog_is_worked_off_in_batches(self):
        contacts = self.env["service.followup"].concat(
            *(self.contact("2026-11-06") for _count in range(5))
        )
        cron = self.env.ref("service_followup.ir_cron_followup_miss")
        cron.code = "model._cron_miss(batch_size=2)"
        self.run_cron("miss")
        self.assertEqual(set(contacts.mapped("state")), {"missed"})
