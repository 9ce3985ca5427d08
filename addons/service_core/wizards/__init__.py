from . import service_approval_answer
from . import service_clocking_pause
from . import service_order_reason
from . import service_part_confirm
