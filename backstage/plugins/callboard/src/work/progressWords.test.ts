import { progress, week } from '../../dev/made';
import { halfLife, net, weekByWeek } from './progressWords';

describe('whether we are getting better, in words', () => {
  it.each([
    [[week(3, 5), week(1, 2)], '3 more closed than opened in 2 weeks.'],
    [[week(1_500, 0)], '1,500 more opened than closed in 1 week.'],
    [[week(2, 1), week(1, 2)], 'As many closed as opened in 2 weeks.'],
    [[week(0, 0), week(0, 0)], 'Nothing was opened or closed in 2 weeks.'],
  ])('%o', (weeks, words) => {
    expect(net(weeks)).toBe(words);
  });

  it('tells the half-life with the number of findings behind it, and never a zero for what is not known', () => {
    expect(halfLife(progress())).toBe(
      'Half of critical and high ones are closed within 19 days; the quarter before it was 41 days (n = 142 and 97).',
    );
    expect(halfLife(progress({ half_life_days: null, former_half_life_n: 0 }))).toBe(
      'Less than half of critical and high ones were closed (n = 142).',
    );
    expect(halfLife(progress({ former_half_life_days: null }))).toMatch(/the quarter before less than half were \(/);
    expect(halfLife(progress({ half_life_n: 0 }))).toBe('No critical or high finding tells how long they stay open.');
  });

  it('reads the bars out', () => {
    expect(weekByWeek([week(3, 5), week(1, 2)])).toBe('Per week, the present one last. Opened: 3, 1. Closed: 5, 2.');
  });
});
