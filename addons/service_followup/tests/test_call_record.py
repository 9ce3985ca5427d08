from odoo.tests import Form, freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-07 10:00:00")
class TestCallRecord(FollowupCommon):
    """What a call is about and where each thing the customer said is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-11-03 10:00:00"):
            cls.order = cls.make_delivered()
            cls.first = cls.order.followup_ids

    def form(self):
        return Form(
            self.env["service.followup.log"]
            .with_user(self.user_caller)
            .with_context(default_followup_id=self.first.id)
        )

    def test_the_contents_of_a_call_are_there(self):
        """S1-13, S1-14, S1-16: what else is talked about, kept with the call."""
        topics = self.env["service.contact.topic"].search([])
        for name in (
            "Use of the car, opinion of our service",
            "New service needs",
            "Knowledge and precautions",
            "Services we offer",
            "Preferential activities",
            "Consultation",
            "Visit to the customer",
        ):
            self.assertIn(name, topics.mapped("name"))
        call = self.log(self.first, topic_ids=topics.ids)
        self.assertEqual(call.topic_ids, topics)

    def test_needs_wishes_and_complaints_stand_apart(self):
        """S1-21."""
        form = self.form()
        form.result = "answered"
        form.verbatim = "All good, but the radio is loud."
        form.satisfied = "yes"
        form.car_use = "To work and back"
        form.requirement = "Winter tires in November"
        form.wish = "A courtesy car next time"
        form.topic_ids.add(self.topic_use)
        form.save().action_log()
        call = self.first.call_id
        self.assertEqual(call.requirement, "Winter tires in November")
        self.assertEqual(call.wish, "A courtesy car next time")
        self.assertFalse(call.complaint)

    def test_the_caller_has_thanks_and_apology_at_hand(self):
        """S3-101, S3-102: filled in, never a gap."""
        form = self.form()
        self.assertIn(f"Thank you, {self.customer.name}", form.script_thanks)
        self.assertIn(f"sorry, {self.customer.name}", form.script_apology)
        for text in (form.script_thanks, form.script_apology):
            self.assertNotIn("{", text)

    def test_a_file_carries_needs_and_the_next_step(self):
        """S1-07, S1-08."""
        file = self.env["service.customer.file"].search([("partner_id", "=", self.customer.id)])
        file.with_user(self.user_caller).write(
            {"needs": "Two cars, one driver", "next_step": "test"}
        )
        self.assertEqual((file.needs, file.next_step), ("Two cars, one driver", "test"))
        self.assertEqual(
            list(dict(file._fields["next_step"].selection)),
            ["maintenance", "social", "offer", "repair", "test"],
        )
