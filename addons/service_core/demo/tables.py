"""What the demo dealership is made of: people, cars, parts, work, and what customers say."""

# login -> (name, role groups, branches: 1 Riverside, 2 Hillside, 0 both). The password is the login.
# Where a login begins; the work orders unless said here.
DESKS = {
    "receptionist": "service_order_action_calendar",
    "technician": "service_assignment_action_mine",
    "leader": "service_assignment_action",
    "parts": "service_part_demand_action",
}

PEOPLE = {
    "receptionist": ("Nora Byrne", ["group_service_receptionist"], 0),
    "advisor": ("Conor Walsh", ["group_service_advisor"], 1),
    "technician": ("Liam Doyle", ["group_service_technician"], 1),
    "leader": ("Aoife Kelly", ["group_service_team_leader"], 1),
    "inspector": ("Declan Burke", ["group_service_inspector"], 1),
    "parts": ("Ciara Nolan", ["group_service_parts"], 0),
    "cashier": ("Maeve Quinn", ["group_service_cashier"], 0),
    "manager": ("Brendan Hayes", ["group_service_manager"], 0),
    "advisor2": ("Sinead Moran", ["group_service_advisor"], 2),
    "technician2": ("Piotr Nowak", ["group_service_technician"], 2),
    "leader2": ("Fergal Dunne", ["group_service_team_leader"], 2),
    "inspector2": ("Oisin Flynn", ["group_service_inspector"], 2),
}

# name, branch, login or None, permit: (from, until) in days from today, until None = no end;
# further certificates of service_core by their XML id
TECHNICIANS = [
    ("Liam Doyle", 1, "technician", (-700, None), ["skill_air_conditioning", "skill_high_voltage"]),
    ("Emma Ryan", 1, None, (-500, 230), ["skill_high_voltage", "skill_restraints"]),
    ("Sean Murphy", 1, None, (-320, 45), ["skill_air_conditioning"]),
    ("Jack Brennan", 1, None, (-760, -30), []),  # has run out
    ("Katie Power", 1, None, None, []),  # apprentice, not yet tested
    ("Piotr Nowak", 2, "technician2", (-640, None), ["skill_air_conditioning"]),
    ("Aidan Casey", 2, None, (-410, 320), ["skill_high_voltage"]),
]

OFFICE = ("receptionist", "advisor", "leader", "inspector", "parts", "cashier", "manager")
OFFICE_2 = ("advisor2", "leader2", "inspector2")

CUSTOMERS = [
    ("Niamh Gallagher", "14 Willow Park", "Dublin"),
    ("Patrick O'Connor", "3 Harbour Road", "Howth"),
    ("Grainne Kavanagh", "27 Elm Grove", "Dublin"),
    ("Michael Sheehan", "8 Church Street", "Swords"),
    ("Roisin Daly", "51 Meadow View", "Lucan"),
    ("Thomas Keane", "2 Mill Lane", "Leixlip"),
    ("Aisling Roche", "19 Seapoint Avenue", "Dublin"),
    ("Daniel Foley", "6 Castle Court", "Malahide"),
    ("Orla Hickey", "33 Station Road", "Maynooth"),
    ("James Tierney", "71 Park Drive", "Dublin"),
    ("Elena Popescu", "12 Canal Walk", "Dublin"),
    ("Mark Cullen", "5 Orchard Close", "Celbridge"),
    ("Deirdre Lynch", "44 Beech Hill", "Dublin"),
    ("Robert Maguire", "9 Bridge Street", "Kilcock"),
    ("Laura Donnelly", "16 Rowan Avenue", "Dublin"),
    ("Wei Zhang", "22 Grange Road", "Dublin"),
    ("Kevin Mulligan", "38 Priory Way", "Navan"),
    ("Sarah Whelan", "1 Market Square", "Trim"),
    ("Paul Fitzgerald", "60 Ashfield", "Dublin"),
    ("Julia Kowalska", "7 Rosewood", "Naas"),
    ("Stephen Barry", "25 Hazel Court", "Bray"),
    ("Catherine Egan", "11 Vevay Road", "Bray"),
    ("Ivan Petrov", "4 Liffey Row", "Dublin"),
    ("Una McCarthy", "29 Cherry Drive", "Dublin"),
    ("Gary Hogan", "13 The Green", "Greystones"),
    ("Fiona Scanlon", "48 Mount Street", "Dublin"),
    ("Eoin Reilly", "2 Glen Road", "Enniskerry"),
    ("Martina Costello", "17 Strand Road", "Dublin"),
    ("David Nugent", "31 Main Street", "Dundrum"),
    ("Hannah Coyle", "20 Larch Hill", "Dublin"),
]

# who brings the other cars: a first name and a family name, never the same pair twice
FIRST_NAMES = (
    *("Aine", "Brian", "Clodagh", "Dermot", "Emer", "Frank", "Gemma", "Hugh", "Imelda", "John"),
    *("Karen", "Leo", "Mairead", "Niall", "Olive", "Peter", "Rachel", "Simon", "Teresa", "Victor"),
)
FAMILY_NAMES = (
    *("Ahern", "Boland", "Carey", "Devlin", "Ennis", "Fallon", "Geraghty", "Healy", "Irwin"),
    *("Jennings", "Kinsella", "Lawlor", "Molloy", "Naughton", "Oakes", "Prendergast", "Quigley"),
    *("Rooney", "Sweetman", "Tobin"),
)
STREETS = ("Abbey Road", "Birch Lane", "Chapel Hill", "Dale View", "Fair Green", "Garden Row")
TOWNS = ("Dublin", "Dublin", "Swords", "Bray", "Naas", "Lucan", "Maynooth", "Malahide")
# besides those that are named below
MORE_CARS = 110

# firm, its driver, street, city
FIRMS = [
    ("Liffey Couriers", "Noel Brady", "Unit 4, Dock Road", "Dublin"),
    ("Meadow Home Care", "Rita Farrell", "18 Abbey Street", "Dublin"),
]

# XML id of the model without its prefix, world manufacturer identifier, descriptor, colour
CARS = [
    ("toyota_corolla", "SB1", "KC3BE", "Silver"),
    ("volkswagen_golf", "WVW", "ZZZAU", "Blue"),
    ("ford_focus", "WF0", "NXXGC", "White"),
    ("hyundai_tucson", "TMA", "J381A", "Grey"),
    ("skoda_octavia", "TMB", "JJ7NE", "Green"),
    ("kia_sportage", "U5Y", "PG81A", "Red"),
    ("toyota_yaris", "VNK", "KL3D3", "White"),
    ("nissan_qashqai", "SJN", "FEAJ1", "Black"),
    ("bmw_3_series", "WBA", "5R110", "Black"),
    ("renault_clio", "VF1", "RJA00", "Orange"),
    ("volkswagen_tiguan", "WVG", "ZZZ5N", "Grey"),
    ("audi_a4", "WAU", "ZZZF4", "Silver"),
    ("peugeot_3008", "VF3", "MRHNY", "Blue"),
    ("toyota_rav4", "JTM", "W23FV", "White"),
    ("hyundai_kona", "KMH", "K281B", "Yellow"),
    ("mercedes_benz_c_class", "WDD", "20501", "Black"),
    ("ford_transit", "WF0", "EXXTT", "White"),
    ("opel_corsa", "W0V", "7D9EL", "Red"),
    ("tesla_model_3", "LRW", "3E7EK", "Pearl White"),
    ("volvo_xc60", "YV1", "UZ88U", "Blue"),
    ("seat_leon", "VSS", "ZZZ5F", "Grey"),
    ("mazda_cx_5", "JMZ", "KFGW6", "Soul Red"),
    ("honda_civic", "SHH", "FK176", "White"),
    ("volkswagen_id_4", "WVG", "ZZZE2", "Blue"),
    ("fiat_500", "ZFA", "31200", "Mint"),
    ("citroen_berlingo", "VF7", "ERYHY", "White"),
    ("kia_ev6", "KNA", "C281D", "Grey"),
    ("skoda_fabia", "TMB", "EN6PJ", "White"),
    ("nissan_leaf", "SJN", "FAAZE", "Silver"),
    ("bmw_x3", "WBA", "TX310", "White"),
    ("toyota_hilux", "AHT", "KB3CD", "Bronze"),
    ("renault_kangoo", "VF1", "RFK00", "White"),
    ("ford_kuga", "WF0", "AXXWP", "Blue"),
    ("audi_q5", "WAU", "ZZZFY", "Grey"),
    ("peugeot_208", "VR3", "UPHNE", "Yellow"),
    ("honda_cr_v", "JHM", "RW683", "Brown"),
    ("volkswagen_passat", "WVW", "ZZZ3C", "Black"),
    ("opel_astra", "W0V", "BD8EK", "Grey"),
    ("hyundai_i20", "NLH", "BN51E", "Red"),
    ("mercedes_benz_vito", "W1V", "44760", "White"),
]

# 1980..2039 repeat every thirty years; no I, O, Q, U, Z, 0
VIN_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"

# code, name, sales price, vendor, pieces in Riverside, pieces in Hillside
PARTS = [
    ("OIL-5W30", "Engine Oil 5W-30, 1 l", 14.0, 0, 900, 320),
    ("FLT-OIL", "Oil Filter", 16.5, 0, 180, 60),
    ("FLT-AIR", "Air Filter", 24.0, 0, 90, 30),
    ("FLT-CAB", "Cabin Filter", 29.0, 0, 130, 40),
    ("PLG-4", "Spark Plugs, set of 4", 58.0, 0, 24, 8),
    ("BRK-PAD-F", "Brake Pads, front", 86.0, 0, 40, 14),
    ("BRK-PAD-R", "Brake Pads, rear", 74.0, 0, 30, 10),
    ("BRK-DSC-F", "Brake Discs, front pair", 168.0, 0, 20, 6),
    ("BRK-FLD", "Brake Fluid, 1 l", 17.0, 0, 70, 20),
    ("BAT-70", "Battery 70 Ah", 149.0, 0, 24, 8),
    ("WIP-SET", "Wiper Blades, pair", 36.0, 0, 40, 15),
    ("TYR-205", "Tyre 205/55 R16", 98.0, 1, 48, 16),
    ("BLB-H7", "Headlight Bulb H7", 12.0, 0, 50, 20),
    ("CLT-5", "Coolant, 5 l", 31.0, 0, 30, 10),
    ("BLT-KIT", "Timing Belt Kit", 235.0, 1, 6, 2),
    ("DMP-R", "Shock Absorber, rear", 112.0, 1, 18, 4),
    ("LNK-STB", "Stabiliser Link", 38.0, 1, 60, 16),
    ("REF-GAS", "Refrigerant R1234yf, 100 g", 34.0, 1, 80, 30),
    ("PMP-WTR", "Water Pump", 128.0, 1, 5, 2),
    ("BMP-F", "Front Bumper, primed", 310.0, 1, 1, 0),
    # not kept on the shelf
    ("RCK-STR", "Steering Rack", 640.0, 1, 0, 0),
    ("TRB-CHG", "Turbocharger", 980.0, 1, 0, 0),
    ("CMP-AC", "Air-conditioning Compressor", 520.0, 1, 0, 0),
    ("WDW-REG", "Window Regulator, front left", 145.0, 1, 0, 0),
    ("ECU-ABS", "ABS Control Unit", 760.0, 1, 0, 0),
    ("CLU-KIT", "Clutch Kit", 395.0, 1, 0, 0),
]

VENDORS = [("Emerald Car Parts", 1), ("Continental Spares", 4)]

# code, name, hours, system, required certificates
OPERATIONS = [
    ("SRV-S", "Small service", 1.0, "service", []),
    ("SRV-L", "Large service", 2.0, "service", []),
    ("OIL", "Oil and filter change", 0.5, "engine", []),
    ("TYR", "Fit and balance two tyres", 0.7, "wheels", []),
    ("BLB", "Replace bulb, set headlights", 0.4, "electrical", []),
    ("WIP", "Replace wiper blades", 0.2, "body", []),
    ("BRK-F", "Replace front brake pads and discs", 1.8, "brakes", []),
    ("BRK-R", "Replace rear brake pads", 1.2, "brakes", []),
    ("BAT", "Test and replace battery", 0.6, "electrical", []),
    ("BLT", "Replace timing belt and water pump", 4.0, "engine", []),
    ("SUS", "Replace rear shock absorbers", 1.6, "suspension", []),
    ("LNK", "Replace stabiliser links", 0.9, "suspension", []),
    ("AC-G", "Service air conditioning", 1.2, "climate", ["skill_air_conditioning"]),
    ("AC-C", "Replace air-conditioning compressor", 3.0, "climate", ["skill_air_conditioning"]),
    ("STR", "Replace steering rack, set toe", 3.5, "steering", []),
    ("TRB", "Replace turbocharger", 4.5, "engine", []),
    ("WDW", "Replace window regulator", 1.4, "body", []),
    ("ABS", "Replace and code ABS unit", 2.2, "brakes", []),
    ("CLU", "Replace clutch", 5.0, "transmission", []),
    ("BMP", "Replace and paint front bumper", 5.5, "paint", []),
    ("HV", "Inspect high-voltage battery", 1.5, "high_voltage", ["skill_high_voltage"]),
    ("DIA", "Guided fault finding", 1.0, "other", []),
    ("PDI", "Prepare used car for sale", 2.0, "service", []),
]

# key -> what the customer says, what is found, what is done, operation, parts
WORK = {
    "oil": (
        "Only an oil change, please, I wait for it.",
        "Oil change due",
        "Oil and filter changed",
        "OIL",
        [("OIL-5W30", 4), ("FLT-OIL", 1)],
    ),
    "tyres": (
        "Two new tyres for the front.",
        "Front tyres at 2 mm",
        "Two tyres fitted and balanced",
        "TYR",
        [("TYR-205", 2)],
    ),
    "bulb": (
        "A headlight is out.",
        "Left bulb burnt",
        "Bulb replaced, headlights set",
        "BLB",
        [("BLB-H7", 2)],
    ),
    "wipers": (
        "The wipers smear when it rains.",
        "Rubber hardened",
        "Blades replaced",
        "WIP",
        [("WIP-SET", 1)],
    ),
    "small": (
        "The service light is on.",
        "Small service due",
        "Serviced to plan",
        "SRV-S",
        [("OIL-5W30", 5), ("FLT-OIL", 1), ("FLT-CAB", 1)],
    ),
    "large": (
        "It is time for the big service.",
        "Large service due",
        "Serviced to plan",
        "SRV-L",
        [("OIL-5W30", 5), ("FLT-OIL", 1), ("FLT-AIR", 1), ("FLT-CAB", 1), ("BRK-FLD", 1)],
    ),
    "front": (
        "It grinds when I brake.",
        "Front pads worn to the metal, discs scored",
        "Pads and discs replaced in front",
        "BRK-F",
        [("BRK-PAD-F", 1), ("BRK-DSC-F", 1)],
    ),
    "rear": (
        "It squeaks from behind when I brake.",
        "Rear pads at 2 mm",
        "Rear pads replaced",
        "BRK-R",
        [("BRK-PAD-R", 1)],
    ),
    "battery": (
        "It hardly starts on a cold morning.",
        "Battery holds 40 % of its charge",
        "Battery replaced and registered",
        "BAT",
        [("BAT-70", 1)],
    ),
    "belt": (
        "I was told the belt is due at 120 thousand.",
        "Timing belt at its limit, pump weeps",
        "Belt and water pump replaced",
        "BLT",
        [("BLT-KIT", 1), ("PMP-WTR", 1), ("CLT-5", 1)],
    ),
    "dampers": (
        "It floats over bumps with the family on board.",
        "Both rear shock absorbers leak",
        "Rear shock absorbers replaced",
        "SUS",
        [("DMP-R", 2)],
    ),
    "links": (
        "There is a knocking in front on rough roads.",
        "Stabiliser links have play",
        "Both links replaced",
        "LNK",
        [("LNK-STB", 2)],
    ),
    "cool": (
        "The air conditioning does not get cold.",
        "Refrigerant low, no leak found",
        "Evacuated, filled, dye added",
        "AC-G",
        [("REF-GAS", 5)],
    ),
    "high_voltage": (
        "The range has dropped a lot this winter.",
        "State of health 86 %, within limits",
        "Battery inspected, protocol handed over",
        "HV",
        [("FLT-CAB", 1)],
    ),
    # parts that have to be ordered
    "compressor": (
        "Loud rattle when the air conditioning is on.",
        "Compressor bearing worn",
        "Compressor replaced, system filled",
        "AC-C",
        [("CMP-AC", 1), ("REF-GAS", 5)],
    ),
    "steering": (
        "The steering wheel has play.",
        "Steering rack worn on the left",
        "Rack replaced, toe set",
        "STR",
        [("RCK-STR", 1)],
    ),
    "turbo": (
        "No power uphill and a whistle.",
        "Turbocharger shaft has play",
        "Turbocharger replaced",
        "TRB",
        [("TRB-CHG", 1), ("OIL-5W30", 5), ("FLT-OIL", 1)],
    ),
    "window": (
        "The driver's window fell into the door.",
        "Cable of the regulator broken",
        "Window regulator replaced",
        "WDW",
        [("WDW-REG", 1)],
    ),
    "abs": (
        "The ABS light comes on after ten minutes.",
        "Control unit loses contact when warm",
        "ABS unit replaced and coded",
        "ABS",
        [("ECU-ABS", 1), ("BRK-FLD", 1)],
    ),
    "clutch": (
        "It slips in fifth gear.",
        "Clutch lining gone",
        "Clutch replaced",
        "CLU",
        [("CLU-KIT", 1)],
    ),
    "bumper": (
        "Somebody drove into my front in the car park.",
        "Bumper cracked, carrier sound",
        "Bumper replaced and painted",
        "BMP",
        [("BMP-F", 1)],
    ),
    "prepare": (
        "Get it ready for the showroom.",
        "Used-car check",
        "Prepared for sale",
        "PDI",
        [("OIL-5W30", 5), ("FLT-OIL", 1), ("WIP-SET", 1)],
    ),
}

# What is found in repair besides what the customer came for.
EXTRA = ("links", "battery", "wipers", "rear")

STOP_REASONS = (
    "Too expensive for the age of the car.",
    "He wants to compare with another offer first.",
    "The customer will sell the car instead.",
)

# what the advisor saw on the walk round the car
MARKS = [
    [],
    [],
    [{"position": "rear", "kind": "scratch", "note": "Bumper, a hand long"}],
    [{"position": "left", "kind": "dent", "note": "Front door, parking dent"}],
    [
        {"position": "front", "kind": "glass", "note": "Stone chip, passenger side"},
        {"position": "interior", "note": "Child seat stays in"},
    ],
]

# operation -> how long it holds, in months and km
INTERVALS = {
    "SRV-S": (12, 15000),
    "SRV-L": (24, 30000),
    "OIL": (12, 10000),
    "AC-G": (24, 0),
    "BLT": (72, 120000),
}

# code, name, fixed price without tax or 0 for the sum, operations, parts
MENUS = [
    ("M-WIP", "Clear view: wiper blades fitted", 49.0, ["WIP"], [("WIP-SET", 1)]),
    (
        "M-BRK",
        "Front brakes all in",
        399.0,
        ["BRK-F"],
        [("BRK-PAD-F", 1), ("BRK-DSC-F", 1), ("BRK-FLD", 1)],
    ),
    ("M-AC", "Air conditioning, filled and clean", 0, ["AC-G"], [("REF-GAS", 5), ("FLT-CAB", 1)]),
]

# point of the vehicle check -> what it means when it is not good
POINTS = {
    "Battery": "BAT",
    "Front brakes": "BRK-F",
    "Rear brakes": "BRK-R",
    "Tires": "TYR",
    "Wipers and glass": "WIP",
}

# what the technician saw on the check
FINDINGS = [
    ("Tires", "yellow", "3 mm in front, change before the winter"),
    ("Wipers and glass", "red", "Left blade is torn"),
]

# what was asked at the counter, part, answer, so many hours ago, minutes to the answer;
# without an answer: gone elsewhere after these minutes, or still open
QUESTIONS = [
    ("Wiper blades for a Corolla, today?", "WIP-SET", "Two pairs here, 36.00 fitted.", 30, 2),
    ("Steering rack, how long?", "RCK-STR", "Four days, 640.00 plus fitting.", 27, 3),
    ("Turbocharger for a Tucson", "TRB-CHG", "Not here, price follows by phone.", 8, 17),
    ("Clutch kit before Friday?", "CLU-KIT", False, 6, 4),
    ("Battery 70 Ah, are you open until six?", "BAT-70", False, 0, 0),
]

PROMISES = [
    "Loan car until the part is here",
    "Call before noon, whatever we find",
    "Seat cover over the new leather",
    "Child seat stays where it is",
    "No work above 500 without a call",
]
