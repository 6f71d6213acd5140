import { count, shortRef } from '../parts/words';
import type { Said } from './useDeciding';
import { type Act, DONE } from './words';

/** How long what was said last is taken back by a key, in milliseconds. The button beside it stays. */
export const UNDO_MS = 10_000;

const BACK = { loading: 'Taking it back…', answered: 'Taken back.', failed: 'Not taken back.' };

/** Whether the service may have done it all the same: nobody has heard its answer. */
function isUnknown(outcome: Said['outcome']): boolean {
  return outcome.state === 'failed' && (outcome.error.failure === 'unreachable' || outcome.error.failure === 'broken');
}

/** What became of it, in words. */
export function outcomeWords({ draft, outcome, back }: Said): string {
  const act = draft.act as Act;
  if (back) {
    return isUnknown(back.outcome) ? 'It is not known whether that was taken back.' : BACK[back.outcome.state];
  }
  switch (outcome.state) {
    case 'loading':
      return 'Saying so…';
    case 'failed':
      return isUnknown(outcome) ? 'It is not known whether that was said.' : 'Nothing was said.';
    default: {
      const { findings, left_out_count } = outcome.value;
      const left = left_out_count ? ` ${count(left_out_count, 'was', 'were')} left out.` : '';
      return `${count(findings.length, 'finding')} ${DONE[act]}.${left}`;
    }
  }
}

/** Why it was not done, where it was not. */
export function refusal({ outcome, back }: Said): Extract<Said['outcome'], { state: 'failed' }>['error'] | undefined {
  const last = back?.outcome ?? outcome;
  return last.state === 'failed' ? last.error : undefined;
}

/** Whether it can still be taken back from here. */
export function mayTakeBack({ draft, outcome, back }: Said): boolean {
  return draft.act !== 'undo' && !back && outcome.state === 'answered' && outcome.value.decision !== null;
}

/** What was said about a row and is not in its list yet. `isCurrent`: the list was read after all that has taken effect. */
export function pending(said: Said | undefined, isCurrent: boolean): Said | undefined {
  const isSettled = said && (said.back?.outcome ?? said.outcome).state === 'answered';
  return said && !refusal(said) && !(isSettled && isCurrent) ? said : undefined;
}

/** What a row is now by what is pending. */
export function meanwhile(said: Said): string {
  const act = said.draft.act as Act;
  if (said.back || act === 'undo') {
    return 'as before';
  }
  switch (act) {
    case 'take':
      return 'taken by you';
    case 'assign':
      return `given to ${shortRef(said.draft.to ?? '')}`;
    default:
      return DONE[act];
  }
}

/** Whether a list of open work loses the row by what is pending. When that is refused, the row is there again. */
export function isLeaving(said: Said | undefined, query: string): boolean {
  return (
    said !== undefined &&
    !said.back &&
    ['snooze', 'dismiss', 'accept'].includes(said.draft.act) &&
    /(^|\s)is:open(\s|$)/.test(query) &&
    // Where some were left out, the row stands for those.
    (said.outcome.state !== 'answered' || said.outcome.value.left_out_count === 0)
  );
}
