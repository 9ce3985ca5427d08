"""Gates: what must be true before a verb goes through, and how strictly each kind asks for it.

A gate's code is also the name of the order's method that looks (``_gate_<code>``).
"""

BLOCK = "block"
WARN = "warn"
OFF = "off"

LEVELS = [(BLOCK, "Block"), (WARN, "Warn"), (OFF, "Off")]

# code -> (verb it guards, label)
GATES = {
    "booking_facts": ("book", "Departure time, arrival time, plate and model read back"),
    "booking_vehicle": ("book", "Mileage and last maintenance asked at booking"),
    "custody": ("receive", "Licence and manual taken, or recorded missing"),
    "read_back": ("diagnose", "Every complaint read back to the customer"),
    "read_back_quote": ("quote", "Every complaint read back to the customer (no diagnosis)"),
    "diagnosis": ("quote", "Diagnosis conclusive: a cause on every diagnosed job"),
    "vendor": ("quote", "A supplier for every part that may have to be ordered"),
    "promise": ("agree", "Completion time promised"),
    "payment": ("agree", "Way of payment and invoice data known"),
    "invoice_data": ("agree", "Invoice name and tax number read back"),
    "parts_checked": ("agree", "Every approved part looked up on the shelf"),
    "long_job": ("agree", "Customer told in advance that it takes long"),
    "signature": ("agree", "First approval signed or answered by link"),
    "no_metal": ("wash_done", "No metal objects on the washer, items protected"),
    "checks_settle": ("settle", "Check lists before settlement answered"),
    "invoice_unchanged": ("settle", "Bill's name and address as they were read back"),
    "explained": ("settle", "Charges explained from the settlement form"),
    "settlement_signed": ("settle", "Settlement form signed"),
    "checks_deliver": ("deliver", "Check lists before delivery answered"),
    "paid": ("deliver", "Bill paid, on account, or released by a manager"),
    "custody_returned": ("deliver", "Keys, licence, manual and belongings returned"),
}

SELECTION = [(code, label) for code, (_verb, label) in GATES.items()]

# What an express job must still pass, everything else is off for it.
EXPRESS = ("signature", "custody", "explained", "settlement_signed", "paid", "custody_returned")


def default_level(kind_code, gate):
    """How strictly a kind asks for a gate until somebody says otherwise."""
    return OFF if kind_code == "express" and gate not in EXPRESS else BLOCK


def gates_of(verb):
    """Codes of the gates in front of ``verb``, in the order they are looked at."""
    return [code for code, (guarded, _label) in GATES.items() if guarded == verb]
