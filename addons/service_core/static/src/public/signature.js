/* Draws a signature with finger, pen or mouse; without it the typed name counts as an answer by link. */
(function () {
    "use strict";
    const canvas = document.getElementById("service_signature");
    const field = document.getElementById("service_signature_data");
    if (!canvas || !field) {
        return;
    }
    const context = canvas.getContext("2d");
    let drawing = false;
    let drawn = false;

    function fit() {
        canvas.width = canvas.clientWidth;
        canvas.height = canvas.clientHeight;
        context.lineWidth = 2;
        context.lineCap = "round";
        field.value = "";
        drawn = false;
    }
    function point(event) {
        const box = canvas.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
    }
    canvas.addEventListener("pointerdown", (event) => {
        drawing = true;
        canvas.setPointerCapture(event.pointerId);
        context.beginPath();
        context.moveTo(...point(event));
    });
    canvas.addEventListener("pointermove", (event) => {
        if (drawing) {
            context.lineTo(...point(event));
            context.stroke();
            drawn = true;
        }
    });
    // a mere touch is no signature
    function stop() {
        drawing = false;
        field.value = drawn ? canvas.toDataURL("image/png") : "";
    }
    canvas.addEventListener("pointerup", stop);
    canvas.addEventListener("pointercancel", stop);
    window.addEventListener("resize", () => {
        if (canvas.width !== canvas.clientWidth) {
            fit();
        }
    });
    document.getElementById("service_signature_clear").addEventListener("click", fit);
    canvas.parentElement.hidden = false;
    fit();
})();
