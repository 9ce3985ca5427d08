from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import credit
from ..rules.score import ATTITUDE, TECHNICAL

people = st.integers(1, 20)


@tagged("post_install", "-at_install")
class TestCredit(BaseCase):
    """Who is credited with a rating (design 16)."""

    def test_technical_level_goes_by_clocked_hours(self):
        self.assertEqual(
            credit.technical({"ann": 3.0, "bob": 1.0}, ["cid"]),
            {"ann": Decimal("0.750000"), "bob": Decimal("0.250000")},
        )

    def test_nobody_clocked_then_the_assigned_share_equally(self):
        weights = credit.technical({"ann": 0.0}, ["bob", "cid", "dan"])
        self.assertEqual(list(weights), ["bob", "cid", "dan"])
        # the residue of a third is the last one's
        self.assertEqual(
            list(weights.values()),
            [Decimal("0.333333"), Decimal("0.333333"), Decimal("0.333334")],
        )

    def test_attitude_is_the_advisors_where_he_was_alone(self):
        self.assertEqual(credit.attitude("ann", [], 70), {"ann": 1})
        self.assertEqual(credit.attitude("ann", ["ann"], 70), {"ann": 1})

    def test_attitude_is_shared_with_those_who_met_the_customer(self):
        self.assertEqual(
            credit.attitude("ann", ["bob", "cid"], 70),
            {"ann": Decimal("0.7"), "bob": Decimal("0.15"), "cid": Decimal("0.15")},
        )

    def test_attitude_without_an_advisor_is_shared_equally(self):
        self.assertEqual(
            credit.attitude(None, ["bob", "cid"], 70),
            {"bob": Decimal("0.5"), "cid": Decimal("0.5")},
        )

    def test_a_policy_of_a_hundred_leaves_the_others_nothing(self):
        self.assertEqual(credit.attitude("ann", ["bob"], 100), {"ann": 1})

    def test_a_policy_of_zero_leaves_the_advisor_nothing(self):
        self.assertEqual(credit.attitude("ann", ["bob"], 0), {"bob": 1})

    def test_nobody_there_means_no_shares(self):
        self.assertEqual(credit.shares({}, [], None, [], 70), {TECHNICAL: {}, ATTITUDE: {}})

    @settings(max_examples=150, deadline=None, database=None)
    @given(
        st.dictionaries(people, st.floats(0, 100, allow_nan=False), max_size=8),
        st.lists(people, unique=True, max_size=8),
        st.none() | people,
        st.lists(people, unique=True, max_size=8),
        st.integers(0, 10000).map(lambda n: n / 100),
    )
    def test_each_dimension_adds_up_to_one_or_has_nobody(
        self, hours, assigned, advisor, others, percent
    ):
        for weights in credit.shares(hours, assigned, advisor, others, percent).values():
            self.assertIn(sum(weights.values()), (0, 1))
            self.assertEqual(bool(weights), sum(weights.values()) == 1)
