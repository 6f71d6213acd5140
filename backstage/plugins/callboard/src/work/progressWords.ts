import type { Progress, Week } from '../api/types';
import { count } from '../parts/words';

/** What came of some weeks, in one sentence. */
export function net(weeks: readonly Week[]): string {
  const span = count(weeks.length, 'week');
  if (weeks.every(each => each.opened === 0 && each.closed === 0)) {
    return `Nothing was opened or closed in ${span}.`;
  }
  const change = weeks.reduce((sum, each) => sum + each.opened - each.closed, 0);
  if (change === 0) {
    return `As many closed as opened in ${span}.`;
  }
  return `${Math.abs(change).toLocaleString('en-US')} more ${change > 0 ? 'opened than closed' : 'closed than opened'} in ${span}.`;
}

/** How long half of what is bad stays open, against the quarter before, with how many tell it. */
export function halfLife(progress: Progress): string {
  const { half_life_days: now, half_life_n: n, former_half_life_days: former, former_half_life_n: formerN } = progress;
  if (n === 0) {
    return 'No critical or high finding tells how long they stay open.';
  }
  const before = formerN ? `; the quarter before ${former === null ? 'less than half were' : `it was ${count(former, 'day')}`}` : '';
  const told =
    now === null
      ? 'Less than half of critical and high ones were closed'
      : `Half of critical and high ones are closed within ${count(now, 'day')}`;
  return `${told}${before} (n = ${n.toLocaleString('en-US')}${formerN ? ` and ${formerN.toLocaleString('en-US')}` : ''}).`;
}

/** The bars in words, for who does not see them. */
export function weekByWeek(weeks: readonly Week[]): string {
  const opened = weeks.map(each => each.opened).join(', ');
  const closed = weeks.map(each => each.closed).join(', ');
  return `Per week, the present one last. Opened: ${opened}. Closed: ${closed}.`;
}
