import { registry } from "@web/core/registry";

function draw(canvas) {
    const box = canvas.getBoundingClientRect();
    const at = (type, x, y) =>
        canvas.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                pointerId: 1,
                isPrimary: true,
                clientX: box.x + x,
                clientY: box.y + y,
            })
        );
    // the browser knows no real pointer here
    canvas.setPointerCapture = () => {};
    at("pointerdown", 20, 20);
    at("pointermove", 60, 50);
    at("pointermove", 90, 20);
    at("pointerup", 90, 20);
}

// The customer at home: reads the estimate, approves one job, puts the other off, signs, sends.
registry.category("web_tour.tours").add("service_status_tour", {
    steps: () => [
        {
            content: "The page says where the car is",
            trigger: "main:contains(The estimate is ready)",
        },
        {
            content: "Approve the first job",
            trigger: "fieldset:eq(0) label:contains(Approve)",
            run: "click",
        },
        {
            content: "Put the second one off",
            trigger: "fieldset:eq(1) label:contains(Later)",
            run: "click",
        },
        {
            content: "Sign with a finger",
            trigger: "#service_signature",
            run() {
                draw(this.anchor);
            },
        },
        {
            content: "Clear and sign again",
            trigger: "#service_signature_clear",
            run: "click",
        },
        {
            trigger: "body:has(#service_signature_data[value='']) #service_signature",
            run() {
                draw(this.anchor);
            },
        },
        {
            trigger: "form button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The answer has arrived",
            trigger: ".alert-success:contains(Thank you)",
        },
        {
            trigger: "main:contains(Work is agreed)",
        },
    ],
});
