/**
 * Security findings of Callboard in a Backstage portal.
 *
 * @packageDocumentation
 */
export { default } from './plugin';
export { type CallboardApi, callboardApiRef } from './api/CallboardApi';
export { CallboardClient } from './api/CallboardClient';
export { CallboardError, type CallboardFailure } from './api/errors';
export { callboardColumns, withCallboardColumns } from './catalog/columns';
