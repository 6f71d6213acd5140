import type { CallboardError } from '../api/errors';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How long ago an instant of the service was, in words; the exact one belongs beside it. */
export function ago(instant: string, now: number = Date.now()): string {
  const past = now - Date.parse(instant);
  return past < 0 ? `in ${length(-past)}` : `${length(past)} ago`;
}

/** A length of time in its largest fitting unit, rounded down. */
export function length(milliseconds: number): string {
  if (milliseconds < MINUTE) {
    return 'under 1 min';
  }
  if (milliseconds < HOUR) {
    return `${Math.floor(milliseconds / MINUTE)} min`;
  }
  if (milliseconds < 2 * DAY) {
    return `${Math.floor(milliseconds / HOUR)} h`;
  }
  return `${Math.floor(milliseconds / DAY).toLocaleString('en-US')} d`;
}

/** The date and minute in UTC, as people write it. */
export function exact(instant: string): string {
  return `${day(instant)} ${new Date(instant).toISOString().slice(11, 16)} UTC`;
}

/** The date in UTC. */
export function day(instant: string): string {
  const at = new Date(instant);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

/** When something has to be fixed, in days of the calendar. */
export function due(instant: string, now: number = Date.now()): string {
  const days = Math.floor(Date.parse(instant) / DAY) - Math.floor(now / DAY);
  if (days === 0) {
    return 'due today';
  }
  return days < 0 ? `${-days} d late` : `due in ${days} d`;
}

/** Whether the day it was due has ended. */
export function isLate(instant: string | null, now: number = Date.now()): boolean {
  return instant !== null && Math.floor(Date.parse(instant) / DAY) < Math.floor(now / DAY);
}

/** A count with its unit in the right form. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

/** What a person reads of an entity reference: its name, with the namespace where that is not the usual one. */
export function shortRef(ref: string): string {
  const [, namespace, name] = /^[^:]*:([^/]*)\/(.*)$/.exec(ref) ?? [];
  return name === undefined ? ref : `${namespace === 'default' ? '' : `${namespace}/`}${name}`;
}

/** A stored word as people write it. */
export function plain(word: string): string {
  return /^[a-z_-]+$/i.test(word) ? word.replace(/[_-]/g, ' ').toLocaleLowerCase('en-US') : word;
}

/** Why an answer is missing, and what the reader can do about it. */
export function failureWords(error: CallboardError, owners: readonly string[] = [], what: string = 'findings'): string {
  switch (error.failure) {
    case 'unreachable':
      return `Callboard does not answer. That says nothing about ${what}.`;
    case 'signed-out':
      return `Callboard does not accept this sign-in. ${error.message} Sign in to the portal again.`;
    case 'not-found':
      return `There is nothing here that you may see. Ask ${owners.map(shortRef).join(' or ') || 'the owner'} if you expected something.`;
    case 'bad-query':
      return error.hint ? `${error.message} ${error.hint}` : error.message;
    default:
      return error.message;
  }
}
