import type { ComponentRow } from './types';

/** References in one request at most; the service takes no more. */
export const MOST = 200;

/** How long a row is taken for true, in milliseconds. */
export const KEPT_MS = 60_000;

type Fetch = (refs: string[]) => Promise<ComponentRow[]>;

/** How long the last row waits for others, in milliseconds: the catalog lists everything for a moment before it lists what is one's own. */
export const GATHERED_MS = 100;

interface Waiting {
  resolve: (answer: Promise<ComponentRow | undefined>) => void;
  /** Of those who wait; once all of them have left, nobody asks. */
  signals: (AbortSignal | undefined)[];
}

/** Collects the rows that are asked for in one moment, so that a page of the catalog is one request. */
export class Rows {
  private readonly fetch: Fetch;
  private readonly now: () => number;
  private readonly kept = new Map<string, { at: number; row: Promise<ComponentRow | undefined> }>();
  private timer?: ReturnType<typeof setTimeout>;
  private waiting = new Map<string, Waiting>();

  constructor(fetch: Fetch, now: () => number = Date.now) {
    this.fetch = fetch;
    this.now = now;
  }

  /** The row of one entity; `undefined` when the service has none to show. Whose `signal` has ended by then is not asked for. */
  row(entityRef: string, signal?: AbortSignal): Promise<ComponentRow | undefined> {
    const ref = entityRef.toLocaleLowerCase('en-US');
    const found = this.kept.get(ref);
    if (found && this.now() - found.at < KEPT_MS) {
      const waiting = this.waiting.get(ref);
      if (waiting) {
        waiting.signals.push(signal);
        this.wait();
      }
      return found.row;
    }
    const row = new Promise<ComponentRow | undefined>(resolve => {
      this.waiting.set(ref, { resolve, signals: [signal] });
      this.wait();
    });
    this.kept.set(ref, { at: this.now(), row });
    // What failed is asked again the next time; the caller is told this time.
    row.catch(() => this.kept.delete(ref));
    return row;
  }

  private wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), GATHERED_MS);
  }

  private ask() {
    const isWanted = ({ signals }: Waiting) => signals.some(each => !each?.aborted);
    const asked = [...this.waiting].filter(([, each]) => isWanted(each));
    for (const [ref, each] of this.waiting) {
      if (!isWanted(each)) {
        this.kept.delete(ref);
      }
    }
    this.waiting = new Map();
    for (let start = 0; start < asked.length; start += MOST) {
      const part = asked.slice(start, start + MOST);
      const answer = this.fetch(part.map(([ref]) => ref)).then(
        rows => new Map(rows.map(row => [row.ref, row])),
      );
      for (const [ref, { resolve }] of part) {
        resolve(answer.then(rows => rows.get(ref)));
      }
    }
  }
}
