import type { Campaign, CampaignDay } from '../api/types';
import { count, day } from '../parts/words';

const DAY_MS = 86_400_000;

const instantOf = (date: string) => Date.parse(`${date}T00:00:00Z`);

/** Where a day and a number of findings are in a plot of that size. */
export interface Plot {
  /** Steps from the left: what was left at the end of each day. */
  path: readonly (readonly [number, number])[];
  /** The straight way to none on the last day, where there is one. */
  way?: readonly [readonly [number, number], readonly [number, number]];
  /** The first day and the last that is drawn. */
  from: string;
  to: string;
}

/** What is left, day by day, in a plot whose base is nought and whose upper edge is the most there was. */
export function plotOf(days: readonly CampaignDay[], due: string | null, width: number, height: number): Plot {
  const first = instantOf(days[0].day);
  const last = instantOf(days[days.length - 1].day);
  const end = Math.max(last, first + DAY_MS, due === null ? last : instantOf(due));
  const most = Math.max(1, ...days.map(each => each.open));
  const at = (instant: number, open: number) => [((instant - first) * width) / (end - first), height - (open * height) / most] as const;
  const path = days.flatMap((each, nth) => {
    const here = instantOf(each.day);
    return [at(here, days[Math.max(0, nth - 1)].open), at(here, each.open)];
  });
  const began = days[0].open;
  const way = due !== null && began > 0 ? ([at(first, began), at(Math.max(instantOf(due), first), 0)] as const) : undefined;
  return { path, way, from: days[0].day, to: new Date(end).toISOString().slice(0, 10) };
}

/** The plot in words. */
export function inWords(days: readonly CampaignDay[], due: string | null): string {
  const [first] = days;
  const last = days[days.length - 1];
  const span = count(Math.round((instantOf(last.day) - instantOf(first.day)) / DAY_MS), 'day');
  const ending = due === null ? '' : ` Its last day is ${day(due)}.`;
  return `Left: ${first.open.toLocaleString('en-US')} at the end of the first day, ${last.open.toLocaleString('en-US')} after ${span}.${ending}`;
}

/** The days on which something changed, with the first and the last, the newest first. */
export function changedDays(days: readonly CampaignDay[]): CampaignDay[] {
  const isKept = (each: CampaignDay, nth: number) => {
    const before = days[nth - 1];
    return (
      nth === 0 ||
      nth === days.length - 1 ||
      each.open !== before.open ||
      each.fixed !== before.fixed ||
      each.gone !== before.gone ||
      each.suppressed !== before.suppressed
    );
  };
  return days.filter(isKept).reverse();
}

/** Until when a campaign runs, or that it is over. */
export function until({ due, ended_at, late }: Campaign): string {
  if (ended_at !== null) {
    return `over since ${day(ended_at)}`;
  }
  if (due === null) {
    return 'no last day';
  }
  return late ? `its last day, ${day(due)}, has passed` : `until ${day(due)}`;
}
