import { campaign, campaignDays } from '../../dev/madeCampaigns';
import { changedDays, inWords, plotOf, until } from './course';

const days = campaignDays([
  ['2026-11-01', 10],
  ['2026-11-02', 10],
  ['2026-11-03', 6],
]);

describe('the burndown of a campaign', () => {
  it('steps from the left, from the most there was to nought at the base, with the straight way to its last day', () => {
    const plot = plotOf(days, '2026-11-05', 40, 100);
    expect(plot.path).toEqual([
      [0, 0],
      [0, 0],
      [10, 0],
      [10, 0],
      [20, 0],
      [20, 40],
    ]);
    expect(plot.way).toEqual([
      [0, 0],
      [40, 100],
    ]);
    expect([plot.from, plot.to]).toEqual(['2026-11-01', '2026-11-05']);
  });

  it.each([
    ['no last day', null],
    ['a last day before it began', '2026-10-01'],
  ])('has no way out of its frame with %s', (_, due) => {
    const { path, way } = plotOf(campaignDays([['2026-11-01', 0]]), due, 40, 100);
    expect([...path, ...(way ?? [])].flat().every(each => each >= 0 && each <= 100)).toBe(true);
  });

  it('is told in words', () => {
    expect(inWords(days, '2026-11-05')).toBe('Left: 10 at the end of the first day, 6 after 2 days. Its last day is 5 Nov 2026.');
    expect(inWords(days.slice(0, 2), null)).toBe('Left: 10 at the end of the first day, 10 after 1 day.');
  });

  it('has a table of the days on which something changed', () => {
    expect(changedDays(days).map(each => each.day)).toEqual(['2026-11-03', '2026-11-01']);
  });

  it.each([
    [{ due: '2026-11-05' }, 'until 5 Nov 2026'],
    [{ due: null }, 'no last day'],
    [{ due: '2026-11-05', late: true }, 'its last day, 5 Nov 2026, has passed'],
    [{ due: '2026-11-05', late: true, ended_at: '2026-11-06T10:00:00Z' }, 'over since 6 Nov 2026'],
  ])('%o is %s', (some, words) => {
    expect(until(campaign(some))).toBe(words);
  });
});
