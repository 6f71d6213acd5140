import type { Source } from '../api/types';
import { exact, length } from './words';

/** Something that a reader must know before reading numbers. */
export interface Caution {
  /** True: the numbers are older than promised. */
  isLate: boolean;
  title: string;
  text: string;
}

const PRODUCTS: Record<string, string> = { wiz: 'Wiz', sarif: 'SARIF', sbom: 'SBOM scan', csv: 'CSV file', packages: 'Callboard' };

/** What people call a source. */
export function sourceTitle(source: { kind: string; name: string }): string {
  return PRODUCTS[source.kind] ?? source.name;
}

/** When the least fresh source was last read; `undefined` when one of them never was, or there is none. */
export function seenAt(sources: readonly Source[]): string | undefined {
  const runs = sources.map(each => each.last_run_at);
  return runs.every((at): at is string => at !== null) ? [...runs].sort()[0] : undefined;
}

/** True where zero means nothing, because no source has been read completely yet. */
export function neverRead(sources: readonly Source[]): boolean {
  return sources.every(each => each.last_full_at === null);
}

/** How much the numbers can be trusted, late ones first. */
export function cautions(sources: readonly Source[], now: number = Date.now()): Caution[] {
  if (sources.length === 0) {
    return [{ isLate: false, title: 'No source of findings is set up.', text: 'Numbers here mean nothing yet.' }];
  }
  return sources.flatMap(each => cautionsOf(each, now)).sort((a, b) => Number(b.isLate) - Number(a.isLate));
}

function cautionsOf(source: Source, now: number): Caution[] {
  const title = sourceTitle(source);
  const why = source.reason ? ` ${sentence(source.reason)}` : '';
  const readAt = source.last_run_at ?? source.last_full_at;
  const since = readAt === null ? '' : ` Numbers below are from ${exact(readAt)}.`;
  if (source.last_full_at === null) {
    return [
      source.syncing
        ? { isLate: false, title: `The first sync of ${title} is running.`, text: 'What is missing means nothing yet.' }
        : { isLate: false, title: `${title} has not been read completely.`, text: `What is missing means nothing.${why}` },
    ];
  }
  if (source.last_run_state === 'refused') {
    return [{ isLate: source.stale, title: `${title} lets Callboard read nothing.`, text: `${why}${since}`.trim() }];
  }
  const found: Caution[] = [];
  if (source.last_run_state === 'held') {
    const text = `${why}${since}`.trim();
    found.push({ isLate: source.stale, title: `A sync of ${title} waits for a person to look at it.`, text });
  } else if (source.stale) {
    const age = readAt === null ? 'old' : `${length(now - Date.parse(readAt))} old`;
    found.push({ isLate: true, title: `Data of ${title} is ${age}.`, text: `That is older than promised.${why}${since}` });
  }
  if (source.last_run_state === 'partial') {
    const text = `${why} Closed findings are not counted as fixed until a full sync.`.trim();
    found.push({ isLate: false, title: `${title} was read only in part.`, text });
  }
  return found;
}

function sentence(text: string): string {
  const told = text.trim();
  return `${told.charAt(0).toLocaleUpperCase('en-US')}${told.slice(1)}${/[.!?]$/.test(told) ? '' : '.'}`;
}
