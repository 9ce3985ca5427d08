"""What makes a vote look as if it was not the customer's own; plain Python."""

import ipaddress
import re

CONTACT_CHANGED = "contact_changed"
OWN_NETWORK = "own_network"
STAFF_PHONE = "staff_phone"
SAME_ORIGIN = "same_origin"

FLAGS = [
    (CONTACT_CHANGED, "Phone or mail changed between order and link"),
    (OWN_NETWORK, "Voted from the dealership's own network"),
    (STAFF_PHONE, "The contact's phone is a colleague's"),
    (SAME_ORIGIN, "Many customers voted from one place"),
]

HELD = "held"
COUNTED = "counted"
EXCLUDED = "excluded"
HOLDS = [(HELD, "Held for a Decision"), (COUNTED, "Counts"), (EXCLUDED, "Left Out")]

# So many other customers' votes from one place are no family any more.
SAME_ORIGIN_CUSTOMERS = 3

# Fewer digits than this are no phone number but an extension everybody shares.
PHONE_DIGITS = 7


def networks(text):
    """Networks of a setting such as ``203.0.113.0/24, 2001:db8::/48``.

    :raises ValueError: naming the part that is no network
    """
    return [
        ipaddress.ip_network(part, strict=False)
        for part in re.split(r"[\s,;]+", text or "")
        if part
    ]


def inside(address, text):
    """Whether ``address`` lies in one of the networks of ``text``; what cannot be read does not."""
    try:
        address = ipaddress.ip_address(address)
        known = networks(text)
    except ValueError:
        return False
    return any(address in network for network in known)


def phone_key(number):
    """The digits by which two spellings of one phone number meet, or None."""
    digits = re.sub(r"[^0-9]", "", number or "")
    return digits[-9:] if len(digits) >= PHONE_DIGITS else None


def last_digits(number, count=4):
    """The last digits a customer proves himself by, or None where there is no phone number."""
    key = phone_key(number)
    return key and key[-count:]
