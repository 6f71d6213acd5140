import { decision, finding } from '../../dev/made';
import { said, standing } from './words';

describe('what people said, in words', () => {
  it.each([
    [{ act: 'take' }, 'taken by ana.ruiz'],
    [{ act: 'assign', to: 'group:default/ledger' }, 'given to ledger by ana.ruiz'],
    [{ act: 'snooze', until: '7d', until_at: '2026-12-07T10:00:00Z' }, 'snoozed by ana.ruiz until 7 Dec 2026 10:00 UTC'],
    [
      { act: 'snooze', until: 'fix', until_at: '2027-11-30T10:00:00Z' },
      'snoozed by ana.ruiz until there is a fix, at most until 30 Nov 2027 10:00 UTC',
    ],
    [
      { act: 'dismiss', reason: 'not-used', justification: 'component-not-present' },
      'dismissed by ana.ruiz: not used, component not present',
    ],
    [{ act: 'dismiss', reason: 'duplicate', duplicate_of: 18 }, 'dismissed by ana.ruiz: duplicate, #18'],
    [{ act: 'ask', until_at: '2027-02-01T00:00:00Z' }, 'ana.ruiz asks to accept the risk until 1 Feb 2027 00:00 UTC'],
    [{ act: 'undo' }, 'taken back by ana.ruiz'],
    [{ act: 'return', actor: 'callboard' }, 'back by itself'],
    [{ act: 'sing' }, 'sing by ana.ruiz'],
  ])('%o', (some, words) => {
    expect(said(decision(some))).toBe(words);
  });

  it('stands beside a finding in a list: who has it, and until the end of which day it is put off', () => {
    expect(standing(finding())).toEqual(['open']);
    const snoozed = (some: object) => standing(finding({ state: 'snoozed', set_aside: decision({ act: 'snooze', ...some }) }));
    expect(standing(finding({ taken_by: 'user:default/ana.ruiz' }))).toEqual(['open', 'taken by ana.ruiz']);
    expect(snoozed({ until: '7d', until_at: '2026-12-07T10:00:00Z' })).toEqual(['snoozed until 7 Dec 2026']);
    expect(snoozed({ until: 'worse', until_at: '2027-11-30T10:00:00Z' })).toEqual(['snoozed until it is worse']);
    const accepted = decision({ act: 'accept', until_at: '2027-02-01T00:00:00Z' });
    expect(standing(finding({ state: 'fixed', set_aside: accepted }))).toEqual(['fixed', 'risk accepted until 31 Jan 2027']);
    expect(standing(finding({ acceptance_asked: decision({ act: 'ask' }) }))).toEqual(['open', 'asked to accept the risk']);
  });
});
