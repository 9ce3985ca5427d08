import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A selection as a row of buttons that answers to the first click, in a list row too. */
export class ServiceChoiceField extends Component {
    static template = "service_core.ServiceChoiceField";
    static props = { ...standardFieldProps, autosave: { type: Boolean, optional: true } };

    get options() {
        return this.props.record.fields[this.props.name].selection;
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    choose(value) {
        return this.props.record.update(
            { [this.props.name]: value },
            { save: this.props.autosave }
        );
    }
}

registry.category("fields").add("service_choice", {
    component: ServiceChoiceField,
    displayName: _t("Buttons"),
    supportedTypes: ["selection"],
    extractProps: ({ options }) => ({ autosave: Boolean(options.autosave) }),
});
