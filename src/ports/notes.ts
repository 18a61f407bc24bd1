/**
 * Small texts of an account, each under a key and kept for a while: how far a recovery is, what was answered under an
 * idempotency key. Time belongs to the store: callers speak in durations (milliseconds).
 *
 * Every method rejects with `store_unavailable` when the store does not answer, and may then be called again.
 */
export interface Notes {
  /** Null where there is none, or its time is over. */
  read(key: NoteKey): Promise<Note | null>;

  /**
   * Puts a text under a key if what is there is of the given revision; of several callers at once one writes. `full`: the
   * key is new and the account has `max` notes of the kind. A note whose time is over is as good as none.
   *
   * A call that is repeated with the same text is answered like the first: the text tells callers apart.
   */
  write(note: NewNote): Promise<"written" | "stale" | "full">;

  /**
   * Notes of one kind of all accounts, page by page, for a walk over all of them. Every note that is there from the first
   * page to the last comes at least once.
   *
   * @param page.cursor What the page before answered; null for the first.
   */
  page(page: { readonly kind: string; readonly cursor: string | null; readonly limit: number }): Promise<NotePage>;
}

/** Any texts of 1 to 256 characters. */
export interface NoteKey {
  readonly accountId: string;
  readonly kind: string;
  readonly key: string;
}

export interface Note {
  /** Any text, up to 256 KB. */
  readonly text: string;
  /** Counts changes; 1 when it was new. */
  readonly revision: number;
}

export interface NewNote extends NoteKey {
  readonly text: string;
  /** The revision of the note that it takes the place of; 0 where there is none. The new one is of the next. */
  readonly revision: number;
  /** How long it is kept from now; 0 removes it, which is `written` also where there is none. */
  readonly keepMs: number;
  /** The most notes of the kind that the account may have. */
  readonly max: number;
}

/** Some notes of any accounts. */
export interface NotePage {
  readonly notes: readonly (NoteKey & Note)[];
  /** Where to go on; null after the last. A page may be empty and not the last. */
  readonly cursor: string | null;
}
