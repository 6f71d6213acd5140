/**
 * Why an answer is missing. A failure is never told as "nothing found".
 *
 * @public
 */
export type CallboardFailure =
  | 'unreachable'
  | 'signed-out'
  | 'refused'
  | 'not-found'
  | 'bad-query'
  | 'read-only'
  | 'conflict'
  | 'broken';

/**
 * The service could not be asked, or said no.
 *
 * @public
 */
export class CallboardError extends Error {
  /** What kind of failure it is; the page has words for each. */
  readonly failure: CallboardFailure;
  /** The service's own advice, where it gave one. */
  readonly hint?: string;
  /** Names this request in the service's log. */
  readonly requestId?: string;

  constructor(failure: CallboardFailure, message: string, more: { hint?: string; requestId?: string } = {}) {
    super(message);
    this.name = 'CallboardError';
    this.failure = failure;
    this.hint = more.hint;
    this.requestId = more.requestId;
  }
}

/** What was thrown, as a failure that the page has words for. */
export function failureFrom(error: unknown): CallboardError {
  return error instanceof CallboardError
    ? error
    : new CallboardError('broken', error instanceof Error ? error.message : String(error));
}

/** The failure that an HTTP status stands for. */
export function failureOf(status: number): CallboardFailure {
  switch (status) {
    case 400:
      return 'bad-query';
    case 401:
      return 'signed-out';
    case 403:
      return 'refused';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 405:
      return 'read-only';
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    default:
      return 'broken';
  }
}
