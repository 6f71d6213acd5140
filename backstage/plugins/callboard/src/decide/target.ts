import type { CallboardApi } from '../api/CallboardApi';
import { CallboardError } from '../api/errors';
import type { Bundle, DecisionDraft, Finding, FindingPage } from '../api/types';
import { count } from '../parts/words';
import type { Act } from './words';

/** Several rows of a list. */
export interface Rows {
  kind: 'rows';
  findings: readonly Finding[];
  bundles: readonly Bundle[];
  /** The newest decision when the findings were read. */
  seen: number;
  may: readonly string[];
}

/** What something is to be said about: a finding, all of a piece of work, or several rows of a list. */
export type Target = { kind: 'finding'; id: number; title: string } | { kind: 'query'; query: string; title: string } | Rows;

/** So many findings are listed before something is said about all of them. */
export const SHOWN = 10;

/** Findings of several pieces of work at once, at most: they are read one page after another. */
export const MOST = 1_000;

const PAGE = 200;

/** A target as it stands now: what is said goes by this and by nothing that came after. */
export interface Ground {
  /** In words. */
  about: string;
  /** What of a draft says about which findings, and what the reader has seen of them. */
  aim: Pick<DecisionDraft, 'findings' | 'q' | 'count' | 'seen'>;
  may: readonly Act[];
  /** Of many: the first of them, and how many there are. */
  many?: { findings: readonly Finding[]; total: number };
  /** Of one: all that is known of it. */
  page?: FindingPage;
}

/** By what a row, and what was said about it, are known. */
export function keyOf(target: Target): string {
  switch (target.kind) {
    case 'finding':
      return String(target.id);
    case 'query':
      return target.query;
    default:
      return 'rows';
  }
}

/** One finding as a target, from its page. */
export function groundOfPage(page: FindingPage): Ground {
  const aim = { findings: [page.finding.id], seen: page.seen };
  return { about: page.finding.title, aim, may: page.may as Act[], page };
}

/** Look at what something is to be said about. */
export async function groundOf(api: CallboardApi, target: Target): Promise<Ground> {
  switch (target.kind) {
    case 'finding':
      return groundOfPage(await api.finding(target.id));
    case 'query': {
      const { findings, total, is_more, may, seen } = await api.findings(target.query, { limit: SHOWN });
      if (is_more) {
        throw tooMany(`${count(total, 'finding')} or more are too many at once.`);
      }
      const aim = { q: target.query, count: total, seen };
      return { about: count(total, 'finding'), aim, may: may as Act[], many: { findings, total } };
    }
    default:
      return groundOfRows(api, target);
  }
}

async function groundOfRows(api: CallboardApi, { findings, bundles, ...told }: Rows): Promise<Ground> {
  const found = new Map(findings.map(each => [each.id, each]));
  let { may } = told;
  // Of all that was seen the oldest: what was said after that is told as said meanwhile.
  let seen = findings.length ? told.seen : Infinity;
  for (const { query } of bundles) {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await api.findings(query, { limit: PAGE, cursor });
      page.findings.forEach(each => found.set(each.id, each));
      seen = Math.min(seen, page.seen);
      may = page.may;
      cursor = page.next_cursor;
      if (found.size > MOST) {
        throw tooMany(`More than ${count(MOST, 'finding')} are too many for several pieces of work at once.`);
      }
    }
  }
  const all = [...found.values()];
  return {
    about: count(all.length, 'finding'),
    aim: { findings: all.map(each => each.id), seen },
    may: may as Act[],
    many: { findings: all.slice(0, SHOWN), total: all.length },
  };
}

const tooMany = (message: string) => new CallboardError('bad-query', message, { hint: 'Narrow the list.' });
