"""The work order's road from the phone call to the customer's drive home."""

from .lifecycle import Lifecycle

DRAFT = "draft"
BOOKED = "booked"
RECEIVED = "received"
DIAGNOSED = "diagnosed"
QUOTED = "quoted"
AGREED = "agreed"
IN_REPAIR = "in_repair"
IN_INSPECTION = "in_inspection"
WASHING = "washing"
READY = "ready"
SETTLED = "settled"
DELIVERED = "delivered"
CANCELLED = "cancelled"

STATES = [
    (DRAFT, "Draft"),
    (BOOKED, "Booked"),
    (RECEIVED, "Received"),
    (DIAGNOSED, "Diagnosed"),
    (QUOTED, "Quoted"),
    (AGREED, "Agreed"),
    (IN_REPAIR, "In Repair"),
    (IN_INSPECTION, "In Inspection"),
    (WASHING, "Washing"),
    (READY, "Ready"),
    (SETTLED, "Settled"),
    (DELIVERED, "Delivered"),
    (CANCELLED, "Cancelled"),
]

# Work has been promised but nothing is invoiced yet.
STOPPABLE = (RECEIVED, DIAGNOSED, QUOTED, AGREED, IN_REPAIR, IN_INSPECTION)
# The car stands in the house.
IN_HOUSE = (*STOPPABLE, WASHING, READY, SETTLED)
# Approved work may wait for a part; a booked order only as a second visit.
AWAITING_PARTS = (BOOKED, AGREED, IN_REPAIR)
OPEN = (DRAFT, BOOKED, *IN_HOUSE)

ORDER = Lifecycle(
    DRAFT,
    {
        "book": {DRAFT: (BOOKED,)},
        # a second visit comes for work that is agreed already
        "receive": {DRAFT: (RECEIVED, AGREED), BOOKED: (RECEIVED, AGREED)},
        "diagnose": {RECEIVED: (DIAGNOSED,)},
        # from ``received`` only where the kind needs no diagnosis
        "quote": {RECEIVED: (QUOTED,), DIAGNOSED: (QUOTED,)},
        "agree": {QUOTED: (AGREED,)},
        "start": {AGREED: (IN_REPAIR,)},
        "finish": {IN_REPAIR: (IN_INSPECTION,)},
        # signs one inspection level; moves on only at the last one
        "pass": {IN_INSPECTION: (IN_INSPECTION, WASHING, READY)},
        "fail": {IN_INSPECTION: (IN_REPAIR,)},
        "wash_done": {WASHING: (READY,)},
        "settle": {READY: (SETTLED,)},
        "deliver": {SETTLED: (DELIVERED,)},
        # ways out
        "revise": {QUOTED: (DIAGNOSED,), AGREED: (DIAGNOSED,)},
        "stop": dict.fromkeys(STOPPABLE, (READY,)),
        # what waits for parts comes back another day; with no work left the car is ready
        "split": {AGREED: (AGREED, READY), IN_REPAIR: (IN_REPAIR, READY)},
        "cancel": {DRAFT: (CANCELLED,), BOOKED: (CANCELLED,)},
        "unsettle": {SETTLED: (READY,)},
        # one step back along the road it came; the last transition says where to
        "undo": {
            BOOKED: (DRAFT,),
            RECEIVED: (DRAFT, BOOKED),
            DIAGNOSED: (RECEIVED,),
            QUOTED: (RECEIVED, DIAGNOSED),
            IN_REPAIR: (AGREED,),
            IN_INSPECTION: (IN_REPAIR,),
            READY: (WASHING,),
        },
    },
)
