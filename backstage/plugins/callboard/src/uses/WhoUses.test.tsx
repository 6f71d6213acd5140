import { renderInTestApp, TestApiProvider } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useLocation } from 'react-router-dom';
import { usage, whoUses } from '../../dev/madePackages';
import { service } from '../../dev/service';
import { type CallboardApi, callboardApiRef } from '../api/CallboardApi';
import type { UsesQuestion } from '../api/types';
import { CallboardPage } from '../page/CallboardPage';
import { fromParameters, questionOf, toParameters } from './address';

const PATIENCE = { timeout: 20_000 };

const Where = () => <output>{decodeURIComponent(useLocation().search.replace(/\+/g, ' '))}</output>;
const where = () => document.querySelector('output')?.textContent;

async function show(api: CallboardApi, at: string) {
  await renderInTestApp(
    <TestApiProvider apis={[[callboardApiRef, api]]}>
      <CallboardPage />
      <Where />
    </TestApiProvider>,
    { mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef }, initialRouteEntries: [at] },
  );
}

/** A service that remembers what it is asked. */
function listening(answer: Partial<CallboardApi> = {}) {
  const asked: UsesQuestion[] = [];
  const api = service({
    whoUses: async question => {
      asked.push(question);
      return whoUses(question.cursor ? { uses: [usage({ component: 'component:default/second' })] } : { next_cursor: 'c' });
    },
    ...answer,
  });
  return { api, asked };
}

describe('who uses a package', () => {
  it('asks nothing before somebody asks, then what is written, and its address says it', async () => {
    const { api, asked } = listening();
    await show(api, '/?tab=who-uses');
    const user = userEvent.setup();
    await user.type(await screen.findByRole('searchbox', { name: 'Package' }, PATIENCE), ' lodash@<4.17.21 ');
    expect(asked).toEqual([]);
    fireEvent.change(screen.getByLabelText('On, or from'), { target: { value: '2026-09-01' } });
    await user.click(screen.getByRole('button', { name: 'Look' }));
    await waitFor(() => expect(where()).toBe('?tab=who-uses&package=lodash@<4.17.21&from=2026-09-01'), PATIENCE);
    await waitFor(() => expect(asked).toEqual([{ package: 'lodash@<4.17.21', at: '2026-09-01', limit: 50, cursor: undefined }]), PATIENCE);
  });

  it('is what its address says: components, teams, the way, the place; and gets more', async () => {
    const { api, asked } = listening();
    await show(api, '/?tab=who-uses&package=lodash&from=2026-09-01&to=2026-10-01');
    const table = await screen.findByRole('table', { name: 'Who uses it' }, PATIENCE);
    const [, first, second, third] = within(table).getAllByRole('row');
    expect(within(first).getByRole('link', { name: 'checkout-api' })).toHaveAttribute('href', '/catalog/default/component/checkout-api');
    expect(within(first).getByRole('link', { name: 'checkout' })).toHaveAttribute('href', '/catalog/default/group/checkout');
    expect(first).toHaveTextContent('4.17.20');
    expect(first).toHaveTextContent('deepproduction');
    expect(first).toHaveTextContent('express-tools 3.1.0 → templates 1.0.2services/checkout/package-lock.json:1203');
    expect(second).toHaveTextContent('no owner');
    expect(second).toHaveTextContent('direct');
    expect(third).toHaveTextContent('not told');
    expect(asked[0]).toMatchObject({ package: 'lodash', between: '2026-09-01..2026-10-01' });
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
    expect(await screen.findByRole('link', { name: 'second' }, PATIENCE)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'checkout-api' })).toBeInTheDocument();
  });

  it('leads from the first page and back', async () => {
    await show(service(), '/');
    const tabs = await screen.findByRole('navigation', { name: 'Callboard' }, PATIENCE);
    expect(within(tabs).getByRole('link', { name: 'Findings' })).toHaveAttribute('aria-current', 'page');
    await userEvent.click(within(tabs).getByRole('link', { name: 'Who uses a package' }));
    await waitFor(() => expect(where()).toBe('?tab=who-uses'), PATIENCE);
    expect(await screen.findByRole('searchbox', { name: 'Package' }, PATIENCE)).toBeInTheDocument();
    expect(screen.queryByText('Do now')).toBeNull();
    await userEvent.click(within(tabs).getByRole('link', { name: 'Portal safety' }));
    expect(await screen.findByText('flatmap-stream 0.1.1 was made to harm', undefined, PATIENCE)).toBeInTheDocument();
    expect(where()).toBe('?tab=portal');
    await userEvent.click(within(tabs).getByRole('link', { name: 'Findings' }));
    expect(await screen.findByText('Do now', undefined, PATIENCE)).toBeInTheDocument();
  });
});

describe('the address of who uses a package', () => {
  it.each([
    [{ package: 'lodash', from: '', to: '' }, 'tab=who-uses&package=lodash', { package: 'lodash' }],
    [{ package: 'a b', from: '2026-01-01', to: '' }, 'tab=who-uses&package=a+b&from=2026-01-01', { package: 'a b', at: '2026-01-01' }],
    [
      { package: 'pkg:npm/%40a/b@1', from: '2026-01-01', to: '2026-02-01' },
      'tab=who-uses&package=pkg%3Anpm%2F%2540a%2Fb%401&from=2026-01-01&to=2026-02-01',
      { package: 'pkg:npm/%40a/b@1', between: '2026-01-01..2026-02-01' },
    ],
    // An end without a beginning is for the service to complain of.
    [{ package: 'a', from: '', to: '2026-02-01' }, 'tab=who-uses&package=a&to=2026-02-01', { package: 'a', between: '..2026-02-01' }],
  ])('%o is %s and back', (asked, text, question) => {
    expect(toParameters(asked).toString()).toBe(text);
    expect(fromParameters(new URLSearchParams(text))).toEqual(asked);
    expect(questionOf(asked)).toEqual(question);
  });
});
