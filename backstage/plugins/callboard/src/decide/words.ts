import type { Decision, Finding } from '../api/types';
import { day, exact, plain, shortRef } from '../parts/words';

/** What can be said about findings, by the service's own words. */
export type Act = 'take' | 'assign' | 'snooze' | 'dismiss' | 'ask' | 'accept' | 'not-useful' | 'comment' | 'undo';

/** What the buttons say. */
export const LABELS: Record<Act, string> = {
  take: 'Take',
  assign: 'Assign',
  snooze: 'Snooze',
  dismiss: 'Dismiss',
  ask: 'Ask to accept the risk',
  accept: 'Agree',
  'not-useful': 'Not useful',
  comment: 'Comment',
  undo: 'Undo',
};

/** What findings are after an act: "14 findings snoozed." */
export const DONE: Record<Act, string> = {
  take: 'taken',
  assign: 'assigned',
  snooze: 'snoozed',
  dismiss: 'dismissed',
  ask: 'waiting for somebody else to agree',
  accept: 'accepted',
  'not-useful': 'noted as not useful',
  comment: 'commented on',
  undo: 'as before',
};

/** How long a finding can be snoozed; none of it is for ever. */
export const UNTIL: readonly (readonly [string, string])[] = [
  ['1d', 'for a day'],
  ['7d', 'for a week'],
  ['30d', 'for 30 days'],
  ['fix', 'until there is a fix'],
  ['worse', 'until it is worse'],
];

/** A snooze is this long unless the reader says otherwise. */
export const USUAL_UNTIL = '30d';

/** Why nothing has to be done. */
export const REASONS = ['false-positive', 'not-used', 'mitigated', 'duplicate', 'wont-fix-retiring'] as const;

/** Why what is not used is not affected: the words of OpenVEX. */
export const JUSTIFICATIONS = [
  'component-not-present',
  'vulnerable-code-not-present',
  'vulnerable-code-not-in-execute-path',
  'vulnerable-code-cannot-be-controlled-by-adversary',
  'inline-mitigations-already-exist',
] as const;

/** What somebody said, without the note. */
export function said(decision: Decision): string {
  const who = shortRef(decision.actor);
  const until = decision.until_at === null ? '' : ` until ${exact(decision.until_at)}`;
  switch (decision.act) {
    case 'take':
      return `taken by ${who}`;
    case 'assign':
      return `given to ${shortRef(decision.to ?? '')} by ${who}`;
    case 'snooze':
      return `snoozed by ${who}${until && condition(decision)}${until}`;
    case 'dismiss':
      return `dismissed by ${who}${until}: ${whyDismissed(decision)}`;
    case 'ask':
      return `${who} asks to accept the risk${until}`;
    case 'accept':
      return `risk accepted by ${who}${until}`;
    case 'not-useful':
      return `not useful to ${who}`;
    case 'comment':
      return `comment by ${who}`;
    case 'undo':
      return `taken back by ${who}`;
    case 'return':
      return 'back by itself';
    default:
      return `${plain(decision.act)} by ${who}`;
  }
}

function condition({ until }: Decision): string {
  switch (until) {
    case 'fix':
      return ' until there is a fix, at most';
    case 'worse':
      return ' until it is worse, at most';
    default:
      return '';
  }
}

function whyDismissed({ reason, justification, duplicate_of }: Decision): string {
  const why = [reason, justification].filter(each => each !== null).map(each => plain(each));
  return [...why, ...(duplicate_of === null ? [] : [`#${duplicate_of}`])].join(', ');
}

/** States that are nothing but what somebody said. */
const ASIDE = new Set(['snoozed', 'dismissed', 'accepted']);

/** Where a finding stands, as a list tells it: by its source, and by what people said. */
export function standing({ state, taken_by, set_aside, acceptance_asked }: Finding): string[] {
  return [
    ...(set_aside !== null && ASIDE.has(state) ? [] : [plain(state)]),
    ...(set_aside === null ? [] : [aside(set_aside)]),
    ...(taken_by === null ? [] : [`taken by ${shortRef(taken_by)}`]),
    ...(acceptance_asked === null ? [] : ['asked to accept the risk']),
  ];
}

function aside(decision: Decision): string {
  switch (decision.act) {
    case 'snooze':
      return decision.until === 'fix' || decision.until === 'worse'
        ? `snoozed until ${decision.until === 'fix' ? 'there is a fix' : 'it is worse'}`
        : `snoozed${lastDay(decision)}`;
    case 'dismiss':
      return `dismissed: ${whyDismissed(decision)}`;
    default:
      return `risk accepted${lastDay(decision)}`;
  }
}

/** Until the end of which day; what ends at midnight ends with the day before. */
function lastDay({ until_at }: Decision): string {
  return until_at === null ? '' : ` until ${day(new Date(Date.parse(until_at) - 1).toISOString())}`;
}
