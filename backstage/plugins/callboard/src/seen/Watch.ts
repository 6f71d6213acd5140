/** Half of a row, for two seconds without a break, in a list that is read as one. */
export const MOST = 50;
const SHARE = 0.5;
const LONG_MS = 2000;
/** What was seen waits for so long, so that several are told at once. */
const PAUSE_MS = 10_000;

/** Watches the rows of one list, and tells the findings that were in sight: each once, and never by whom. */
export class Watch {
  private readonly told = new Set<number>();
  private readonly waiting = new Set<number>();
  /** Rows in sight, with what will have been seen in a while. */
  private readonly inSight = new Map<Element, ReturnType<typeof setTimeout> | undefined>();
  private readonly eye: IntersectionObserver;
  private readonly rows: MutationObserver;
  private sending: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly list: HTMLElement,
    /** Which finding a row is about, by its key. */
    private readonly findings: () => ReadonlyMap<string, number>,
    private readonly tell: (ids: readonly number[]) => void,
  ) {
    this.eye = new IntersectionObserver(changes => this.heard(changes), { threshold: SHARE });
    this.rows = new MutationObserver(() => this.look());
    this.rows.observe(list, { childList: true, subtree: true });
    document.addEventListener('visibilitychange', this.turned);
    window.addEventListener('pagehide', this.send);
    this.look();
  }

  /** The list goes away: what was seen is told. */
  end(): void {
    this.eye.disconnect();
    this.rows.disconnect();
    this.inSight.forEach(timer => clearTimeout(timer));
    document.removeEventListener('visibilitychange', this.turned);
    window.removeEventListener('pagehide', this.send);
    this.send();
  }

  private look(): void {
    this.list.querySelectorAll('[data-row], [role=row][data-key]').forEach(row => this.eye.observe(row));
  }

  private heard(changes: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, intersectionRatio } of changes) {
      if (isIntersecting && intersectionRatio >= SHARE) {
        this.begin(target);
      } else {
        clearTimeout(this.inSight.get(target));
        this.inSight.delete(target);
      }
    }
  }

  private begin(row: Element): void {
    clearTimeout(this.inSight.get(row));
    const isRead = !document.hidden && this.findings().size <= MOST;
    this.inSight.set(row, isRead ? setTimeout(() => this.saw(row), LONG_MS) : undefined);
  }

  private saw(row: Element): void {
    const { row: own, key } = (row as HTMLElement).dataset;
    const id = this.findings().get(own ?? key ?? '');
    if (id !== undefined && row.isConnected && !this.told.has(id)) {
      this.told.add(id);
      this.waiting.add(id);
      this.sending ??= setTimeout(this.send, PAUSE_MS);
    }
  }

  private readonly turned = (): void => {
    [...this.inSight.keys()].forEach(row => this.begin(row));
    if (document.hidden) {
      this.send();
    }
  };

  private readonly send = (): void => {
    clearTimeout(this.sending);
    this.sending = undefined;
    const ids = [...this.waiting].slice(0, MOST);
    if (ids.length) {
      ids.forEach(id => this.waiting.delete(id));
      this.tell(ids);
      this.send();
    }
  };
}
