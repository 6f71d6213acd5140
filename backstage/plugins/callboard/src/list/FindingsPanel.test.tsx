import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { finding, listed } from '../../dev/made';
import { service } from '../../dev/service';
import type { CallboardApi } from '../api/CallboardApi';
import { callboardApiRef } from '../api/CallboardApi';
import { FindingsPanel } from './FindingsPanel';

const PATIENCE = { timeout: 20_000 };
const USUAL = 'component:cart is:open sort:do-now';

const Where = () => <output>{decodeURIComponent(useLocation().search.replace(/\+/g, ' '))}</output>;

async function show(api: CallboardApi, at = '/') {
  await renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <FindingsPanel usual={USUAL} about={{ entityRef: 'component:default/cart', term: 'component:cart', name: 'cart' }} />
      <Where />
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef }, initialRouteEntries: [at] },
  );
}

const where = () => document.querySelector('output')?.textContent;

/** A watcher of sizes that finds everything as wide as `width`. */
function everythingIsWide(width: number) {
  const usual = globalThis.ResizeObserver;
  globalThis.ResizeObserver = class {
    constructor(private readonly tell: ResizeObserverCallback) {}
    observe() {
      this.tell([{ contentRect: { width } } as ResizeObserverEntry], this as unknown as ResizeObserver);
    }
    unobserve() {}
    disconnect() {}
  } as unknown as typeof ResizeObserver;
  return () => {
    globalThis.ResizeObserver = usual;
  };
}

describe('the list of findings', () => {
  it('has no columns where there is no room for them, and loses nothing by that', async () => {
    const restore = everythingIsWide(600);
    try {
      await show(service({ findings: async query => listed(query, [finding()]) }), '/?view=findings');
      const list = await screen.findByRole('list', { name: 'Findings' }, PATIENCE);
      expect(screen.queryByRole('grid')).toBeNull();
      for (const words of [/checkout-7f9c/, /open · first detected .* ago · last detected 12 min ago · 3 d late/]) {
        expect(list).toHaveTextContent(words);
      }
      await userEvent.click(within(list).getByRole('link', { name: 'CVE-2021-44228 in log4j-core' }));
      expect(await screen.findByRole('dialog', undefined, PATIENCE)).toBeInTheDocument();
      expect(where()).toBe('?q=component:cart is:open sort:do-now&view=findings&finding=17');
    } finally {
      restore();
    }
  });

  it('says its question in plain words', async () => {
    await show(service());
    expect(await screen.findByText('In words: component is checkout-api; is open; what to do first comes first.', undefined, PATIENCE)).toBeInTheDocument();
  });

  it('is used with the keyboard alone: ask, look at one finding, come back', async () => {
    const asked: string[] = [];
    await show(
      service({
        findings: async query => {
          asked.push(query);
          return listed(query, [finding()]);
        },
      }),
      '/?view=findings',
    );
    const user = userEvent.setup();
    await screen.findByText('1 finding', undefined, PATIENCE);
    const box = screen.getByRole('searchbox', { name: 'Find findings' });
    box.focus();
    await user.clear(box);
    await user.type(box, 'component:cart cve-2021-44228{Enter}');
    await waitFor(() => expect(where()).toBe('?q=component:cart cve-2021-44228&view=findings'), PATIENCE);
    expect(asked).toEqual([USUAL, 'component:cart cve-2021-44228']);

    const row = (await screen.findAllByRole('row', undefined, PATIENCE)).find(each => within(each).queryByText(/CVE-2021-44228 in/));
    row!.focus();
    await user.keyboard('{Enter}');
    const dialog = await screen.findByRole('dialog', undefined, PATIENCE);
    expect(where()).toContain('finding=17');
    expect(await within(dialog).findByText('Whose is it?', undefined, PATIENCE)).toBeInTheDocument();
    const link = within(dialog).getByRole('link', { name: /^Open in Wiz/ });
    expect(link).toHaveAttribute('href', 'https://app.wiz.example/issues/17');
    expect(link).toHaveAttribute('rel', 'noopener noreferrer');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), PATIENCE);
    expect(where()).not.toContain('finding=');
  });

  it('is what its address says: a pasted link shows the same question and the same finding', async () => {
    const asked: (string | number)[] = [];
    await show(
      service({
        findings: async query => {
          asked.push(query);
          return listed(query, []);
        },
        finding: async id => {
          asked.push(id);
          return new Promise(() => {});
        },
      }),
      `/?q=${encodeURIComponent('component:cart severity:high')}&view=findings&finding=21`,
    );
    await waitFor(() => expect(asked).toEqual(['component:cart severity:high', 21]), PATIENCE);
  });

  it('gets more, page by page, and keeps what it has', async () => {
    await show(
      service({
        findings: async (query, options) =>
          options?.cursor
            ? listed(query, [finding({ id: 2, title: 'second' })], { total: 2 })
            : listed(query, [finding({ id: 1, title: 'first' })], { total: 2, next_cursor: 'c' }),
      }),
      '/?view=findings',
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Show more' }, PATIENCE));
    expect(await screen.findByText('second', undefined, PATIENCE)).toBeInTheDocument();
    expect(screen.getByText('first')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('tells that a piece of work was followed to its source, by the first of its findings', async () => {
    const followed: number[] = [];
    await show(service({ followed: id => followed.push(id) }));
    await userEvent.click(await screen.findByRole('link', { name: 'Open in source: Upgrade log4j-core to 2.17.1' }, PATIENCE));
    expect(followed).toEqual([17]);
  });

  it('narrows by chips that are links to exactly their findings', async () => {
    await show(service());
    const chip = await screen.findByRole('link', { name: 'critical 2' }, PATIENCE);
    await userEvent.click(chip);
    await waitFor(() => expect(where()).toContain('severity:critical'), PATIENCE);
  });
});
