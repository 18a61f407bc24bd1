/** Values of every kind that a caller without types may give, by how they are called. None of them is `undefined`. */
export const HOSTILE = {
  null: null,
  true: true,
  false: false,
  NaN,
  "-1": -1,
  "5": 5,
  "5n": 5n,
  "a text": "pa55word",
  "a list": [],
  "a list of null": [null],
  "an object": {},
  "an object of something else": { pa55: "pa55word" },
  "a function": () => undefined,
  "a symbol": Symbol("pa55word"),
  "what cannot be text": Object.create(null) as object,
} as const satisfies Readonly<Record<string, unknown>>;

export type HostileName = keyof typeof HOSTILE;

/** All of them but those that fit. */
export function hostileBut(...fitting: readonly HostileName[]): readonly (readonly [HostileName, unknown])[] {
  const names = Object.keys(HOSTILE) as HostileName[];
  return names.filter((name) => !fitting.includes(name)).map((name) => [name, HOSTILE[name]]);
}
