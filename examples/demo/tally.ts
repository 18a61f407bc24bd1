import { bad, bold, dim, duration, good, say, scene, table } from "./screen.js";

type Count = number | string | boolean;

interface Check {
  readonly scene: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly passed: boolean;
}

/** Every count of the demo, compared with what it has to be. */
export class Tally {
  readonly #checks: Check[] = [];
  readonly #startedAtMs = performance.now();

  /** Whether every count so far is right. */
  get right(): boolean {
    return this.#checks.every(({ passed }) => passed);
  }

  equal<Value extends Count>(sceneName: string, what: string, got: Value, expected: Value): void {
    this.#add({ scene: sceneName, what, expected: String(expected), got: String(got), passed: got === expected });
  }

  atLeast(sceneName: string, what: string, got: number, least: number): void {
    this.#add({ scene: sceneName, what, expected: `${least} or more`, got: String(got), passed: got >= least });
  }

  /** Prints every count, and the verdict, as the scene of that number. */
  summarize(sceneNumber: number): void {
    scene(sceneNumber, "Summary", "Every count of this run, and whether it is what it has to be.");
    const rows = this.#checks.map((check, index) => [
      check.scene === this.#checks[index - 1]?.scene ? "" : check.scene,
      check.what,
      ...(check.passed ? [good(check.got), good("PASS")] : [bad(check.got), bad(`FAIL: expected ${check.expected}`)]),
    ]);
    table([["scene", "count", "got", ""], ...rows]);
    say();
    const wrong = this.#checks.filter(({ passed }) => !passed).length;
    const total = this.#checks.length;
    const verdict = wrong === 0 ? good(`All ${total} counts are right.`) : bad(`Wrong: ${wrong} of ${total} counts.`);
    say(`${bold(verdict)} ${dim(`It took ${duration(performance.now() - this.#startedAtMs)}.`)}`);
    say();
  }

  #add(check: Check): void {
    this.#checks.push(check);
    if (!check.passed) say(bad(`✗ ${check.scene}, ${check.what}: expected ${check.expected}, got ${check.got}`));
  }
}
