import { Component, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Takes the file a thousand rows a request and shows how far it is. Closing the window stops after
 * the thousand under way; opening the same file again goes on, for rows are known by their key.
 */
export class ServiceImportRun extends Component {
    static template = "service_core.ImportRun";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.progress = useState({ running: false, done: this.props.record.data.position || 0 });
        onWillUnmount(() => {
            this.stopped = true;
        });
    }

    get total() {
        return this.props.record.data.total;
    }

    get percent() {
        return this.total ? Math.round((100 * this.progress.done) / this.total) : 0;
    }

    async run() {
        const record = this.props.record;
        this.progress.running = true;
        try {
            let [done, total] = [this.progress.done, this.total];
            while (done < total && !this.stopped) {
                [done, total] = await this.orm.call(record.resModel, "action_step", [[record.resId]]);
                this.progress.done = done;
            }
        } finally {
            this.progress.running = false;
        }
        if (!this.stopped) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("service_import_run", {
    component: ServiceImportRun,
    fieldDependencies: [
        { name: "position", type: "integer" },
        { name: "total", type: "integer" },
    ],
});
