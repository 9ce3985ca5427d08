import { registry } from "@web/core/registry";

// A known car at the counter, without the mouse. One click, one shortcut or one field filled
// counts one; moving on with Tab is not counted, that the focus lands right is looked at.
const LIMIT = 12;

const field = (name) => `.modal .o_field_widget[name=${name}]`;
const focused = (name) => ({ trigger: `${field(name)} :is(input, textarea):focus` });
const tab = (name) => ({ trigger: `${field(name)} :is(input, textarea):focus`, run: "press Tab" });
const counts = (step) => ({ ...step, isCounted: true });

const STEPS = [
    {
        content: "The board is the first thing an advisor sees",
        trigger: ".o_kanban_view button:contains(Receive a Car)",
    },
    counts({ content: "Shortcut of the window", trigger: "body", run: "press alt+r" }),
    focused("vehicle_id"),
    counts({
        content: "Type the tail of the plate",
        trigger: `${field("vehicle_id")} input`,
        run: "edit 7788",
    }),
    { trigger: ".o-autocomplete--dropdown-item:contains(TOUR 7788)" },
    counts({ trigger: `${field("vehicle_id")} input`, run: "press Enter" }),
    {
        content: "Owner and phone are known",
        trigger: `${field("contact_phone")} input:value(+1 555 0100)`,
    },
    tab("vehicle_id"),
    tab("contact_id"),
    tab("contact_phone"),
    focused("odometer"),
    counts({ trigger: `${field("odometer")} input`, run: "edit 43000" }),
    tab("odometer"),
    focused("customer_words"),
    counts({
        trigger: `${field("customer_words")} textarea`,
        run: "edit It squeaks when I brake",
    }),
    tab("customer_words"),
    counts({ trigger: `${field("is_read_back")} input:focus`, run: "press Space" }),
    { trigger: `${field("is_read_back")} input:checked` },
    tab("is_read_back"),
    tab("is_unclear"),
    counts({ trigger: `${field("has_licence")} input:focus`, run: "press Space" }),
    { trigger: `${field("has_licence")} input:checked` },
    tab("has_licence"),
    focused("has_manual"),
    counts({ content: "Shortcut of the button", trigger: "body", run: "press alt+q" }),
    { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Received)" },
    {
        content: "Few enough to be quick",
        trigger: ".o_form_view",
        run() {
            const count = STEPS.filter((step) => step.isCounted).length;
            if (count > LIMIT) {
                throw new Error(`Reception took ${count} interactions, ${LIMIT} are allowed`);
            }
        },
    },
];

registry.category("web_tour.tours").add("service_reception_tour", {
    steps: () => STEPS.map(({ isCounted, ...step }) => step),
});
