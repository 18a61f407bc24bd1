import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface OpenApi {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, unknown>>;
}

/** An answer of the API. */
export interface CheckedAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** Checks answers against an OpenAPI document: the status must be documented, and the body fit its schema. */
export class OpenApiChecker {
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApi) {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema(document, "openapi");
  }

  /** @param path As in the document, such as `/webhooks/{webhook_id}`. */
  check(method: string, path: string, { status, contentType, body }: CheckedAnswer): void {
    const response = this.document.paths[path]?.[method.toLowerCase()]?.responses[status];
    expect(response, `${method} ${path} answers ${status}: ${body}`).toBeDefined();
    const [type] = Object.keys(response?.content ?? {});
    if (type === undefined) {
      expect(body).toBe("");
      return;
    }
    // Fastify adds a charset.
    expect(contentType?.split(";")[0]).toBe(type);
    const pointer = ["paths", path, method.toLowerCase(), "responses", String(status), "content", type, "schema"];
    const validate = this.#validator(pointer.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1")).join("/"));
    expect(validate(JSON.parse(body)), `${method} ${path} ${status}: ${JSON.stringify(validate.errors)}\n${body}`).toBe(
      true,
    );
  }

  #validator(pointer: string): ValidateFunction {
    let validate = this.#validators.get(pointer);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `openapi#/${encodeURI(pointer)}` });
      this.#validators.set(pointer, validate);
    }
    return validate;
  }
}
