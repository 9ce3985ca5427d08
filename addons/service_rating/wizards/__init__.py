from . import service_performance_month, service_rating_answer
