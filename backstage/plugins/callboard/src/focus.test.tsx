import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { bundle, componentPage, decided, doNow, finding, listed, publicBucket } from '../dev/made';
import { riskRegister } from '../dev/madePackages';
import { service } from '../dev/service';
import { type CallboardApi, callboardApiRef } from './api/CallboardApi';
import { CallboardError } from './api/errors';
import { ComponentCard } from './card/ComponentCard';
import FindingDrawer from './finding/FindingDrawer';
import { MyFindings } from './home/MyFindings';
import { FindingsPanel } from './list/FindingsPanel';
import { CallboardPage } from './page/CallboardPage';

const PATIENCE = { timeout: 20_000 };
const USUAL = 'component:cart is:open sort:do-now';

const show = (element: ReactElement, some: Partial<CallboardApi>, at = '/') =>
  renderInTestApp(<TestApiProvider apis={[[callboardApiRef, service(some)]]}>{element}</TestApiProvider>, {
    mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
    initialRouteEntries: [at],
  });

const panel = <FindingsPanel usual={USUAL} about={{ entityRef: 'component:default/cart', term: 'component:cart', name: 'cart' }} />;

/** Refuses to answer the first time. */
function once<T>(answer: () => T): () => Promise<T> {
  let isAsked = false;
  return async () => {
    if (!isAsked) {
      isAsked = true;
      throw new CallboardError('unreachable', 'Callboard does not answer.');
    }
    return answer();
  };
}

const rows = (count: number) => Array.from({ length: count }, (_, at) => finding({ id: 17 + at, title: `Finding ${17 + at}` }));

/** Press by keyboard what is called so. */
async function press(name: string | RegExp, role = 'button') {
  const [found] = await screen.findAllByRole(role, { name }, PATIENCE);
  act(() => found.focus());
  await userEvent.keyboard('{Enter}');
}

/** Keys are heard in the plugin, and not nowhere. */
const isKept = () => {
  expect(document.body).not.toHaveFocus();
  expect(document.activeElement?.isConnected).toBe(true);
};

describe('what was pressed goes away, and the focus stays', () => {
  it.each<[string, ReactElement, Partial<CallboardApi>, string]>([
    ['a card', <ComponentCard entityRef="component:default/cart" />, { component: once(() => componentPage()) }, 'What to do first'],
    ['the widget', <MyFindings />, { doNow: once(() => doNow()) }, 'new since your last visit'],
    ['the page', <CallboardPage />, { doNow: once(() => doNow()) }, 'Do now'],
    ['a list', panel, { bundles: once(() => ({ query: USUAL, bundles: [bundle()], total: 1, next_cursor: null })) }, '1 piece of work'],
  ])('Try again in %s', async (_, element, some, words) => {
    await show(element, some);
    await press('Try again');
    expect(await screen.findByText(words, undefined, PATIENCE)).toBeInTheDocument();
    isKept();
  });

  it('Show more, when that was all', async () => {
    await show(
      panel,
      {
        bundles: async (query, { cursor } = {}) => ({
          query,
          bundles: cursor ? [publicBucket()] : [bundle()],
          total: 2,
          next_cursor: cursor ? null : 'c',
        }),
      },
      '/?view=work',
    );
    await press('Show more');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull(), PATIENCE);
    isKept();
  });

  it('Show more, when there is more: the button itself', async () => {
    const next = { undefined: 'a', a: 'b', b: 'c' } as Record<string, string>;
    const asked: (string | undefined)[] = [];
    const bundles: CallboardApi['bundles'] = async (query, { cursor } = {}) => {
      asked.push(cursor);
      return { query, bundles: [bundle({ group: `${cursor}`, query: `bundle:${cursor}` })], total: 4, next_cursor: next[`${cursor}`] };
    };
    await show(panel, { bundles });
    await press('Show more');
    await waitFor(() => expect(asked).toContain('a'), PATIENCE);
    await waitFor(() => expect(screen.getAllByRole('listitem').filter(each => each.dataset.row)).toHaveLength(2), PATIENCE);
    expect(await screen.findByRole('button', { name: 'Show more' }, PATIENCE)).toHaveFocus();
  });

  it('Start over', async () => {
    await show(panel, {}, '/?q=severity:high');
    await press('Start over');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Start over' })).toBeNull(), PATIENCE);
    isKept();
  });

  it('a link that narrows the list', async () => {
    await show(panel, {});
    await press(/^critical/, 'link');
    expect(await screen.findByRole('button', { name: 'Start over' }, PATIENCE)).toBeInTheDocument();
    isKept();
  });

  it('Undo below a list, and keys are heard in the list after it', async () => {
    await show(panel, { findings: async query => listed(query, rows(2)), decide: async draft => decided(draft) }, '/?view=findings');
    const boxes = await screen.findAllByRole('checkbox', undefined, PATIENCE);
    expect(boxes.length).toBeGreaterThan(0);
    const [row] = document.querySelectorAll<HTMLElement>('[role=row][data-key], li[data-row] a');
    act(() => row.focus());
    await userEvent.keyboard('a');
    await press('Undo');
    expect(await screen.findByText(/Taken back\./, undefined, PATIENCE)).toBeInTheDocument();
    isKept();
    await userEvent.keyboard('?');
    expect(await screen.findByText('next row', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('Clear of what was selected', async () => {
    await show(panel, {});
    await userEvent.click((await screen.findAllByRole('checkbox', { name: /^Select: / }, PATIENCE))[0]);
    await press('Clear');
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Selected rows' })).toBeNull(), PATIENCE);
    isKept();
  });

  it('another portal of which the risks are told', async () => {
    await show(<CallboardPage />, { portalRisks: async name => riskRegister({ portal: name ?? 'acme-portal', portals: ['acme-portal', 'other'] }) }, '/?tab=portal');
    await press('other', 'link');
    expect(await screen.findByText(/^other: 2 risks/, undefined, PATIENCE)).toBeInTheDocument();
    isKept();
  });

  it('is sent, and can be pressed no more meanwhile', async () => {
    await show(<FindingDrawer id={17} onClose={() => {}} />, { decide: () => new Promise(() => {}) });
    await press('Take');
    expect(await screen.findByText('Saying so…', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: /^Take/ })).toHaveFocus();
  });
});
