import type { ReactElement } from 'react';
import type { CallboardApi } from '../src/api/CallboardApi';

/** One component in one state. */
export interface Scene {
  name: string;
  api: CallboardApi;
  element: ReactElement;
  /** Words that stand there, by which a test knows that the scene is complete. */
  says: string | RegExp;
  /** Where the page is. */
  at?: string;
}
