/** A connection that hears a channel, or is about to. */
export interface Hearing {
  /** Whether it has ended for good; one that only lost its server tries again by itself, as its client is set. */
  readonly isOver: () => boolean;
  readonly end: () => void;
}

/** What a client makes to hear with. */
export interface Subscriber {
  /** Resolves when it hears. */
  readonly start: () => Promise<unknown>;
  readonly isOver: () => boolean;
  readonly end: () => void;
}

/** Lets a subscriber that is still to be made hear, until it is ended, which may be before it is made. */
export function hearWith(make: () => Subscriber | Promise<Subscriber>): Hearing {
  let subscriber: Subscriber | null = null;
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    subscriber?.end();
  };
  const begin = async (): Promise<void> => {
    const made = await make();
    subscriber = made;
    // Whoever ended it meanwhile found nothing to end.
    if (isEnded) made.end();
    else await made.start();
  };
  begin().catch(end);
  return { isOver: () => isEnded || subscriber?.isOver() === true, end };
}
