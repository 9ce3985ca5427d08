from . import test_credit, test_rating_link, test_rating_vote, test_score
