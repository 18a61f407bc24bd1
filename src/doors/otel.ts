export { openTelemetry, type OpenTelemetryOptions } from "../adapters/otel/telemetry.js";
