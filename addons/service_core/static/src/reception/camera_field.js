import { registry } from "@web/core/registry";
import { ImageField, imageField } from "@web/views/fields/image/image_field";
import { useEffect, useRef } from "@odoo/owl";

/**
 * A photo of the car: on a phone the button opens the camera at once, elsewhere the files.
 */
export class ServiceCameraField extends ImageField {
    static template = "service_core.CameraField";

    setup() {
        super.setup();
        this.root = useRef("root");
        useEffect(() => {
            this.root.el?.querySelector("input[type=file]")?.setAttribute("capture", "environment");
        });
    }
}

registry.category("fields").add("service_camera", { ...imageField, component: ServiceCameraField });
