import { createHash } from "node:crypto";

/** A Lua script, and the name by which a server that has seen it knows it. */
export class Script {
  #sha: string | null = null;

  constructor(readonly lua: string) {}

  get sha(): string {
    this.#sha ??= createHash("sha1").update(this.lua).digest("hex");
    return this.#sha;
  }
}
