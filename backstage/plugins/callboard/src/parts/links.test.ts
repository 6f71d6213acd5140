/* eslint-disable no-script-url -- these are what must not pass */
import { safeLink } from './links';

describe('where a reader may be sent', () => {
  it.each(['https://app.wiz.example/issues/1', 'http://127.0.0.1:8099/issues/1', 'http://localhost/x'])('%s', url => {
    expect(safeLink(url)).toBe(url);
  });

  it.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'http://app.wiz.example/',
    'https://somebody@evil.example/',
    '//evil.example',
    '/issues/1',
    '',
    null,
    undefined,
  ])('not to %s', url => {
    expect(safeLink(url)).toBeUndefined();
  });
});
