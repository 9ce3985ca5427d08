import { registry } from "@web/core/registry";

// A walk-in at the counter: the car is found by the tail of its plate, the complaint is written
// down, the car received, quoted, the customer signs and the work is agreed.
registry.category("web_tour.tours").add("service_advisor_tour", {
    steps: () => [
        {
            content: "The board is the first thing an advisor sees",
            trigger: ".o_kanban_view",
        },
        {
            content: "Open a work order",
            trigger: ".o-kanban-button-new",
            run: "click",
        },
        {
            content: "Find the car by the tail of its plate",
            trigger: ".o_field_widget[name=vehicle_id] input",
            run: "edit 7788",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(TOUR 7788)",
            run: "click",
        },
        {
            content: "Owner and phone are filled in",
            trigger: ".o_field_widget[name=contact_phone] input:value(+1 555 0100)",
        },
        {
            trigger: ".o_field_widget[name=odometer] input",
            run: "edit 42000",
        },
        {
            content: "Write the complaint down in the customer's words",
            trigger: ".o_field_widget[name=job_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=customer_words] textarea",
            run: "edit It squeaks when I brake",
        },
        {
            trigger: ".modal .o_field_widget[name=is_read_back] input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=operation_id] input",
            run: "edit T-BRK",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Replace brake pads)",
            run: "click",
        },
        {
            content: "The operation brings its hours",
            trigger: ".modal .o_field_widget[name=standard_hours] input:value(01:30)",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_field_widget[name=job_ids] .o_data_row",
        },
        {
            content: "Take the papers into custody",
            trigger: ".o_notebook a[name=custody]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=licence_custody] label:contains(Taken)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=manual_custody] label:contains(Not brought)",
            run: "click",
        },
        {
            trigger: "button[name=action_receive]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Received)",
        },
        {
            content: "An express job needs no diagnosis",
            trigger: "button[name=action_quote]",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Quoted)",
        },
        {
            content: "The customer stands at the counter and answers",
            trigger: "button[name=action_record_answer]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row",
        },
        {
            trigger: ".modal .o_field_widget[name=signature] .o_signature",
            run: "click",
        },
        {
            content: "His name is known, it is written for him",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            trigger: ".modal button:enabled:contains(Adopt)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=signature] img",
        },
        {
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "The answer stands on the order",
            trigger: ".o_notebook a[name=approval]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=approval_ids] .o_data_row:contains(Answered)",
        },
        {
            trigger: "button[name=action_agree]",
            run: "click",
        },
        {
            content: "Agreed: the work may begin",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Agreed)",
        },
    ],
});
